/**
 * What a password must be, from the account's policy, its preset and whether a second factor stands beside it.
 * @see NIST SP 800-63B-4 section 3.1.1.2, PCI DSS 4.0.1 requirement 8.3, docs/decisions/0008-password-rules.md
 */
import type { PasswordPolicy } from '../repositories/password-policy.ts';

/** Numbers that an account has instead of NIST's. */
export type SecurityPreset = 'PCI';

/** The rules that hold for one person. */
export interface PasswordRules {
  readonly minimumLength: number;
  readonly requireSymbols: boolean;
  readonly requireNumbers: boolean;
  readonly requireLetters: boolean;
  readonly requireUppercase: boolean;
  readonly requireLowercase: boolean;
  /** How many earlier passwords may not come back, the present one aside. */
  readonly remembered: number;
  /** Null where passwords do not expire. */
  readonly maxAgeSeconds: number | null;
  /** Whether an expired password can be changed by an administrator alone. */
  readonly hardExpiry: boolean;
  readonly mayChange: boolean;
  /** Whether a password that somebody else chose is always to be changed at its first use. */
  readonly changeAtFirstUse: boolean;
}

/** A password alone; beside a second factor; as PCI DSS has it. */
const MINIMUM = { alone: 15, withMfa: 12, pci: 12 };
const DEFAULT_REMEMBERED = 24;
const LEAST_REMEMBERED = 4;
/** As many as are kept. */
export const MAX_REMEMBERED = 24;
const PCI_MAX_AGE_DAYS = 90;
const DAY_SECONDS = 86_400;
/** A password that somebody else chose works this long for the first sign-in. */
export const RESET_PASSWORD_SECONDS = 7 * DAY_SECONDS;
/** So long the one that root's recovery makes: whoever recovers root signs in at once. */
export const ROOT_RECOVERY_SECONDS = 3600;

export interface RulesInput {
  /** Null where the account has set none. */
  readonly policy: PasswordPolicy | null;
  readonly preset: SecurityPreset | null;
  readonly hasMfa: boolean;
}

/** The account's policy raises what holds without it, and lowers nothing below the floors. */
export function rulesOf({ policy, preset, hasMfa }: RulesInput): PasswordRules {
  const isPci = preset === 'PCI';
  const floor = isPci ? MINIMUM.pci : hasMfa ? MINIMUM.withMfa : MINIMUM.alone;
  const remembered = policy === null ? DEFAULT_REMEMBERED : (policy.reusePrevention ?? LEAST_REMEMBERED);
  return {
    minimumLength: Math.max(floor, policy?.minimumLength ?? (isPci ? MINIMUM.pci : MINIMUM.alone)),
    requireSymbols: policy?.requireSymbols ?? false,
    requireNumbers: isPci || (policy?.requireNumbers ?? false),
    requireLetters: isPci,
    requireUppercase: policy?.requireUppercase ?? false,
    requireLowercase: policy?.requireLowercase ?? false,
    remembered: Math.max(LEAST_REMEMBERED, remembered),
    maxAgeSeconds: maxAgeSecondsOf(policy?.maxAgeDays ?? null, preset),
    hardExpiry: policy?.hardExpiry ?? false,
    mayChange: policy?.allowUsersToChange ?? false,
    changeAtFirstUse: isPci,
  };
}

/**
 * @param maxAgeDays - the account policy's, or null where it has none
 * @returns seconds from a password's last change to the next that is due; null where passwords do not expire
 */
export function maxAgeSecondsOf(maxAgeDays: number | null, preset: SecurityPreset | null): number | null {
  const ages = [
    ...(maxAgeDays === null ? [] : [maxAgeDays]),
    ...(preset === 'PCI' ? [PCI_MAX_AGE_DAYS] : []),
  ];
  return ages.length === 0 ? null : Math.min(...ages) * DAY_SECONDS;
}
