import type { QuotaName } from '../quotas.ts';
import type { MakeEvent } from './change.ts';

/** A quota as it holds for an account. */
export interface QuotaRecord {
  readonly name: QuotaName;
  readonly value: number;
  /** What it is where the account has no number of its own. */
  readonly defaultValue: number;
}

/** An account's count quotas. */
export interface Quotas {
  /** All there are. */
  quotas(accountId: string): Promise<readonly QuotaRecord[]>;
  /**
   * Sets the given quotas; null takes an account's own number away. One below what the account holds is fine: then
   * nothing more is made until enough is gone.
   */
  updateQuotas(
    accountId: string,
    changes: ReadonlyMap<QuotaName, number | null>,
    event: MakeEvent,
  ): Promise<void>;
}
