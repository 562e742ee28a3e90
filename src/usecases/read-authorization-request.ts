/** Reads what a client asks of a person, with the ID token by which it says whom it means. */
import {
  type AuthorizationRequest,
  parseAuthorizationRequest,
  type RequestFailure,
} from '../core/oauth/authorization-request.ts';
import type { OAuthClient } from '../core/oauth/client.ts';
import { readIdTokenHint } from '../core/oauth/id-token-hint.ts';
import { failure, type Result, success } from '../core/result.ts';
import type { Deps } from './deps.ts';

type Parameters = ReadonlyMap<string, string>;

const HINT = 'id_token_hint';

/**
 * @param redirectUri - one that the client has registered
 * @param parameters - each stands once
 * @see OpenID Connect Core section 3.1.2.1
 */
export async function readAuthorizationRequest(
  redirectUri: string,
  parameters: Parameters,
  client: OAuthClient,
  nowSeconds: number,
  deps: Deps,
): Promise<Result<AuthorizationRequest, RequestFailure>> {
  const expected = await readHint(parameters.get(HINT), client, nowSeconds, deps);
  if (!expected.ok) return expected;
  // It is longer than what a request may carry, and has said what it had to.
  const rest = new Map([...parameters].filter(([name]) => name !== HINT));
  return parseAuthorizationRequest(redirectUri, rest, expected.value);
}

/** However late it is; but only one that this client was given: no other knows whom to expect. */
async function readHint(
  text: string | undefined,
  { clientId }: OAuthClient,
  nowSeconds: number,
  deps: Deps,
): Promise<Result<string | null, RequestFailure>> {
  if (text === undefined) return success(null);
  const keyring = await deps.directory.keyring();
  const hint =
    keyring === null ? null : await readIdTokenHint(text, keyring, deps.settings.issuer, nowSeconds);
  if (hint?.clientId === clientId) return success(hint.subject);
  const message = 'id_token_hint is no ID token that this client was given here';
  return failure({ error: 'invalid_request', message });
}
