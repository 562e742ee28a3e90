import { claimContext } from '../core/context/claim-context.ts';
import type { ProviderKind } from '../core/federation/provider-kind.ts';

const HOST = 'accounts.google.com';
const ISSUER = `https://${HOST}`;

/**
 * Google. Its tokens say who issued them with or without the scheme; `:aud` is the client that asked (`azp`) where the token
 * names one, and `:oaud` then is whom it is for, as in AWS.
 * @see https://developers.google.com/identity/openid-connect/openid-connect#an-id-tokens-payload
 * @see IAM User Guide, reference_policies_iam-condition-keys, "Available keys for AWS OIDC federation"
 */
export const google: ProviderKind = {
  url: HOST,
  name: HOST,
  issuers: new Map([
    [ISSUER, ISSUER],
    [HOST, ISSUER],
  ]),
  readIdToken: (token) => {
    const audience = token.authorizedParty ?? token.audience;
    return {
      identity: { ...token, audience },
      context: [...claimContext(HOST, token.claims, audience), [`${HOST}:oaud`, token.audience]],
    };
  },
};
