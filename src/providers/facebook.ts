import { claimContext } from '../core/context/claim-context.ts';
import type { ContextEntry } from '../core/context/request-context.ts';
import type { ProviderKind } from '../core/federation/provider-kind.ts';
import type { Claims } from '../core/oidc/id-token.ts';

const NAME = 'graph.facebook.com';
const WEB = 'https://www.facebook.com';
const LIMITED = 'https://limited.facebook.com';

/**
 * Facebook: ID tokens of Facebook Login and of Limited Login, each signed by its own issuer's keys, and classic user access
 * tokens that the Graph API vouches for. Policies know it by AWS's name and keys, whichever way somebody came.
 * @see https://developers.facebook.com/docs/facebook-login/limited-login/token
 */
export const facebook: ProviderKind = {
  url: NAME,
  name: NAME,
  issuers: new Map([
    [WEB, WEB],
    [LIMITED, LIMITED],
  ]),
  readIdToken: (token) => ({
    identity: token,
    context: facebookContext(token.audience, token.subject, token.claims),
  }),
  readAccessToken: ({ clientId, subject }) => ({
    identity: { subject, audience: clientId, authorizedParty: null, claims: {} },
    context: facebookContext(clientId, subject, {}),
  }),
};

/** The keys that AWS names, and what else is known; never an e-mail address, which nobody says was verified. */
function facebookContext(appId: string, userId: string, claims: Claims): readonly ContextEntry[] {
  const { email: _, ...others } = claims;
  return [
    ...claimContext(NAME, { ...others, sub: userId }, appId),
    [`${NAME}:app_id`, appId],
    [`${NAME}:id`, userId],
  ];
}
