import type { MakeEvent } from './change.ts';
import type { OutboundFederation } from './outbound-federation.ts';
import type { PasswordPolicies } from './password-policy.ts';
import type { Quotas } from './quotas.ts';
import type { SecurityPresets } from './security-preset.ts';
import type { TokenVersions } from './token-version.ts';

/** A count and how high it may go. */
export interface CountedKind {
  readonly name: string;
  /** Null for what is counted for each owner apart: the policies attached to it. */
  readonly count: number | null;
  readonly quota: number;
}

/** The account itself: its alias, and how much it holds. */
export interface AccountSettings
  extends PasswordPolicies,
    Quotas,
    OutboundFederation,
    SecurityPresets,
    TokenVersions {
  /** Null where it has none. */
  alias(accountId: string): Promise<string | null>;
  /** Replaces the alias that there was. @throws Fault `entity_already_exists` where another account has it */
  setAlias(accountId: string, alias: string, event: MakeEvent): Promise<void>;
  /** @throws Fault `no_such_entity` where this is not its alias */
  removeAlias(accountId: string, alias: string, event: MakeEvent): Promise<void>;
  /** Read from the counters: nothing is scanned. */
  counts(accountId: string): Promise<readonly CountedKind[]>;
}
