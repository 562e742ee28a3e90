/** A client asks that its person be signed out. @see OpenID Connect RP-Initiated Logout 1.0 */
import { Fault } from '../core/faults.ts';
import type { OAuthClient } from '../core/oauth/client.ts';
import { type IdTokenHint, readIdTokenHint } from '../core/oauth/id-token-hint.ts';
import { ownerOf } from '../core/sign-in/identity.ts';
import type { SignInSession } from '../core/sign-in/session.ts';
import type { Deps } from './deps.ts';
import { inVain } from './lookups.ts';
import { findClientById } from './oauth/find-client.ts';

/** What it asks, checked. */
export interface LogoutRequest {
  readonly client: OAuthClient | null;
  /** Whom it means; null where it shows no ID token that we know. */
  readonly hint: IdTokenHint | null;
  /** Where the browser goes afterwards; null for a page of ours. */
  readonly redirectUri: string | null;
  readonly state: string | null;
}

const MAX_STATE = 1024;

/**
 * Reads one. An ID token that cannot be believed is one that is not there: the person is asked then.
 * @param parameters - each stands once
 * @throws Fault `validation_error` for an address that is not registered, or a client that the ID token was not for
 */
export async function readLogoutRequest(
  parameters: ReadonlyMap<string, string>,
  nowSeconds: number,
  deps: Deps,
): Promise<LogoutRequest> {
  const shown = parameters.get('id_token_hint');
  const hint = shown === undefined ? null : await readHint(shown, nowSeconds, deps);
  const named = parameters.get('client_id');
  if (hint !== null && named !== undefined && named !== hint.clientId)
    throw new Fault('validation_error', 'the application is not the one that the ID token was for');
  const client = await findClient(hint?.clientId ?? named, deps);
  const state = parameters.get('state') ?? null;
  if (state !== null && state.length > MAX_STATE) throw new Fault('validation_error', 'state is too long');
  return { client, hint, redirectUri: redirectUriOf(parameters, client), state };
}

async function readHint(text: string, nowSeconds: number, deps: Deps): Promise<IdTokenHint | null> {
  const keyring = await deps.directory.keyring();
  return keyring === null ? null : readIdTokenHint(text, keyring, deps.settings.issuer, nowSeconds);
}

/** @throws Fault `validation_error` */
async function findClient(clientId: string | undefined, deps: Deps): Promise<OAuthClient | null> {
  if (clientId === undefined) return null;
  const client = await findClientById(clientId, deps);
  if (client !== null) return client;
  throw new Fault('validation_error', 'this application is not registered here', { ...inVain });
}

/** Exact to the character, and never without a client that has registered it. @see RP-Initiated Logout 1.0 section 3 */
function redirectUriOf(parameters: ReadonlyMap<string, string>, client: OAuthClient | null): string | null {
  const asked = parameters.get('post_logout_redirect_uri');
  if (asked === undefined) return null;
  if (client?.settings.postLogoutRedirectUris?.includes(asked) === true) return asked;
  throw new Fault('validation_error', 'the application wants to go on at an address that is not registered');
}

/**
 * Whether the ID token is of the very session that the browser holds. Only then is nobody asked: another site could send a browser here
 * to sign its person out.
 */
export const isOfSession = (hint: IdTokenHint | null, { sessionId, identity }: SignInSession): boolean =>
  hint !== null && hint.sessionId === sessionId && hint.subject === ownerOf(identity).id;
