/** From the scopes that a client asks for to what its session may do. */

import { MAX_SCOPES } from '../../core/credentials/limits.ts';
import type { Session } from '../../core/credentials/session.ts';
import { Fault } from '../../core/faults.ts';
import type { OAuthClient } from '../../core/oauth/client.ts';
import { joinScopePolicies, PROTOCOL_SCOPES, parseScope } from '../../core/oauth/scope.ts';
import type { Deps } from '../deps.ts';
import { compactSessionPolicy } from '../session-policies.ts';

/**
 * Checks the policy of a scope.
 * @returns the document without its white space
 * @throws Fault `malformed_policy_document`, `packed_policy_too_large`
 */
export function checkScopePolicy(document: string): string {
  const compact = compactSessionPolicy(document);
  const { Version } = JSON.parse(compact) as { Version?: unknown }; // parsed as a policy just before
  if (Version === '2012-10-17') return compact;
  throw new Fault('malformed_policy_document', 'the policy of a scope must have version 2012-10-17');
}

/**
 * The scopes that a request gets: what it asks for, or everything that the client may have.
 * @param asked - the parameter `scope`, or null
 * @returns null where the client uses no scopes and asks for none
 * @throws Fault `invalid_scope` for one that the client is not registered for
 */
export function requireScopes(asked: string | null, { settings }: OAuthClient): readonly string[] | null {
  if (asked === null) return settings.scopes.length === 0 ? null : settings.scopes;
  const scopes = parseScope(asked);
  const allowed = scopes?.every((scope) => settings.scopes.includes(scope)) ?? false;
  if (scopes === null || !allowed) throw new Fault('invalid_scope', 'the client may not ask for this scope');
  return scopes;
}

/**
 * Narrows a session to what its scopes grant; the policy engine decides by it beside the role and the session policies.
 * @param scopes - null leaves the session as it is
 * @throws Fault `invalid_scope` for one that is not registered any more
 */
export async function scopedTo(
  session: Session,
  scopes: readonly string[] | null,
  { directory }: Deps,
): Promise<Session> {
  if (scopes === null) return session;
  const named = scopes.filter((scope) => !PROTOCOL_SCOPES.has(scope));
  const found = await Promise.all(named.map((scope) => directory.oauthScope(session.accountId, scope)));
  const documents = found.map((scope) => {
    if (scope === null) throw new Fault('invalid_scope', 'a scope is not registered with this account');
    return scope.document;
  });
  return { ...session, scopes: [...session.scopes, joinScopePolicies(documents)] };
}

/**
 * The scopes of what a client gets for a token that it shows: never one that the token has not.
 * @param asked - the parameter `scope`, or null
 * @param held - of the token; null where it has none
 * @returns null where neither token nor client knows scopes
 * @throws Fault `invalid_scope`
 */
export function narrowedScopes(
  asked: string | null,
  held: readonly string[] | null,
  client: OAuthClient,
): readonly string[] | null {
  const { scopes: own } = client.settings;
  if (held === null && asked === null && own.length === 0) return null;
  // A token without scopes has all that its session may do, but nothing of what the protocols' scopes give.
  const open =
    held === null
      ? own.filter((scope) => !PROTOCOL_SCOPES.has(scope))
      : held.filter((scope) => own.length === 0 || PROTOCOL_SCOPES.has(scope) || own.includes(scope));
  const scopes = asked === null ? open : parseScope(asked);
  if (scopes === null || scopes.length === 0 || !scopes.every((scope) => open.includes(scope)))
    throw new Fault('invalid_scope', 'a scope is not among those that token and client have');
  return scopes;
}

/**
 * Narrows the session of a token that is exchanged; one that keeps its scopes stays as it is.
 * @throws Fault `invalid_scope` for a scope that is not registered any more, `access_denied` past the most that a session carries
 */
export async function scopedFurther(
  session: Session,
  scopes: readonly string[] | null,
  held: readonly string[] | null,
  deps: Deps,
): Promise<Session> {
  const registered = (list: readonly string[]) => list.filter((scope) => !PROTOCOL_SCOPES.has(scope));
  if (scopes === null) return session;
  if (held !== null && registered(scopes).length === registered(held).length) return session;
  if (session.scopes.length >= MAX_SCOPES)
    throw new Fault(
      'access_denied',
      `the session is scoped down ${MAX_SCOPES} times already, which is the most`,
    );
  return scopedTo(session, scopes, deps);
}
