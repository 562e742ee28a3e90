import type { ProviderKind } from '../core/federation/provider-kind.ts';

/**
 * X. It signs nobody's identity: its access tokens do not even name the app they are for. So people come by browser login
 * alone, where this broker itself has asked for the token.
 * @see https://docs.x.com/fundamentals/authentication/oauth-2-0/authorization-code
 */
export const x: ProviderKind = {
  url: 'api.x.com',
  name: 'api.x.com',
  issuers: new Map(),
  readIdToken: () => {
    throw new TypeError('X has no ID tokens');
  },
};
