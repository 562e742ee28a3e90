import { action } from '../query/action.ts';
import { arn } from '../query/fields.ts';
import { boolean } from '../query/kinds.ts';
import { nothing } from '../query/shape.ts';

/**
 * Whether a browser login may begin at the identity provider. Off for a new provider: anybody can send another person's browser a
 * response of their own, and nothing tells that nobody here asked for it.
 */
export const updateSAMLProviderLogin = action({
  name: 'UpdateSAMLProviderLogin',
  auth: 'sigv4',
  audit: 'change',
  permission: {
    action: 'daypass:UpdateSAMLProviderLogin',
    resource: (input) => input.SAMLProviderArn,
  },
  input: { SAMLProviderArn: arn(), AdmitUnsolicited: boolean() },
  output: nothing,
  run: ({ SAMLProviderArn, AdmitUnsolicited }, { caller, deps, changeEvent }) =>
    deps.samlProviders.update(
      caller.accountId,
      SAMLProviderArn,
      { admitsUnsolicited: AdmitUnsolicited },
      changeEvent,
    ),
});
