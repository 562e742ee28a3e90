/**
 * The limits on temporary credentials.
 * @see https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
 */
import { failure, type Result, success } from '../result.ts';

/** A session token, as the text that travels. */
export const MAX_SESSION_TOKEN_BYTES = 4096;
export const MIN_SESSION_SECONDS = 900;
export const DEFAULT_ROLE_SESSION_SECONDS = 3600;
export const MIN_MAX_SESSION_SECONDS = 3600;
export const MAX_MAX_SESSION_SECONDS = 43_200;
/** No session of any kind lasts longer: 36 hours. */
export const MAX_SESSION_SECONDS = 129_600;
/** A role session begun by a role session lasts an hour at most; asking for more is an error, not a shorter session. */
export const MAX_CHAINED_SECONDS = 3600;
/** Root's own sessions, and those it vouches for. */
export const MAX_ROOT_SESSION_SECONDS = 3600;
/** How often a session may be scoped down by a policy. */
export const MAX_SCOPES = 3;
export const MAX_SESSION_TAGS = 50;
export const MAX_SESSION_POLICY_ARNS = 10;
/** Inline session policy and the managed ones together, as plain text. */
export const MAX_SESSION_POLICY_CHARACTERS = 2048;

export type DurationFailure = {
  readonly why: 'exceeds_role' | 'exceeds_chain';
  readonly limitSeconds: number;
};

/**
 * How long a role session may last.
 * @param requestedSeconds - what the caller asked for, or null
 * @param roleMaxSeconds - the role's MaxSessionDuration
 * @param chained - whether a session's credentials ask
 * @param notAfterSeconds - the moment past which the upstream login itself ends the session, or null
 * @returns the expiry as epoch seconds
 */
export function sessionExpiry(input: {
  readonly nowSeconds: number;
  readonly requestedSeconds: number | null;
  readonly roleMaxSeconds: number;
  readonly chained: boolean;
  readonly notAfterSeconds: number | null;
}): Result<number, DurationFailure> {
  const { nowSeconds, requestedSeconds, roleMaxSeconds, chained, notAfterSeconds } = input;
  const seconds = requestedSeconds ?? Math.min(DEFAULT_ROLE_SESSION_SECONDS, roleMaxSeconds);
  if (chained && seconds > MAX_CHAINED_SECONDS) {
    return failure({ why: 'exceeds_chain', limitSeconds: MAX_CHAINED_SECONDS });
  }
  if (seconds > roleMaxSeconds) return failure({ why: 'exceeds_role', limitSeconds: roleMaxSeconds });
  return success(Math.min(nowSeconds + seconds, notAfterSeconds ?? Number.MAX_SAFE_INTEGER));
}
