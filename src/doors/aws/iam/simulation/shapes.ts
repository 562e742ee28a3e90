/** Inputs and answers that the simulation actions share. */
import type { ContextEntry } from '../../../../core/context/request-context.ts';
import { Fault } from '../../../../core/faults.ts';
import { type Position, statementSpans } from '../../../../core/policy/positions.ts';
import type { ApplicablePolicies, SourcedPolicy, StatementReference } from '../../../../core/policy/types.ts';
import type { SimulatedResult } from '../../../../usecases/simulate.ts';
import { optional, withDefault } from '../../query/field.ts';
import { maxItems, policyDocument } from '../../query/fields.ts';
import { list, oneOf, string, structure } from '../../query/kinds.ts';
import { flag, listOf, maybe, record, text, wholeNumber } from '../../query/shape.ts';

const CONTEXT_TYPES = [
  'string',
  'stringList',
  'numeric',
  'numericList',
  'boolean',
  'booleanList',
  'ip',
  'ipList',
  'binary',
  'binaryList',
  'date',
  'dateList',
] as const;

const contextEntry = () =>
  structure({
    ContextKeyName: optional(string({ min: 5, max: 256 })),
    ContextKeyValues: optional(list(string(), { max: 200 })),
    ContextKeyType: optional(oneOf(CONTEXT_TYPES)),
  });

/** What both simulations take. */
export const simulationFields = {
  ActionNames: list(string({ min: 3, max: 128 }), { max: 200 }),
  ResourceArns: withDefault(list(string({ min: 1, max: 2048 }), { max: 200 }), ['*']),
  ResourcePolicy: optional(policyDocument()),
  ResourceOwner: optional(string({ min: 1, max: 2048 })),
  CallerArn: optional(string({ min: 1, max: 2048 })),
  ContextEntries: withDefault(list(contextEntry(), { max: 200 }), []),
  ResourceHandlingOption: optional(string({ min: 1, max: 64 })),
  PermissionsBoundaryPolicyInputList: optional(list(policyDocument(), { max: 50 })),
  MaxItems: maxItems(),
  Marker: optional(string({ min: 1, max: 320 })),
};

const positionShape = record({ Line: wholeNumber, Column: wholeNumber });

const statementShape = record({
  SourcePolicyId: text,
  SourcePolicyType: text,
  StartPosition: maybe(positionShape),
  EndPosition: maybe(positionShape),
});

/** What both simulations answer. */
export const simulationOutput = {
  EvaluationResults: listOf(
    record({
      EvalActionName: text,
      EvalResourceName: text,
      EvalDecision: text,
      MatchedStatements: listOf(statementShape),
      MissingContextValues: listOf(text),
      PermissionsBoundaryDecisionDetail: maybe(record({ AllowedByPermissionsBoundary: flag })),
    }),
  ),
  IsTruncated: flag,
  Marker: maybe(text),
};

interface GivenEntry {
  readonly ContextKeyName?: string;
  readonly ContextKeyValues?: readonly string[];
  readonly ContextKeyType?: (typeof CONTEXT_TYPES)[number];
}

/** @throws Fault `invalid_input` for a single-valued type with another number of values */
export const contextEntries = (given: readonly GivenEntry[]): readonly ContextEntry[] =>
  given.flatMap(({ ContextKeyName, ContextKeyValues = [], ContextKeyType = 'string' }): ContextEntry[] => {
    if (ContextKeyName === undefined) return [];
    if (ContextKeyType.endsWith('List')) return [[ContextKeyName, ContextKeyValues]];
    const [value] = ContextKeyValues;
    if (value !== undefined && ContextKeyValues.length === 1) return [[ContextKeyName, value]];
    throw new Fault(
      'invalid_input',
      `context key \`${ContextKeyName}\` of type ${ContextKeyType} takes one value`,
    );
  });

/** An account id, or any ARN of the account. */
export function ownerAccount(owner: string | undefined): string | null {
  if (owner === undefined) return null;
  const account = /^(?:arn:aws:[a-z0-9-]+:[a-z0-9-]*:)?([0-9]{12})(?::.*)?$/.exec(owner)?.[1];
  if (account === undefined) throw new Fault('invalid_input', `ResourceOwner \`${owner}\` names no account`);
  return account;
}

/** One page of results. The marker is the number of results before it: the same what-if gives the same results. */
export function pageOf(
  results: readonly SimulatedResult[],
  policies: ApplicablePolicies,
  { MaxItems, Marker }: { readonly MaxItems: number; readonly Marker?: string },
) {
  const start = Marker === undefined ? 0 : /^[0-9]{1,6}$/.test(Marker) ? Number(Marker) : -1;
  if (start < 0 || (start > 0 && start >= results.length))
    throw new Fault('validation_error', 'Invalid Marker');
  const end = start + MaxItems;
  const answers = results.slice(start, end).map((result) => answerOf(result, sourcesOf(policies)));
  return {
    EvaluationResults: answers,
    IsTruncated: end < results.length,
    ...(end < results.length && { Marker: String(end) }),
  };
}

const sourcesOf = (policies: ApplicablePolicies): readonly SourcedPolicy[] => [
  ...(policies.identity ?? []),
  ...(policies.boundaries ?? []),
  ...(policies.resource === undefined ? [] : [policies.resource]),
];

const DECISIONS = { Allow: 'allowed', ExplicitDeny: 'explicitDeny', ImplicitDeny: 'implicitDeny' } as const;

const answerOf = (result: SimulatedResult, sources: readonly SourcedPolicy[]) => ({
  EvalActionName: result.action,
  EvalResourceName: result.resource,
  EvalDecision: DECISIONS[result.decision.effect],
  MatchedStatements: result.decision.deciders.map((decider) => statementOf(decider, sources)),
  MissingContextValues: result.missingContextKeys,
  ...(result.allowedByBoundary !== null && {
    PermissionsBoundaryDecisionDetail: { AllowedByPermissionsBoundary: result.allowedByBoundary },
  }),
});

function statementOf(decider: StatementReference, sources: readonly SourcedPolicy[]) {
  const text = sources.find(({ source }) => source === decider.source)?.text;
  const span = text === undefined ? undefined : statementSpans(text)[decider.index];
  return {
    SourcePolicyId: decider.source,
    SourcePolicyType: typeOf(decider),
    ...(span !== undefined && {
      StartPosition: wirePosition(span.start),
      EndPosition: wirePosition(span.end),
    }),
  };
}

const wirePosition = ({ line, column }: Position) => ({ Line: line, Column: column });

function typeOf({ layer, source }: StatementReference): string {
  if (layer === 'resource') return 'resource';
  if (source.startsWith('arn:aws:iam::aws:')) return 'aws-managed';
  if (source.startsWith('arn:')) return 'user-managed';
  return /^inline policy .* of (?:the )?(user|group|role)(?: AGPA\w+)?$/.exec(source)?.[1] ?? 'none';
}
