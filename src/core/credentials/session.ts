/**
 * A session: what one successful Assume* or sign-in began. Its two forms, AWS keys and a JWT, carry it whole, so that
 * nothing about it has to be stored to use it.
 */

import type { SessionCertificate } from '../x509/session-certificate.ts';
import type { Delegation } from './delegation.ts';
import type { Lineage } from './lineage.ts';

/** A session tag. Keys compare without case and keep theirs. */
export interface Tag {
  readonly Key: string;
  readonly Value: string;
}

/** A role's session. The unique id is the role's: one recreated under the same name does not continue its sessions. */
export interface RoleIdentity {
  readonly type: 'role';
  readonly roleId: string;
  readonly roleName: string;
  readonly sessionName: string;
}

/** A user's own session (GetSessionToken, sign-in). The unique id decides; the name is the one it had. */
export interface UserIdentity {
  readonly type: 'user';
  readonly userId: string;
  readonly userName: string;
}

/** The account's root. */
export interface RootIdentity {
  readonly type: 'root';
}

/** Somebody for whom a user vouched (GetFederationToken): named by that user, and never with more permissions. */
export interface FederatedUserIdentity {
  readonly type: 'federated-user';
  readonly name: string;
  /** Whose permissions bound the session. */
  readonly by: UserIdentity | RootIdentity;
}

/** Whose permissions the session has. */
export type SessionIdentity = RoleIdentity | UserIdentity | FederatedUserIdentity | RootIdentity;

/** The outside login that began the session, as policies see it. */
export interface Federation {
  /** ARN of the provider (`aws:FederatedProvider`). */
  readonly provider: string;
  /** Prefix of its condition keys: the issuer without its scheme. */
  readonly keyPrefix: string;
  readonly audience: string;
  readonly subject: string;
  readonly amr?: readonly string[];
  /** When the person proved who they are, as the provider says. */
  readonly authTimeSeconds?: number;
  /** What a SAML login says beside: whose the subject is, and of which kind. */
  readonly saml?: { readonly nameQualifier: string; readonly subjectType: string };
}

/** The running instance that a session was given to, and through which attachment of a role. */
export interface SessionInstance {
  readonly instanceId: string;
  readonly associationId: string;
}

export interface Session<Identity extends SessionIdentity = SessionIdentity> {
  readonly sessionId: string;
  readonly accountId: string;
  readonly identity: Identity;
  /** When the session began; a credential made of it later does not change that. */
  readonly issuedAtSeconds: number;
  readonly expiresAtSeconds: number;
  /**
   * Session policies: the inline document and the ARNs of managed ones. Null where none was passed. A resource policy that names
   * the session (or the user whose session it is) by itself is not limited by them; it is by `scopes`.
   */
  readonly policies: { readonly inline: string | null; readonly arns: readonly string[] } | null;
  /** Inline policies by which GetScopedCredentials narrowed it, oldest first: each must allow, whatever else does. */
  readonly scopes: readonly string[];
  /** When a second factor was proved, or null. */
  readonly mfaAtSeconds: number | null;
  readonly tags: readonly Tag[];
  readonly transitiveTagKeys: readonly string[];
  readonly sourceIdentity: string | null;
  readonly federation: Federation | null;
  /** True when the session was itself begun by a session's credentials: such chains last an hour at most. */
  readonly chained: boolean;
  /**
   * The moment, in seconds, past which the login or certificate that it came from vouches for nothing; what is chained from the
   * session ends then too. Absent where nothing upstream bounds it.
   */
  readonly notAfterSeconds?: number;
  /** Absent where no instance began the session. It ends when the instance is disabled or its role is detached. */
  readonly instance?: SessionInstance;
  /** Absent where no certificate proved who began it. It ends when that is revoked, or what believes it is disabled. */
  readonly certificate?: SessionCertificate;
  /** Who acts in it for whose session it is, and who may. Absent where nothing is said of either. */
  readonly delegation?: Delegation;
  /**
   * What this credential of it was made from: ids of other credentials of the session, and of clients that had them; see
   * `provenance.ts`. Absent where it is none.
   */
  readonly madeFrom?: readonly string[];
  /** Whom and what it ends with. Absent where it came from neither a user nor another session. */
  readonly lineage?: Lineage;
}

/** Tells whose session it is, for the compiler too. */
export const isRoleSession = (session: Session): session is Session<RoleIdentity> =>
  session.identity.type === 'role';
export const isUserSession = (session: Session): session is Session<UserIdentity> =>
  session.identity.type === 'user';
export const isFederatedUserSession = (session: Session): session is Session<FederatedUserIdentity> =>
  session.identity.type === 'federated-user';
