/**
 * Where a session comes from. It is carried so that a session ends with the user who began it, and with each session that it
 * was chained from.
 */
import { failure, type Result, success } from '../result.ts';
import { madeFromAlso } from './provenance.ts';
import type { Session, SessionIdentity } from './session.ts';

interface UserOrigin {
  readonly type: 'user';
  readonly userId: string;
  /** The long-term key that signed for the first session; absent where a sign-in began it. */
  readonly accessKeyId?: string;
}

/** Who stands at the beginning: a user, root, or an outside login whose session others were chained from. */
export type Origin =
  | UserOrigin
  | { readonly type: 'root' }
  | { readonly type: 'login'; readonly provider: string; readonly subject: string };

/** A session that another was chained from, as far as it can be revoked by it. */
export interface Ancestor {
  readonly sessionId: string;
  readonly issuedAtSeconds: number;
  /** Null for a user's or root's own session, and for a sign-in. */
  readonly roleId: string | null;
  /** Whether it bore the source identity already that the session bears now: once set, chains hand it on. */
  readonly sourceIdentity: boolean;
  /** Who stands at its own beginning, where that is another than the lineage's: an actor has come from elsewhere. */
  readonly origin?: Origin;
  /** Which of its credentials asked, and what that was made from; see `provenance.ts`. */
  readonly madeFrom?: readonly string[];
}

export interface Lineage {
  /** Null where nobody of them stands there, but an instance, a certificate or an OAuth client. */
  readonly origin: Origin | null;
  /** Oldest first; empty where a long-term key began the session. */
  readonly ancestors: readonly Ancestor[];
}

/**
 * From that many sessions one may be chained. Each costs a token some fifty bytes. AWS sets no bound, and so lets two roles
 * that trust each other renew a session for ever.
 */
export const MAX_ANCESTORS = 8;

/** The sessions of a lineage, each once: a login that a browser's session came through stands before it under the same id. */
export const idsOf = ({ ancestors }: Lineage): readonly string[] => [
  ...new Set(ancestors.map(({ sessionId }) => sessionId)),
];

/** What a user's long-term key begins. */
export const lineageOfUser = (userId: string, accessKeyId: string | null): Lineage => ({
  origin: { type: 'user', userId, ...(accessKeyId !== null && { accessKeyId }) },
  ancestors: [],
});

/**
 * The lineage of what a session begins.
 * @param parent - the session whose credentials ask
 * @param credentialId - the one that asks; null for a sign-in, or where the session itself is what goes on
 * @returns the parent's own, and the parent; fails where the chain has reached its bound
 */
export function lineageFrom(parent: Session, credentialId: string | null): Result<Lineage, 'too_long'> {
  const { identity, lineage, sourceIdentity } = parent;
  const { madeFrom } = madeFromAlso(parent, credentialId);
  const before = lineage?.ancestors ?? [];
  if (before.length >= MAX_ANCESTORS) return failure('too_long');
  const ancestor: Ancestor = {
    sessionId: parent.sessionId,
    issuedAtSeconds: parent.issuedAtSeconds,
    roleId: identity.type === 'role' ? identity.roleId : null,
    sourceIdentity: sourceIdentity !== null,
    ...(madeFrom !== undefined && { madeFrom }),
  };
  return success({ origin: originOf(parent), ancestors: [...before, ancestor] });
}

/**
 * The lineage of a session once another acts in it: it ends with the actor's session too, and with all that this came from.
 * @param actor - the session of the one that acts
 * @param tokenId - of the token by which it acts
 */
export function lineageWithActor(
  { lineage }: Session,
  actor: Session,
  tokenId: string,
): Result<Lineage, 'too_long'> {
  const own = lineageFrom(actor, tokenId);
  if (!own.ok) return own;
  const { origin: from, ancestors } = own.value;
  // The source identity that a session is asked for is the subject's.
  const before = ancestors.map(
    (each): Ancestor => ({ ...each, sourceIdentity: false, ...(from !== null && { origin: from }) }),
  );
  const all = [...before, ...(lineage?.ancestors ?? [])];
  return all.length > MAX_ANCESTORS
    ? failure('too_long')
    : success({ origin: lineage?.origin ?? null, ancestors: all });
}

/** @returns the user or root at the beginning of a session, whoever it acts as now; the outside login likewise */
export function originOf({ identity, federation, lineage }: Session): Origin | null {
  const own = ownOrigin(identity);
  if (own !== null) return withKey(own, lineage);
  if (federation !== null) {
    return { type: 'login', provider: federation.provider, subject: federation.subject };
  }
  return lineage?.origin ?? null;
}

/** The lineage knows by which of a user's keys. */
const withKey = (own: Origin, lineage: Lineage | undefined): Origin => {
  const origin = lineage?.origin;
  return own.type === 'user' && origin?.type === 'user' && origin.userId === own.userId ? origin : own;
};

/** A federated user is its voucher's. */
function ownOrigin(identity: SessionIdentity): Origin | null {
  switch (identity.type) {
    case 'user':
      return { type: 'user', userId: identity.userId };
    case 'root':
      return { type: 'root' };
    case 'federated-user':
      return ownOrigin(identity.by);
    case 'role':
      return null;
  }
}
