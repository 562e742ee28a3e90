/** The account's switch for tokens to outside services. All accounts share the deployment's issuer; the subject tells them apart. */
import { Fault } from '../../../../core/faults.ts';
import { action } from '../../query/action.ts';
import { flag, nothing, text } from '../../query/shape.ts';

export const enableOutboundWebIdentityFederation = action({
  name: 'EnableOutboundWebIdentityFederation',
  auth: 'sigv4',
  audit: 'change',
  permission: { action: 'iam:EnableOutboundWebIdentityFederation', resource: () => '*' },
  input: {},
  output: { IssuerIdentifier: text },
  run: async (_input, { caller, deps, changeEvent }) => {
    await deps.accountSettings.setOutboundFederation(caller.accountId, true, changeEvent);
    return { IssuerIdentifier: deps.settings.issuer };
  },
});

export const disableOutboundWebIdentityFederation = action({
  name: 'DisableOutboundWebIdentityFederation',
  auth: 'sigv4',
  audit: 'change',
  permission: { action: 'iam:DisableOutboundWebIdentityFederation', resource: () => '*' },
  input: {},
  output: nothing,
  run: (_input, { caller, deps, changeEvent }) =>
    deps.accountSettings.setOutboundFederation(caller.accountId, false, changeEvent),
});

export const getOutboundWebIdentityFederationInfo = action({
  name: 'GetOutboundWebIdentityFederationInfo',
  auth: 'sigv4',
  audit: 'read',
  permission: { action: 'iam:GetOutboundWebIdentityFederationInfo', resource: () => '*' },
  input: {},
  output: { IssuerIdentifier: text, JwtVendingEnabled: flag },
  run: async (_input, { caller, deps }) => {
    if (!(await deps.directory.outboundFederationIsEnabled(caller.accountId))) {
      throw new Fault(
        'feature_disabled',
        'Outbound web identity federation is not enabled for this account.',
      );
    }
    return { IssuerIdentifier: deps.settings.issuer, JwtVendingEnabled: true };
  },
});
