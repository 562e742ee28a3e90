import type { AuditEvent } from '../audit/event.ts';
import type { RefreshFamily } from '../oauth/refresh-family.ts';
import type { Mark } from '../revocation/marks.ts';
import type { Revocation } from '../revocation/revocation-list.ts';
import type { SignInOwner } from '../sign-in/identity.ts';
import type { Page, PageRequest } from './page.ts';
import type { NewRevocation } from './revocations.ts';

/** A use of a family's newest token. */
export interface Rotation {
  /** Of the token that is used up. */
  readonly tokenHash: string;
  readonly successorHash: string;
  readonly sealedSuccessor: string;
  readonly endsAtSeconds: number;
  readonly sessionId: string;
}

/** How many families of one client a person may have; beyond it the oldest goes. */
export const FAMILIES_PER_PERSON_AND_CLIENT = 100;

/** Refresh tokens, by family: one row each, which holds hashes. It goes with its client, its person, and their password. */
export interface RefreshFamilies {
  begin(family: RefreshFamily, event: AuditEvent): Promise<void>;
  /** @returns null for one that is none, or has ended; one past its time may still be found */
  find(accountId: string, handleHash: string): Promise<RefreshFamily | null>;
  /** Uses a token up, in one statement: of many at once, one is told true. */
  rotate(family: RefreshFamily, rotation: Rotation, nowSeconds: number): Promise<boolean>;
  /** Of a person, those used last first. */
  list(accountId: string, owner: SignInOwner, nowSeconds: number): Promise<readonly RefreshFamily[]>;
  /** Of a client, by id. @param owner - null for everybody's */
  page(
    accountId: string,
    clientId: string,
    owner: SignInOwner | null,
    nowSeconds: number,
    page: PageRequest,
  ): Promise<Page<RefreshFamily>>;
  /** @returns null for one that is none or another client's, or has ended */
  findById(accountId: string, clientId: string, familyId: string): Promise<RefreshFamily | null>;
  /**
   * Ends a family and, by the revocation, what it gave.
   * @throws Fault `no_such_entity` where it has ended already
   */
  end(
    family: Pick<RefreshFamily, 'accountId' | 'familyId'>,
    revocation: NewRevocation,
    event: AuditEvent,
  ): Promise<void>;
  /**
   * What has been revoked for as long as a family may live, as far as it can touch a session.
   * @param marks - everything that the session and those before it can be named by
   */
  revocationsOf(accountId: string, marks: readonly Mark[]): Promise<readonly Revocation[]>;
  /** Removes what has ended. */
  sweep(nowSeconds: number): Promise<void>;
}
