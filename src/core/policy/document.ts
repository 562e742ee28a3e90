/**
 * A policy document as plain data, in AWS's own spelling, so that `JSON.stringify` gives a document again.
 * Condition values are always text: numbers and booleans of the JSON are kept as they were written.
 */

/** One text or a list of texts; AWS accepts either almost everywhere. */
export type OneOrMany = string | readonly string[];

/** The kinds of principal that a resource or trust policy can name. */
export type PrincipalType = 'AWS' | 'Service' | 'Federated' | 'CanonicalUser';

/** `"*"`, or principals by their kind. */
export type PrincipalElement = '*' | { readonly [type in PrincipalType]?: OneOrMany };

/** Operator → condition key → wanted values. */
export type ConditionElement = { readonly [operator: string]: { readonly [key: string]: OneOrMany } };

/** One statement of a policy; at most one member of each exclusive pair is present. */
export interface PolicyStatement {
  readonly Sid?: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Principal?: PrincipalElement;
  readonly NotPrincipal?: PrincipalElement;
  readonly Action?: OneOrMany;
  readonly NotAction?: OneOrMany;
  readonly Resource?: OneOrMany;
  readonly NotResource?: OneOrMany;
  readonly Condition?: ConditionElement;
}

/** The two versions of the policy language; a document without one means `2008-10-17`. */
export type PolicyVersion = '2012-10-17' | '2008-10-17';

/** A document whose shape has been checked. Made by `parsePolicy` and `readPolicy`, or written out in code. */
export interface PolicyDocument {
  readonly Version?: PolicyVersion;
  readonly Id?: string;
  readonly Statement: readonly PolicyStatement[];
}

/**
 * What a document is used as; each kind has elements that it must or must not have.
 * @see IAM User Guide, reference_policies_elements
 */
export type PolicyKind =
  | 'identity'
  | 'trust'
  | 'resource'
  | 'permissions-boundary'
  | 'session'
  | 'scp'
  | 'rcp';

/**
 * Gives an element's values as a list.
 * @returns the list itself, a list of the one text, or an empty list for an absent element
 */
export function listOf(values: OneOrMany | undefined): readonly string[] {
  if (values === undefined) return [];
  return typeof values === 'string' ? [values] : values;
}
