import { action } from '../query/action.ts';
import { optional } from '../query/field.ts';
import { arn } from '../query/fields.ts';
import { boolean, list, string } from '../query/kinds.ts';
import { flag, listOf, nothing, text } from '../query/shape.ts';

const MAX_CONTEXTS = 10;

/**
 * What a login may do that metadata does not say; what is absent stays. `AdmitUnsolicited`: whether a browser login may begin at the identity provider. Off for a new provider: anybody can send another person's browser a
 * response of their own, and nothing tells that nobody here asked for it. `MfaAuthnContexts`: the authentication context classes that
 * count as a second factor (`MfaAuthnContexts=` for none); none for a new provider.
 */
export const updateSAMLProviderLogin = action({
  name: 'UpdateSAMLProviderLogin',
  auth: 'sigv4',
  audit: 'change',
  permission: {
    action: 'daypass:UpdateSAMLProviderLogin',
    resource: (input) => input.SAMLProviderArn,
  },
  input: {
    SAMLProviderArn: arn(),
    AdmitUnsolicited: optional(boolean()),
    MfaAuthnContexts: optional(list(string({ min: 1, max: 255 }), { max: MAX_CONTEXTS })),
  },
  output: nothing,
  run: ({ SAMLProviderArn, AdmitUnsolicited, MfaAuthnContexts }, { caller, deps, changeEvent }) =>
    deps.samlProviders.update(
      caller.accountId,
      SAMLProviderArn,
      {
        ...(AdmitUnsolicited !== undefined && { admitsUnsolicited: AdmitUnsolicited }),
        ...(MfaAuthnContexts !== undefined && { mfaContextClasses: MfaAuthnContexts }),
      },
      changeEvent,
    ),
});

export const getSAMLProviderLogin = action({
  name: 'GetSAMLProviderLogin',
  auth: 'sigv4',
  audit: 'read',
  permission: { action: 'daypass:GetSAMLProviderLogin', resource: (input) => input.SAMLProviderArn },
  input: { SAMLProviderArn: arn() },
  output: { AdmitUnsolicited: flag, MfaAuthnContexts: listOf(text) },
  run: async ({ SAMLProviderArn }, { caller, deps }) => {
    const held = await deps.samlProviders.require(caller.accountId, SAMLProviderArn);
    return { AdmitUnsolicited: held.admitsUnsolicited, MfaAuthnContexts: held.mfaContextClasses };
  },
});
