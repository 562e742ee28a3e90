/**
 * X's OAuth 2.0 login with PKCE. X signs nobody's identity; who came is what `users/me` answers to the token that we ourselves
 * have just been given, and to no other.
 * @see https://docs.x.com/fundamentals/authentication/oauth-2-0/authorization-code
 */
import type { LoginFlow } from '../core/federation/login-flow.ts';
import { LoginFlowError } from '../core/federation/login-flow.ts';
import type { HttpExchange } from '../core/ports.ts';
import type { Endpoints } from './endpoints.ts';
import { basicAuthorization, pastFlow, textIn } from './login-http.ts';

const DEADLINE_MILLISECONDS = 2800;
/** `users/me` wants the second as well. */
const SCOPE = 'users.read tweet.read';

export function createXLogin(
  http: HttpExchange,
  { xApi, xAuthorize }: Pick<Endpoints, 'xApi' | 'xAuthorize'>,
): LoginFlow {
  return {
    // X cannot be asked for a new sign-in; it shows who is signed in, and asks them.
    tellsWhen: false,

    begin: async ({ client, redirectUri, state, challenge }) => {
      const url = new URL(xAuthorize);
      const parameters = {
        response_type: 'code',
        client_id: client.clientId,
        redirect_uri: redirectUri,
        scope: SCOPE,
        state,
        code_challenge: challenge,
        code_challenge_method: 'S256',
      };
      for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
      return url.href;
    },

    finish: ({ client, redirectUri, code, verifier, issuer }) =>
      pastFlow(async () => {
        if (issuer !== null) throw new LoginFlowError('refused', 'the callback names an issuer');
        const { clientId, clientSecret } = client;
        const signal = AbortSignal.timeout(DEADLINE_MILLISECONDS);
        const form = new URLSearchParams({
          grant_type: 'authorization_code',
          code,
          redirect_uri: redirectUri,
          code_verifier: verifier,
          ...(clientSecret === null && { client_id: clientId }),
        });
        const authorization = clientSecret === null ? undefined : basicAuthorization(clientId, clientSecret);
        const tokens = await http.postForm(`${xApi}/2/oauth2/token`, form, signal, authorization);
        const accessToken = textIn(tokens, 'access_token');
        if (accessToken === null) throw new LoginFlowError('refused', 'no access token came back');
        const me = await http.getJson(`${xApi}/2/users/me`, signal, `Bearer ${accessToken}`);
        return readUser(me, clientId);
      }),
  };
}

function readUser(me: unknown, clientId: string) {
  const data = typeof me === 'object' && me !== null && 'data' in me ? me.data : null;
  const subject = textIn(data, 'id');
  if (subject === null || !/^[0-9]{1,32}$/.test(subject))
    throw new LoginFlowError('refused', 'users/me names nobody');
  const username = textIn(data, 'username');
  return {
    kind: 'user' as const,
    user: { clientId, subject },
    claims: username === null ? {} : { username },
  };
}
