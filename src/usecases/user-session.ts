/** Sessions that a user, or root, begins with long-term credentials: its own, or one for somebody it vouches for. */
import { nowSecondsOf } from '../core/context/request-context.ts';
import { MAX_ROOT_SESSION_SECONDS } from '../core/credentials/limits.ts';
import type {
  FederatedUserIdentity,
  RootIdentity,
  Session,
  SessionIdentity,
  Tag,
  UserIdentity,
} from '../core/credentials/session.ts';
import { joinSessionTags } from '../core/credentials/session-tags.ts';
import { Fault } from '../core/faults.ts';
import type { SignedFacts } from './authorize.ts';
import { lineageOfCaller, newSessionId } from './begin-session.ts';
import { type Caller, ownIdentityOf } from './caller.ts';
import type { Deps } from './deps.ts';
import { checkSessionPolicies } from './session-policies.ts';

type OwnIdentity = UserIdentity | RootIdentity;

/**
 * Begins a session of the caller itself.
 * @param mfaAtSeconds - when the caller proved a second factor, or null
 * @see https://docs.aws.amazon.com/STS/latest/APIReference/API_GetSessionToken.html
 */
export function beginOwnSession(
  durationSeconds: number,
  mfaAtSeconds: number | null,
  caller: Caller,
  facts: SignedFacts,
  deps: Deps,
): Session<OwnIdentity> {
  const identity = requireOwnIdentity(caller);
  return { ...plainSession(identity, durationSeconds, identity, caller, facts, deps), mfaAtSeconds };
}

export interface FederationInput {
  readonly name: string;
  readonly durationSeconds: number;
  readonly inlinePolicy: string | null;
  readonly policyArns: readonly string[];
  readonly tags: readonly Tag[];
}

/**
 * Begins a session of somebody for whom the caller vouches: the caller's permissions, within the session policies. Without such
 * policies it has no permissions at all.
 * @throws Fault `validation_error` for tags that break the rules, and those of session policies
 * @see https://docs.aws.amazon.com/STS/latest/APIReference/API_GetFederationToken.html
 */
export async function beginFederatedUserSession(
  input: FederationInput,
  caller: Caller,
  facts: SignedFacts,
  deps: Deps,
): Promise<Session<FederatedUserIdentity>> {
  const by = requireOwnIdentity(caller);
  const tags = joinSessionTags({ tags: input.tags, transitiveKeys: [], inherited: [] });
  if (!tags.ok) throw new Fault('validation_error', tags.failure);
  const { directory } = deps;
  const policies = await checkSessionPolicies(
    directory,
    caller.accountId,
    input.inlinePolicy,
    input.policyArns,
  );
  const identity: FederatedUserIdentity = { type: 'federated-user', name: input.name, by };
  return {
    ...plainSession(identity, input.durationSeconds, by, caller, facts, deps),
    policies,
    tags: tags.value.tags,
  };
}

/** Sessions of root, and those it vouches for, last an hour at most; a longer wish is cut, not refused. */
function plainSession<Identity extends SessionIdentity>(
  identity: Identity,
  durationSeconds: number,
  by: OwnIdentity,
  caller: Caller,
  facts: SignedFacts,
  deps: Deps,
): Session<Identity> {
  const { accountId, session: from } = caller;
  const lineage = lineageOfCaller(caller);
  const nowSeconds = nowSecondsOf(facts);
  const seconds = by.type === 'root' ? Math.min(durationSeconds, MAX_ROOT_SESSION_SECONDS) : durationSeconds;
  return {
    sessionId: newSessionId(nowSeconds, deps),
    accountId,
    identity,
    issuedAtSeconds: nowSeconds,
    expiresAtSeconds: nowSeconds + seconds,
    policies: null,
    scopes: [],
    mfaAtSeconds: null,
    tags: [],
    transitiveTagKeys: [],
    sourceIdentity: null,
    federation: null,
    chained: false,
    // What a sign-in gave ends with it.
    ...(lineage !== undefined && { lineage }),
    ...(from?.delegation !== undefined && { delegation: from.delegation }),
  };
}

/** The kind of credential was checked before. */
function requireOwnIdentity(caller: Caller): OwnIdentity {
  const identity = ownIdentityOf(caller);
  if (identity !== null) return identity;
  throw new Fault('access_denied', 'only a user or root may begin such a session');
}
