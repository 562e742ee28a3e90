/**
 * A session: what one successful Assume* or sign-in began. Its two forms, AWS keys and a JWT, carry it whole, so that
 * nothing about it has to be stored to use it.
 */

/** A session tag. Keys compare without case and keep theirs. */
export interface Tag {
  readonly Key: string;
  readonly Value: string;
}

/** Whose permissions the session has. */
export type SessionIdentity = {
  readonly type: 'role';
  /** The role's unique id: a role recreated under the same name does not continue its sessions. */
  readonly roleId: string;
  readonly roleName: string;
  readonly sessionName: string;
};

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
}

/** The running instance that a session was given to, and through which attachment of a role. */
export interface SessionInstance {
  readonly instanceId: string;
  readonly associationId: string;
}

export interface Session {
  readonly sessionId: string;
  readonly accountId: string;
  readonly identity: SessionIdentity;
  readonly issuedAtSeconds: number;
  readonly expiresAtSeconds: number;
  /** Session policies: the inline document and the ARNs of managed ones. Null where none was passed. */
  readonly policies: { readonly inline: string | null; readonly arns: readonly string[] } | null;
  readonly tags: readonly Tag[];
  readonly transitiveTagKeys: readonly string[];
  readonly sourceIdentity: string | null;
  readonly federation: Federation | null;
  /** True when the session was itself begun by a session's credentials: such chains last an hour at most. */
  readonly chained: boolean;
  /** Absent where no instance began the session. It ends when the instance is disabled or its role is detached. */
  readonly instance?: SessionInstance;
}
