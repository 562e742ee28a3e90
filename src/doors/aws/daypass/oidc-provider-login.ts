import { action } from '../query/action.ts';
import { optional } from '../query/field.ts';
import { arn } from '../query/fields.ts';
import { list, string } from '../query/kinds.ts';
import { listOf, nothing, text } from '../query/shape.ts';

const MAX_VALUES = 10;
const values = () => optional(list(string({ min: 1, max: 255 }), { max: MAX_VALUES }));
const onProvider = (input: { readonly OpenIDConnectProviderArn: string }): string =>
  input.OpenIDConnectProviderArn;

/**
 * Which values of the claims `amr` and `acr` count as a second factor; what is absent stays (`MfaAmrValues=` for none). None for a new
 * provider: any issuer can write any of them.
 */
export const updateOpenIDConnectProviderLogin = action({
  name: 'UpdateOpenIDConnectProviderLogin',
  auth: 'sigv4',
  audit: 'change',
  permission: { action: 'daypass:UpdateOpenIDConnectProviderLogin', resource: onProvider },
  input: { OpenIDConnectProviderArn: arn(), MfaAmrValues: values(), MfaAcrValues: values() },
  output: nothing,
  run: ({ OpenIDConnectProviderArn, MfaAmrValues, MfaAcrValues }, { caller, deps, changeEvent }) =>
    deps.oidcProviders.update(
      caller.accountId,
      OpenIDConnectProviderArn,
      () => ({
        ...(MfaAmrValues !== undefined && { mfaAmrValues: MfaAmrValues }),
        ...(MfaAcrValues !== undefined && { mfaAcrValues: MfaAcrValues }),
      }),
      changeEvent,
    ),
});

export const getOpenIDConnectProviderLogin = action({
  name: 'GetOpenIDConnectProviderLogin',
  auth: 'sigv4',
  audit: 'read',
  permission: { action: 'daypass:GetOpenIDConnectProviderLogin', resource: onProvider },
  input: { OpenIDConnectProviderArn: arn() },
  output: { MfaAmrValues: listOf(text), MfaAcrValues: listOf(text) },
  run: async ({ OpenIDConnectProviderArn }, { caller, deps }) => {
    const held = await deps.oidcProviders.require(caller.accountId, OpenIDConnectProviderArn);
    return { MfaAmrValues: held.mfaAmrValues, MfaAcrValues: held.mfaAcrValues };
  },
});
