/**
 * The model's reading of the elements Action, Resource and Principal. Part of the second evaluator; see `model.ts`.
 */
import { covers, plainTokens, type Token, tokensOf } from './model-text.ts';
import { listOf, type VectorPrincipal, type VectorRequest } from './vector.ts';

/**
 * How a pattern stands to what is asked: it covers it or not, it matches nothing because a variable has no value, or
 * the documentation does not say.
 */
export type Cover = boolean | 'no-value' | 'unsettled';

/** Whether an `Action` pattern covers the action: both halves ignore case, the colon is literal. */
export const actionCovers = (pattern: string, action: string): Cover => {
  if (pattern === '*') return true;
  const [service, name] = halves(pattern.toLowerCase());
  const [askedService, askedName] = halves(action.toLowerCase());
  if (!covers(plainTokens(name), askedName)) return false;
  if (service === askedService) return true;
  // `*:Get*` is not a valid action [?]
  return /[*?]/.test(service) && covers(plainTokens(service), askedService) ? 'unsettled' : false;
};

const halves = (text: string): readonly [string, string] => {
  const colon = text.indexOf(':');
  return [text.slice(0, colon), text.slice(colon + 1)];
};

/** Inside one of the first five segments wildcards stay in it; only a `*` that ends it may run past colons. */
const segmentTokens = (segment: string): readonly Token[] =>
  plainTokens(segment).map((token, at, all) =>
    token.kind === 'literal'
      ? token
      : { kind: token.kind, crossesColons: token.kind === 'any-run' && at === all.length - 1 },
  );

/**
 * Whether a `Resource` pattern covers the resource. Variables count only after the fifth colon.
 * @returns `no-value` when a variable has neither a value nor a default: such a pattern matches nothing; `unsettled`
 *   where a pattern ends before the fifth colon without a `*`, which an engine expands
 */
export const resourceCovers = (
  pattern: string,
  version: string | undefined,
  request: VectorRequest,
): Cover => {
  if (pattern === '*') return true;
  const parts = pattern.split(':');
  const head = parts.slice(0, 5);
  const tail = parts.length > 5 ? tokensOf(parts.slice(5).join(':'), version, request.context) : [];
  if (tail === null) return 'no-value';
  const colon = plainTokens(':');
  const headTokens = head.flatMap((segment, at) => [...(at === 0 ? [] : colon), ...segmentTokens(segment)]);
  if (covers([...headTokens, ...(parts.length > 5 ? colon : []), ...tail], request.resource)) return true;
  // An engine expands `arn:aws:sqs` to every queue [?].
  const expanded = [...headTokens, ...colon, ...plainTokens('*')];
  return parts.length < 6 && covers(expanded, request.resource) ? 'unsettled' : false;
};

/** Who asks, read from the text of the principal alone. */
export type Caller =
  | { readonly kind: 'anonymous' }
  | { readonly kind: 'service'; readonly name: string }
  | { readonly kind: 'root' | 'user' | 'role'; readonly arn: string; readonly account: string }
  /** `owner` is the name of the role, or of the federated user. */
  | {
      readonly kind: 'role-session' | 'federated-user';
      readonly arn: string;
      readonly account: string;
      readonly owner: string;
    };

/** Reads a vector's principal. */
export const callerOf = (principal: string | null): Caller => {
  if (principal === null) return { kind: 'anonymous' };
  if (!principal.startsWith('arn:')) return { kind: 'service', name: principal };
  const account = principal.split(':')[4] ?? '';
  const [type, owner = ''] = (principal.split(':')[5] ?? '').split('/');
  if (type === 'assumed-role') return { kind: 'role-session', arn: principal, account, owner };
  if (type === 'federated-user') return { kind: 'federated-user', arn: principal, account, owner };
  if (type === 'root' || type === 'user' || type === 'role') return { kind: type, arn: principal, account };
  throw new Error(`the model does not know the principal ${principal}`);
};

/** How a caller was named, from nothing to the strongest grant. */
export type Match = 'none' | 'delegation' | 'limited' | 'direct';

const strength: readonly Match[] = ['none', 'delegation', 'limited', 'direct'];

const matchOfAws = (named: string, caller: Caller): Match => {
  if (named === '*') return 'direct';
  if (caller.kind === 'anonymous' || caller.kind === 'service') return 'none';
  if (named === caller.account || named === `arn:aws:iam::${caller.account}:root`) return 'delegation';
  if (caller.kind === 'root') return 'none';
  // A role that is not a session yet is granted as its sessions are: boundary and session policy still limit it.
  if (caller.kind === 'role') return named === caller.arn ? 'limited' : 'none';
  if (named === caller.arn) return 'direct';
  if (caller.kind === 'role-session') return namesRole(named, caller) ? 'limited' : 'none';
  if (caller.kind !== 'federated-user') return 'none';
  // A vector does not tell which user asked for the session: the one of the same name did.
  return named === `arn:aws:iam::${caller.account}:user/${caller.owner}` ? 'limited' : 'none';
};

/** Session ARNs carry no path, so the role is known by its account and last path segment. */
const namesRole = (named: string, caller: { account: string; owner: string }): boolean =>
  named.startsWith(`arn:aws:iam::${caller.account}:role/`) && named.split('/').at(-1) === caller.owner;

/** The strongest way in which a `Principal` element names the caller. */
export const principalMatch = (element: VectorPrincipal, caller: Caller): Match => {
  if (element === '*') return 'direct';
  const matches = Object.entries(element).flatMap(([kind, names]) =>
    listOf(names).map((named): Match => {
      if (kind === 'AWS') return matchOfAws(named, caller);
      if (kind === 'Service') return caller.kind === 'service' && caller.name === named ? 'direct' : 'none';
      return 'none';
    }),
  );
  return strongest(matches);
};

/** The strongest of several matches. */
export const strongest = (matches: readonly Match[]): Match =>
  strength.findLast((match) => matches.includes(match)) ?? 'none';
