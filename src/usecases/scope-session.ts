/** GetScopedCredentials: the same session, with less. @see https://docs.aws.amazon.com/STS/latest/APIReference/API_GetScopedCredentials.html */
import { nowSecondsOf } from '../core/context/request-context.ts';
import { MAX_SCOPES } from '../core/credentials/limits.ts';
import type { Session } from '../core/credentials/session.ts';
import { Fault } from '../core/faults.ts';
import type { SignedFacts } from './authorize.ts';
import { compactSessionPolicy } from './session-policies.ts';

export interface ScopeInput {
  /** An inline policy that narrows the session further, or null. */
  readonly policy: string | null;
  readonly durationSeconds: number | null;
}

/**
 * @param session - the session whose credential asks
 * @returns the session with one more scope, an earlier end, or both; id, identity, tags and moment of issue stay as they are, so
 * that what revokes the session ends this too
 * @throws Fault `validation_error` where nothing is asked, `insufficient_session_lifetime`, `access_denied` past three scopes, and
 * those of session policies
 */
export function scopeSession(
  session: Session,
  { policy, durationSeconds }: ScopeInput,
  facts: SignedFacts,
): Session {
  if (policy === null && durationSeconds === null) {
    throw new Fault('validation_error', 'at least one of Policy and DurationSeconds must be given');
  }
  const expiresAtSeconds = shortened(session, durationSeconds, nowSecondsOf(facts));
  if (policy === null) return { ...session, expiresAtSeconds };
  if (session.scopes.length >= MAX_SCOPES) {
    throw new Fault(
      'access_denied',
      `the session is scoped down ${MAX_SCOPES} times already, which is the most`,
    );
  }
  return { ...session, expiresAtSeconds, scopes: [...session.scopes, compactSessionPolicy(policy)] };
}

function shortened(
  { expiresAtSeconds }: Session,
  durationSeconds: number | null,
  nowSeconds: number,
): number {
  if (durationSeconds === null) return expiresAtSeconds;
  const remainingSeconds = expiresAtSeconds - nowSeconds;
  if (durationSeconds <= remainingSeconds) return nowSeconds + durationSeconds;
  throw new Fault(
    'insufficient_session_lifetime',
    'the requested DurationSeconds is greater than the remaining lifetime of the session',
    { remainingSeconds },
  );
}
