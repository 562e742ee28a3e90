/**
 * Finds the few statements of a policy that can be about a request, so that a thousand statements cost about what
 * ten do: by action first, and within a long list by the literal start of the resource.
 */
import type { CompiledStatement } from './compile.ts';
import { matchesAction, splitAction } from './match/action.ts';

/** The statements about one action, found by resource. */
export interface Bucket {
  /** Statements to look at for every resource. */
  readonly always: readonly CompiledStatement[];
  /** Statements by a resource named in full. */
  readonly byResource: ReadonlyMap<string, readonly CompiledStatement[]> | null;
  /** Statements by the literal start of a resource pattern, and which lengths such starts have. */
  readonly byStart: ReadonlyMap<string, readonly CompiledStatement[]> | null;
  readonly startLengths: readonly number[];
}

/** Statements by action; grows a bucket for each action asked about. */
export interface StatementIndex {
  readonly byAction: ReadonlyMap<string, readonly CompiledStatement[]>;
  readonly byService: ReadonlyMap<string, readonly CompiledStatement[]>;
  readonly always: readonly CompiledStatement[];
  /** Buckets by the action as asked. Only a memory: emptying it changes no answer. */
  readonly buckets: Map<string, Bucket>;
}

/** Callers choose the actions they ask about, so the memory has an end. */
const MAX_BUCKETS = 256;
/** Below this many statements looking at each is the quicker way. */
const MIN_RESOURCE_INDEX = 12;

/** Sorts statements by the actions they name. */
export function indexStatements(statements: readonly CompiledStatement[]): StatementIndex {
  const byAction = new Map<string, CompiledStatement[]>();
  const byService = new Map<string, CompiledStatement[]>();
  const always: CompiledStatement[] = [];
  for (const statement of statements) {
    const { negated, patterns } = statement.actions;
    if (negated || patterns.some((pattern) => pattern.service === null)) {
      always.push(statement);
      continue;
    }
    for (const { service, exactName } of patterns) {
      if (service === null) continue;
      if (exactName === null) addTo(byService, service, statement);
      else addTo(byAction, `${service}:${exactName}`, statement);
    }
  }
  return { byAction, byService, always, buckets: new Map() };
}

/** Gives the statements about an action, as written in the request. */
export function bucketFor(index: StatementIndex, action: string): Bucket {
  const known = index.buckets.get(action);
  if (known !== undefined) return known;
  const bucket = makeBucket(statementsAbout(index, action));
  if (index.buckets.size >= MAX_BUCKETS) index.buckets.clear();
  index.buckets.set(action, bucket);
  return bucket;
}

function statementsAbout(index: StatementIndex, action: string): readonly CompiledStatement[] {
  const { service, name } = splitAction(action.toLowerCase());
  const found = new Set([
    ...index.always,
    ...(index.byService.get(service) ?? []),
    ...(index.byAction.get(`${service}:${name}`) ?? []),
  ]);
  return [...found]
    .filter((statement) => matchesAction(statement.actions, action))
    .sort((a, b) => a.index - b.index);
}

function makeBucket(statements: readonly CompiledStatement[]): Bucket {
  if (statements.length < MIN_RESOURCE_INDEX) {
    return { always: statements, byResource: null, byStart: null, startLengths: [] };
  }
  const always: CompiledStatement[] = [];
  const byResource = new Map<string, CompiledStatement[]>();
  const byStart = new Map<string, CompiledStatement[]>();
  for (const statement of statements) {
    const { resources } = statement;
    if (resources === null || resources.negated || resources.patterns.some(({ start }) => start === '')) {
      always.push(statement);
      continue;
    }
    for (const { start, form } of resources.patterns) {
      addTo(form === 'literal' ? byResource : byStart, start, statement);
    }
  }
  const startLengths = [...new Set([...byStart.keys()].map((start) => start.length))].sort((a, b) => a - b);
  return { always, byResource, byStart, startLengths };
}

function addTo<K>(map: Map<K, CompiledStatement[]>, key: K, statement: CompiledStatement): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [statement]);
  else if (list.at(-1) !== statement) list.push(statement);
}
