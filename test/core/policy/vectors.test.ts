/**
 * The recorded decisions and documents. A vector's principal is an ARN, a service or nobody, and its context is all
 * there is.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { type CompiledPolicy, compilePolicy } from '../../../src/core/policy/compile.ts';
import { contextOf } from '../../../src/core/policy/context.ts';
import { decide } from '../../../src/core/policy/decide.ts';
import type { PolicyKind } from '../../../src/core/policy/document.ts';
import { explain } from '../../../src/core/policy/explain.ts';
import { parsePolicy, readPolicy } from '../../../src/core/policy/parse.ts';
import { principalNamed } from '../../../src/core/policy/request-principal.ts';
import type {
  AccessRequest,
  ApplicablePolicies,
  ContextValue,
  SourcedPolicy,
} from '../../../src/core/policy/types.ts';

interface DecisionVector {
  readonly id: string;
  readonly name: string;
  readonly request: {
    readonly principal: string | null;
    readonly action: string;
    readonly resource: string;
    readonly resourceAccount: string;
    readonly context: Readonly<Record<string, ContextValue>>;
  };
  readonly identityPolicies: readonly unknown[];
  readonly resourcePolicy?: unknown;
  readonly permissionsBoundaries?: readonly unknown[];
  readonly sessionPolicies?: readonly unknown[];
  readonly scps?: readonly (readonly unknown[])[];
  readonly rcps?: readonly (readonly unknown[])[];
  readonly expected: 'Allow' | 'ExplicitDeny' | 'ImplicitDeny';
}

interface GrammarVector {
  readonly id: string;
  readonly policyType: PolicyKind;
  readonly documentText: string;
  readonly valid: boolean;
  readonly message?: string;
}

function vectors<T>(file: string): readonly T[] {
  const text = readFileSync(`${import.meta.dirname}/vectors/${file}`, 'utf8');
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as T); // the files are kept beside this test and have these shapes
}

function compiled(document: unknown, kind: PolicyKind): CompiledPolicy {
  const read = readPolicy(document, kind);
  if (!read.ok)
    throw new Error(`${kind} policy of a vector: ${read.failure.problem} at ${read.failure.path}`);
  return compilePolicy(read.value);
}

const sourced = (documents: readonly unknown[], kind: PolicyKind): readonly SourcedPolicy[] =>
  documents.map((document, index) => ({ source: `${kind}-${index}`, policy: compiled(document, kind) }));

const levels = (layer: readonly (readonly unknown[])[], kind: PolicyKind) =>
  layer.map((documents, level) =>
    documents.map((document, index) => ({
      source: `${kind}-${level}-${index}`,
      policy: compiled(document, kind),
    })),
  );

function policiesOf(vector: DecisionVector): ApplicablePolicies {
  const { resourcePolicy, permissionsBoundaries, sessionPolicies, scps, rcps } = vector;
  return {
    identity: sourced(vector.identityPolicies, 'identity'),
    ...(resourcePolicy === undefined
      ? {}
      : { resource: { source: 'resource', policy: compiled(resourcePolicy, 'resource') } }),
    ...(permissionsBoundaries === undefined
      ? {}
      : { boundaries: sourced(permissionsBoundaries, 'permissions-boundary') }),
    ...(sessionPolicies === undefined ? {} : { session: sourced(sessionPolicies, 'session') }),
    ...(scps === undefined ? {} : { scps: levels(scps, 'scp') }),
    ...(rcps === undefined ? {} : { rcps: levels(rcps, 'rcp') }),
  };
}

const requestOf = ({ request }: DecisionVector): AccessRequest => ({
  principal: request.principal === null ? null : principalNamed(request.principal),
  action: request.action,
  resource: request.resource,
  resourceAccount: request.resourceAccount,
  context: contextOf(Object.entries(request.context)),
});

const decisions = vectors<DecisionVector>('decisions.jsonl');
const documents = vectors<GrammarVector>('grammar.jsonl');

test('no vector is missing', () => {
  expect(decisions.length).toBe(1326);
  expect(documents.length).toBe(132);
  expect(
    decisions.filter(
      ({ request }) => request.principal !== null && principalNamed(request.principal) === null,
    ),
  ).toEqual([]);
});

describe('decisions', () => {
  test.each(decisions)('$id: $name', (vector) => {
    const request = requestOf(vector);
    const policies = policiesOf(vector);
    const decision = decide(request, policies);
    expect(decision.effect).toBe(vector.expected);
    expect(explain(request, policies).decision).toEqual(decision);
  });
});

describe('documents', () => {
  test.each(documents)('$id: $documentText', ({ documentText, policyType, valid, message }) => {
    const parsed = parsePolicy(documentText, policyType);
    expect(parsed.ok ? { valid: true } : { valid: false, message: parsed.failure.message }).toEqual(
      valid ? { valid } : { valid, message },
    );
  });
});
