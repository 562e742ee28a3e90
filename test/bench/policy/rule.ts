/**
 * Rules and requests in no engine's language. Each engine gets its own translation, so that all of them are asked the
 * same. Only what all of them can say is here: patterns have no wildcard but a `*` at their end, and every request has a
 * value for every key (the engines differ in what a missing one means).
 */

/** What a rule may ask of a request's facts; an absent member asks nothing. */
export interface RuleConditions {
  /** The caller's team is exactly this. */
  readonly team?: string;
  /** The caller's name matches this pattern. */
  readonly userName?: string;
  /** The caller's address lies in this CIDR range. */
  readonly sourceIp?: string;
  /** Seconds since the caller's second factor are fewer than this. */
  readonly mfaAgeBelowSeconds?: number;
}

/** One statement. A deny that applies beats every allow. */
export interface Rule {
  readonly effect: 'Allow' | 'Deny';
  /** `service:Name`, `service:Prefix*` or `*`. */
  readonly action: string;
  /** A whole ARN, the start of one followed by `*`, or `*`. */
  readonly resource: string;
  readonly conditions: RuleConditions;
}

/** One question. */
export interface Question {
  readonly action: string;
  readonly resource: string;
  readonly userName: string;
  readonly team: string;
  /** An IPv4 address. */
  readonly sourceIp: string;
  readonly mfaAgeSeconds: number;
}

/** What is measured: the policies of one caller and many different questions about them. */
export interface Workload {
  readonly name: string;
  /** One list per policy document. */
  readonly policies: readonly (readonly Rule[])[];
  /** Every action that a question can be about: engines without action wildcards need the list. */
  readonly actions: readonly string[];
  readonly questions: readonly Question[];
}

/** @returns the text before the `*` at a pattern's end, or null for a pattern without one */
export const prefixOf = (pattern: string): string | null =>
  pattern.endsWith('*') ? pattern.slice(0, -1) : null;
