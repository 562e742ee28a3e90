import type { OidcProvider } from '../core/account.ts';
import type { LoginFlow } from '../core/federation/login-flow.ts';
import type { Clock, HttpExchange } from '../core/ports.ts';
import type { Endpoints } from './endpoints.ts';
import { heldDocuments, type ReadDocument } from './held-documents.ts';
import { createOidcLogin } from './oidc-login.ts';
import { createXLogin } from './x-login.ts';

const FACEBOOK = 'https://www.facebook.com';

/** Built-in providers whose login is not that of their registered URL. */
type MakeFlow = (http: HttpExchange, endpoints: Endpoints, readDocument: ReadDocument) => LoginFlow;
const OWN_FLOWS: ReadonlyMap<string, MakeFlow> = new Map<string, MakeFlow>([
  ['api.x.com', createXLogin],
  [
    'graph.facebook.com',
    (http, { discovery, facebookGraph }, readDocument) =>
      createOidcLogin({
        http,
        readDocument,
        issuer: FACEBOOK,
        place: discovery.get(FACEBOOK),
        tokenEndpoint: `${facebookGraph}/oauth/access_token`,
        scope: 'openid',
        anew: { auth_type: 'reauthenticate' },
      }),
  ],
]);

/** Google takes no `prompt=login`: the person chooses the account, and Google asks for more where it wants to. */
const ANEW_AT: ReadonlyMap<string, Readonly<Record<string, string>>> = new Map([
  ['https://accounts.google.com', { prompt: 'select_account' }],
]);

/** @returns how people log in at a registered provider */
export function loginFlows(
  http: HttpExchange,
  endpoints: Endpoints,
  clock: Clock,
): (provider: Pick<OidcProvider, 'url' | 'issuer'>) => LoginFlow {
  const readDocument = heldDocuments(http, clock);
  return ({ url, issuer }) => {
    const own = OWN_FLOWS.get(url);
    if (own !== undefined) return own(http, endpoints, readDocument);
    const place = endpoints.discovery.get(issuer);
    const anew = ANEW_AT.get(issuer);
    const scope = 'openid email profile';
    return createOidcLogin({ http, readDocument, issuer, place, scope, ...(anew !== undefined && { anew }) });
  };
}
