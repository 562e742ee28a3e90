import type { Lineage } from '../credentials/lineage.ts';
import type { Tag } from '../credentials/session.ts';
import type { Page, PageRequest } from './page.ts';

/** A session as the trail tells of it. */
export interface SessionRecord {
  readonly sessionId: string;
  /** `sign-in` for a browser's, whoever it is. */
  readonly kind: 'role' | 'user' | 'federated-user' | 'root' | 'sign-in';
  readonly principalArn: string;
  /**
   * Unique id of the role or user; of the user that vouched for a federated one; the account's id for root; the stable id of
   * somebody from outside who is signed in.
   */
  readonly principalId: string;
  readonly sourceIdentity: string | null;
  readonly provider: string | null;
  readonly subject: string | null;
  readonly tags: readonly Tag[];
  readonly issuedAtSeconds: number;
  readonly expiresAtSeconds: number;
  /** The session whose credentials began this one. */
  readonly fromSessionId: string | null;
  readonly begunByArn: string | null;
  readonly instanceId: string | null;
  /** The user whose session it is, who vouched for it, or who stands at the beginning of its chain. */
  readonly userId: string | null;
  /** Null where it was chained from no session. */
  readonly lineage: Lineage | null;
}

/** When something was last used, as far as the trail has been drained. */
export interface LastUse {
  readonly atSeconds: number;
  /** Null where no signature named one. */
  readonly region: string | null;
  readonly service: string;
}

export interface SessionDetail extends SessionRecord {
  /** Access key ids, and ids of access tokens. */
  readonly credentialIds: readonly string[];
  readonly lastUsed: LastUse | null;
}

/** Which sessions are wanted; what is absent matches all. */
export interface SessionFilter {
  readonly principalId?: string;
  /** Sessions of a user, and those that a user began. */
  readonly userId?: string;
  readonly sourceIdentity?: string;
  readonly provider?: string;
  /** Only with `provider`. */
  readonly subject?: string;
  /** Only those that have not ended by then. */
  readonly liveAtSeconds?: number;
}

/** The list of sessions: for looking, about a second behind, and never asked whether a credential is good. */
export interface Sessions {
  find(accountId: string, sessionId: string): Promise<SessionDetail | null>;
  /** Newest first. */
  list(accountId: string, filter: SessionFilter, page: PageRequest): Promise<Page<SessionRecord>>;
  /** Removes what ended long ago. */
  sweep(nowSeconds: number): Promise<void>;
}

/** Last uses, from the drained trail. */
export interface LastUses {
  /** @returns by id; what was never used is absent */
  of(
    accountId: string,
    kind: 'access-key' | 'role',
    ids: readonly string[],
  ): Promise<ReadonlyMap<string, LastUse>>;
}
