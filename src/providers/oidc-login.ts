/**
 * Authorization code flow with PKCE at any OpenID Connect provider.
 * @see OpenID Connect Core 1.0 section 3.1, RFC 7636, RFC 9207
 */
import type { LoginFlow, LoginResult } from '../core/federation/login-flow.ts';
import { LoginFlowError } from '../core/federation/login-flow.ts';
import type { HttpExchange } from '../core/ports.ts';
import type { DiscoveryPlace } from './endpoints.ts';
import type { ReadDocument } from './held-documents.ts';
import { basicAuthorization, pastFlow, textIn } from './login-http.ts';

const DEADLINE_MILLISECONDS = 2800;

export interface OidcLoginOptions {
  readonly http: HttpExchange;
  /** Reads the discovery document. */
  readonly readDocument: ReadDocument;
  readonly issuer: string;
  /** Where the discovery document is, when not under the issuer's address. */
  readonly place: DiscoveryPlace | undefined;
  /** Facebook names no token endpoint in its document. */
  readonly tokenEndpoint?: string;
  readonly scope: string;
  /** What asks for a new sign-in, where it is not `prompt=login` and `max_age=0`. */
  readonly anew?: Readonly<Record<string, string>>;
}

/** @see OpenID Connect Core 1.0 section 3.1.2.1 */
const ANEW: Readonly<Record<string, string>> = { prompt: 'login', max_age: '0' };

/** What a login needs of the discovery document. */
interface Metadata {
  readonly authorizationEndpoint: string;
  readonly tokenEndpoint: string;
  readonly sendsIssuer: boolean;
  readonly takesBasic: boolean;
}

export function createOidcLogin(options: OidcLoginOptions): LoginFlow {
  const { http, issuer, scope, anew: asksAnew = ANEW } = options;
  return {
    tellsWhen: asksAnew.max_age !== undefined,

    begin: ({ client, redirectUri, state, nonce, challenge, anew }) =>
      pastFlow(async () => {
        const { authorizationEndpoint } = await discover(options, deadline());
        const url = new URL(authorizationEndpoint);
        const parameters = {
          response_type: 'code',
          client_id: client.clientId,
          redirect_uri: redirectUri,
          scope,
          state,
          nonce,
          code_challenge: challenge,
          code_challenge_method: 'S256',
          ...(anew && asksAnew),
        };
        for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
        return url.href;
      }),

    finish: ({ client, redirectUri, code, verifier, issuer: told }) =>
      pastFlow(async () => {
        const signal = deadline();
        const { tokenEndpoint, sendsIssuer, takesBasic } = await discover(options, signal);
        // Whoever mixes two providers up sends a code of one to the other: the callback must say whose it is.
        if (told === null ? sendsIssuer : told !== issuer) {
          throw new LoginFlowError('refused', 'the callback names another issuer, or none');
        }
        const { clientId, clientSecret } = client;
        const inHeader = clientSecret !== null && takesBasic;
        const form = new URLSearchParams({
          grant_type: 'authorization_code',
          code,
          redirect_uri: redirectUri,
          code_verifier: verifier,
          ...(!inHeader && { client_id: clientId }),
          ...(!inHeader && clientSecret !== null && { client_secret: clientSecret }),
        });
        const authorization = inHeader ? basicAuthorization(clientId, clientSecret) : undefined;
        return readTokens(await http.postForm(tokenEndpoint, form, signal, authorization));
      }),
  };
}

const deadline = (): AbortSignal => AbortSignal.timeout(DEADLINE_MILLISECONDS);

function readTokens(answer: unknown): LoginResult {
  const idToken = textIn(answer, 'id_token');
  if (idToken === null) throw new LoginFlowError('refused', 'no ID token came back');
  return { kind: 'id_token', idToken, accessToken: textIn(answer, 'access_token') };
}

async function discover(
  { readDocument, issuer, place, tokenEndpoint }: OidcLoginOptions,
  signal: AbortSignal,
): Promise<Metadata> {
  const { url, issuers } = place ?? {
    url: `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`,
    issuers: [issuer],
  };
  const document = await readDocument(url, signal);
  const members = document as Readonly<Record<string, unknown>>; // textIn has looked at it before it is used
  const named = textIn(document, 'issuer');
  const authorizationEndpoint = textIn(document, 'authorization_endpoint');
  const tokens = textIn(document, 'token_endpoint') ?? tokenEndpoint ?? null;
  if (named === null || !issuers.includes(named) || authorizationEndpoint === null || tokens === null) {
    throw new LoginFlowError('unreachable', 'the discovery document cannot be used for a login');
  }
  if (!isWebAddress(authorizationEndpoint))
    throw new LoginFlowError('unreachable', 'the authorization endpoint is no web address');
  const methods = members.token_endpoint_auth_methods_supported;
  return {
    authorizationEndpoint,
    tokenEndpoint: tokens,
    sendsIssuer: members.authorization_response_iss_parameter_supported === true,
    // Absent means client_secret_basic: OpenID Connect Discovery 1.0 section 3.
    takesBasic: !Array.isArray(methods) || methods.includes('client_secret_basic'),
  };
}

/** A person is never sent to a `javascript:` or other address. */
const isWebAddress = (text: string): boolean => {
  const url = URL.parse(text);
  return url?.protocol === 'https:' || (url?.protocol === 'http:' && url.hostname === 'localhost');
};
