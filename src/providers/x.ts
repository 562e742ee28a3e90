import { claimContext } from '../core/context/claim-context.ts';
import type { ProviderKind } from '../core/federation/provider-kind.ts';

const NAME = 'api.x.com';

/**
 * X. It signs nobody's identity: its access tokens do not even name the app they are for. So people come by browser login
 * alone, where this broker itself has asked for the token.
 * @see https://docs.x.com/fundamentals/authentication/oauth-2-0/authorization-code
 */
export const x: ProviderKind = {
  url: NAME,
  name: NAME,
  issuers: new Map(),
  readIdToken: () => {
    throw new TypeError('X has no ID tokens');
  },
  readAccessToken: ({ clientId, subject }, claims) => ({
    identity: { subject, audience: clientId, authorizedParty: null, claims },
    context: [
      ...claimContext(NAME, { ...claims, sub: subject }, clientId),
      [`${NAME}:client_id`, clientId],
      [`${NAME}:id`, subject],
    ],
  }),
};
