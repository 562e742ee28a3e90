/** Inputs and answers that the simulation actions share. */
import type { ContextEntry } from '../../../../core/context/request-context.ts';
import { Fault } from '../../../../core/faults.ts';
import { type Position, statementSpans } from '../../../../core/policy/positions.ts';
import type { ApplicablePolicies, SourcedPolicy, StatementReference } from '../../../../core/policy/types.ts';
import type { SimulatedPage, SimulatedResult, SimulationPage } from '../../../../usecases/simulate.ts';
import { optional, withDefault } from '../../query/field.ts';
import { marker, maxItems, policyDocument } from '../../query/fields.ts';
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
  Marker: marker(),
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

interface PageFields {
  readonly MaxItems: number;
  readonly Marker?: string;
}

/**
 * The page asked for. The marker is the number of results before it: the same what-if gives the same results.
 * @throws Fault `validation_error`
 */
export function pageAsked({ MaxItems, Marker = '0' }: PageFields): SimulationPage {
  if (!/^[0-9]{1,6}$/.test(Marker)) throw new Fault('validation_error', 'Invalid Marker');
  return { start: Number(Marker), limit: MaxItems };
}

/** One page of results as it is answered. */
export function pageAnswer({ results, next }: SimulatedPage, policies: ApplicablePolicies) {
  const placeOf = placesIn(sourcesOf(policies));
  return {
    EvaluationResults: results.map((result) => answerOf(result, placeOf)),
    IsTruncated: next !== null,
    ...(next !== null && { Marker: String(next) }),
  };
}

const sourcesOf = (policies: ApplicablePolicies): readonly SourcedPolicy[] => [
  ...(policies.identity ?? []),
  ...(policies.boundaries ?? []),
  ...(policies.resource === undefined ? [] : [policies.resource]),
];

const DECISIONS = { Allow: 'allowed', ExplicitDeny: 'explicitDeny', ImplicitDeny: 'implicitDeny' } as const;

type Span = ReturnType<typeof statementSpans>[number];
type PlaceOf = (decider: StatementReference) => Span | undefined;

/** Finds where statements stand; each document is looked through once. */
function placesIn(sources: readonly SourcedPolicy[]): PlaceOf {
  const spans = new Map<string, readonly Span[]>();
  const texts = new Map(sources.map(({ source, text }) => [source, text]));
  return ({ source, index }) => {
    const text = texts.get(source);
    const held = spans.get(source) ?? (text === undefined ? [] : statementSpans(text));
    spans.set(source, held);
    return held[index];
  };
}

const answerOf = (result: SimulatedResult, placeOf: PlaceOf) => ({
  EvalActionName: result.action,
  EvalResourceName: result.resource,
  EvalDecision: DECISIONS[result.decision.effect],
  MatchedStatements: result.decision.deciders.map((decider) => statementOf(decider, placeOf(decider))),
  MissingContextValues: result.missingContextKeys,
  ...(result.allowedByBoundary !== null && {
    PermissionsBoundaryDecisionDetail: { AllowedByPermissionsBoundary: result.allowedByBoundary },
  }),
});

function statementOf(decider: StatementReference, span: Span | undefined) {
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
