import type { OidcProvider } from '../core/account.ts';
import type { LoginFlow } from '../core/federation/login-flow.ts';
import type { HttpExchange } from '../core/ports.ts';
import type { Endpoints } from './endpoints.ts';
import { createOidcLogin } from './oidc-login.ts';
import { createXLogin } from './x-login.ts';

const FACEBOOK = 'https://www.facebook.com';

/** Built-in providers whose login is not that of their registered URL. */
type MakeFlow = (http: HttpExchange, endpoints: Endpoints) => LoginFlow;
const OWN_FLOWS: ReadonlyMap<string, MakeFlow> = new Map<string, MakeFlow>([
  ['api.x.com', createXLogin],
  [
    'graph.facebook.com',
    (http, { discovery, facebookGraph }) =>
      createOidcLogin({
        http,
        issuer: FACEBOOK,
        place: discovery.get(FACEBOOK),
        tokenEndpoint: `${facebookGraph}/oauth/access_token`,
        scope: 'openid',
      }),
  ],
]);

/** @returns how people log in at a registered provider */
export const loginFlows =
  (http: HttpExchange, endpoints: Endpoints) =>
  ({ url, issuer }: Pick<OidcProvider, 'url' | 'issuer'>): LoginFlow => {
    const own = OWN_FLOWS.get(url);
    if (own !== undefined) return own(http, endpoints);
    const place = endpoints.discovery.get(issuer);
    return createOidcLogin({ http, issuer, place, scope: 'openid email profile' });
  };
