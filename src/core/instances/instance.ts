/** An instance as decisions need it, and whether a session that it was given still stands. */
import type { Session, SessionIdentity, Tag } from '../credentials/session.ts';
import type { InstanceIdentity } from './identity.ts';

/** An ended association whose credentials may be used to their end. */
export interface Outliving {
  readonly associationId: string;
  /** By then the last of them has expired. */
  readonly untilSeconds: number;
}

/** The role that an instance has at this moment, through its instance profile. */
export interface Association {
  readonly associationId: string;
  readonly profileId: string;
  /** Null while the profile has no role. */
  readonly role: { readonly roleId: string; readonly name: string } | null;
}

export interface Instance {
  readonly accountId: string;
  readonly instanceId: string;
  readonly arn: string;
  readonly enabled: boolean;
  readonly identity: InstanceIdentity;
  readonly tags: readonly Tag[];
  readonly association: Association | null;
  readonly outliving: readonly Outliving[];
}

/**
 * Whether a session that an instance was given may still be used: the instance is there and enabled, and either the role is
 * attached to it by the same association, or that association ended with leave for its credentials to live on.
 * @param instance - the one that the session names, as it is now; null where it is gone
 */
export function sessionStillAttached(session: Session, instance: Instance | null): boolean {
  if (session.instance === undefined) return true;
  if (instance === null || !instance.enabled) return false;
  const { associationId } = session.instance;
  if (instance.outliving.some((ended) => ended.associationId === associationId)) return true;
  const { association } = instance;
  if (association?.associationId !== associationId) return false;
  // A session further down a chain has another role; the first one's was checked when it was taken.
  return session.chained || isOfRole(session.identity, association.role?.roleId);
}

const isOfRole = (identity: SessionIdentity, roleId: string | undefined): boolean =>
  identity.type === 'role' && identity.roleId === roleId;
