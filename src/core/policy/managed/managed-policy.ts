import type { PolicyDocument, PolicyStatement } from '../document.ts';

/** A policy that AWS keeps and every account can attach. */
export interface ManagedPolicy {
  readonly name: string;
  /** `arn:aws:iam::aws:policy/NAME`, with the path between where there is one. */
  readonly arn: string;
  readonly path: string;
  readonly description: string;
  readonly document: PolicyDocument;
  /** The document as text, as GetPolicyVersion shows it. */
  readonly text: string;
}

/** Defines a managed policy of the current language version. */
export function managedPolicy(
  name: string,
  description: string,
  statements: readonly PolicyStatement[],
  path = '/',
): ManagedPolicy {
  const document: PolicyDocument = { Version: '2012-10-17', Statement: statements };
  return {
    name,
    arn: `arn:aws:iam::aws:policy${path}${name}`,
    path,
    description,
    document,
    text: JSON.stringify(document),
  };
}
