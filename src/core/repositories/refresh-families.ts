import type { AuditEvent } from '../audit/event.ts';
import type { RefreshFamily } from '../oauth/refresh.ts';

/** The next token of a family. */
export interface RefreshRotation {
  readonly usedHash: string;
  readonly nextHash: string;
  readonly sealedNext: string;
  readonly nowSeconds: number;
}

/** Families of refresh tokens. No decision is held of them: every use goes to the database. */
export interface RefreshFamilies {
  begin(family: RefreshFamily, event: AuditEvent): Promise<void>;
  find(accountId: string, familyId: string): Promise<RefreshFamily | null>;
  /** @returns false where another request has used the token before, or the family is gone */
  rotate(accountId: string, familyId: string, rotation: RefreshRotation): Promise<boolean>;
  /** Ends a family and revokes its session, so that its access tokens end with it. Nothing happens where it is gone. */
  end(family: RefreshFamily, nowSeconds: number, event: AuditEvent): Promise<void>;
  sweep(nowSeconds: number): Promise<void>;
}
