/**
 * The shape of a decision vector: one question together with every raw policy document that applies to it.
 * The model reads it as it is; `vector-request.ts` turns it into what the engine takes.
 */

/** One value or several, as the policy grammar allows in most places. */
export type OneOrMany<T> = T | readonly T[];

/** A `Principal` or `NotPrincipal` element. */
export type VectorPrincipal = '*' | { readonly [kind: string]: OneOrMany<string> };

/** A condition value as it may stand in JSON. */
export type VectorConditionValue = string | number | boolean;

/** A `Condition` element: operator, then key, then values. */
export type VectorCondition = {
  readonly [operator: string]: { readonly [key: string]: OneOrMany<VectorConditionValue> };
};

/** One statement of a raw policy document. */
export interface VectorStatement {
  readonly Sid?: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Principal?: VectorPrincipal;
  readonly NotPrincipal?: VectorPrincipal;
  readonly Action?: OneOrMany<string>;
  readonly NotAction?: OneOrMany<string>;
  readonly Resource?: OneOrMany<string>;
  readonly NotResource?: OneOrMany<string>;
  readonly Condition?: VectorCondition;
}

/** A raw policy document. */
export interface VectorPolicy {
  readonly Version?: string;
  readonly Statement: OneOrMany<VectorStatement>;
}

/** The question of a vector. */
export interface VectorRequest {
  /** An ARN, a service principal such as `events.amazonaws.com`, or null for an anonymous caller. */
  readonly principal: string | null;
  readonly action: string;
  readonly resource: string;
  readonly resourceAccount: string;
  /** Complete: nothing is added to it. Key names ignore case. */
  readonly context: { readonly [key: string]: OneOrMany<string> };
  /** True where the resource policy is a role trust policy or a key policy, which must allow. */
  readonly resourcePolicyIsMandatory?: boolean;
}

/** A question and the policies that apply. An absent field does not apply; an empty one grants nothing. */
export interface DecisionVector {
  readonly request: VectorRequest;
  readonly identityPolicies?: readonly VectorPolicy[];
  readonly resourcePolicy?: VectorPolicy;
  readonly permissionsBoundaries?: readonly VectorPolicy[];
  readonly sessionPolicies?: readonly VectorPolicy[];
  /** Each must allow, also what a resource policy grants directly. */
  readonly scopes?: readonly VectorPolicy[];
  readonly scps?: readonly (readonly VectorPolicy[])[];
  readonly rcps?: readonly (readonly VectorPolicy[])[];
  readonly vpcEndpointPolicies?: readonly VectorPolicy[];
}

/** A vector with its name and the answer that is known to be right. */
export interface ExpectedVector extends DecisionVector {
  readonly id: string;
  readonly name: string;
  readonly scope: string;
  readonly expected: 'Allow' | 'ExplicitDeny' | 'ImplicitDeny';
}

/** Reads a `.jsonl` text of vectors; the file is ours, so its shape is taken at its word. */
export const readVectors = (text: string): readonly ExpectedVector[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line): ExpectedVector => JSON.parse(line));

/** One value or several, as a list. */
export const listOf = <T>(value: OneOrMany<T> | undefined): readonly T[] => {
  if (value === undefined) return [];
  // Array.isArray does not narrow a readonly array, so the other branch is named by hand.
  return Array.isArray(value) ? value : [value as T];
};
