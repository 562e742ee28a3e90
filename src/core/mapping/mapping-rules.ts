/**
 * Mapping rules: which roles a login may have where nobody names one. They only choose; the trust policy of the role that is
 * chosen decides all the same.
 */
import type { Clause } from '../policy/conditions/clause.ts';

/** What a login proved, whatever the protocol: claims or attributes by name. */
export interface IdentityValues {
  /** ARN of the provider that proved them. */
  readonly provider: string;
  readonly values: ReadonlyMap<string, readonly string[]>;
}

/** One rule, ready to be asked. */
export interface MappingRule {
  /** Zero-based place in the document. */
  readonly index: number;
  readonly sid: string | null;
  readonly effect: 'Allow' | 'Deny';
  /** On trial: what it would do is noted, and it does nothing. */
  readonly audits: boolean;
  /** Whether the rules after it are asked too once it has matched. */
  readonly continues: boolean;
  readonly clauses: readonly Clause[];
  /** ARNs; none for a Deny. */
  readonly roles: readonly string[];
}

/** A provider's rules, in order. */
export interface MappingRules {
  readonly rules: readonly MappingRule[];
  /** For whom no rule matched; empty where such a login is refused. */
  readonly defaultRoles: readonly string[];
}

/** For a document that cannot be read: nobody gets a role by it. */
export const NO_ROLES: MappingRules = { rules: [], defaultRoles: [] };
