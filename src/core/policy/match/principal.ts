/**
 * The Principal and NotPrincipal elements. A match has a strength, because it matters *how* a resource policy named
 * the caller: a direct grant is enough by itself, a grant to the account only delegates.
 * @see IAM User Guide, reference_policies_elements_principal and access_policies#policies_session
 */
import { listOf, type PrincipalElement } from '../document.ts';
import type { RequestPrincipal } from '../types.ts';

/** How a caller was named, weakest first. */
export const NOT_NAMED = 0;
/** By the account: delegates to the account's own policies. */
export const BY_ACCOUNT = 1;
/** By the role of a session, or the user of a federated session: boundary and session policies still limit. */
export const BY_ROLE = 2;
/** By itself, or as everybody. */
export const DIRECTLY = 3;

/** One of the four strengths. */
export type NamedHow = typeof NOT_NAMED | typeof BY_ACCOUNT | typeof BY_ROLE | typeof DIRECTLY;

/** Someone named in the element. */
type Entry =
  | { readonly by: 'everybody' }
  | { readonly by: 'account'; readonly accountId: string }
  /** A unique id: written as such, or the id that an ARN was pinned to. */
  | { readonly by: 'id'; readonly uniqueId: string }
  /** A session by name, of the role that had that name when the document was saved. */
  | { readonly by: 'session'; readonly arn: string; readonly roleId: string }
  | { readonly by: 'arn'; readonly arn: string; readonly role: RoleName | null }
  | { readonly by: 'service'; readonly name: string }
  | { readonly by: 'federated'; readonly provider: string };

/** What a role's ARN and its sessions' ARNs have in common; session ARNs carry no path. */
interface RoleName {
  readonly accountId: string;
  readonly name: string;
}

/** A compiled Principal (or, negated, NotPrincipal) element. */
export interface PrincipalMatcher {
  readonly negated: boolean;
  readonly wanted: readonly string[];
  readonly entries: readonly Entry[];
}

/** Unique ids by ARN, as they were when the document was saved. */
export type Pins = ReadonlyMap<string, string>;

/** Compiles an element. @param pins - where an ARN is pinned, only the holder of that id is meant by it */
export function compilePrincipals(
  element: PrincipalElement,
  negated: boolean,
  pins?: Pins,
): PrincipalMatcher {
  if (element === '*') return { negated, wanted: ['*'], entries: [{ by: 'everybody' }] };
  const aws = listOf(element.AWS);
  const services = listOf(element.Service);
  const federated = listOf(element.Federated);
  return {
    negated,
    wanted: [...aws, ...services, ...federated, ...listOf(element.CanonicalUser)],
    // A canonical user id says nothing about anybody here, so it names nobody.
    entries: [
      ...aws.map((name) => awsEntry(name, pins)),
      ...services.map((name): Entry => ({ by: 'service', name })),
      ...federated.map((provider): Entry => ({ by: 'federated', provider })),
    ],
  };
}

const ACCOUNT = /^(?:arn:[^:]+:iam::)?([0-9]{12})(?::root)?$/;
const UNIQUE_ID = /^(?:AIDA|AROA)[A-Z0-9]+$/;
const ROLE = /^arn:[^:]+:iam::([0-9]{12}):role\/(?:[^/]*\/)*([^/]+)$/;
const SESSION = /^arn:[^:]+:sts::([0-9]{12}):assumed-role\/([^/]+)\//;

function awsEntry(name: string, pins: Pins | undefined): Entry {
  if (name === '*') return { by: 'everybody' };
  const accountId = accountOf(name);
  if (accountId !== null) return { by: 'account', accountId };
  if (UNIQUE_ID.test(name)) return { by: 'id', uniqueId: name };
  const uniqueId = pins?.get(name);
  if (uniqueId === undefined) return { by: 'arn', arn: name, role: roleName(name, ROLE) };
  return SESSION.test(name) ? { by: 'session', arn: name, roleId: uniqueId } : { by: 'id', uniqueId };
}

/** Gives the account that a principal stands for as a whole: 12 digits or its `:root` ARN; else null. */
function accountOf(name: string): string | null {
  const isArn = name.startsWith('arn:');
  return isArn === name.endsWith(':root') ? (ACCOUNT.exec(name)?.[1] ?? null) : null;
}

function roleName(arn: string, form: RegExp): RoleName | null {
  const found = form.exec(arn);
  return found?.[1] === undefined || found[2] === undefined ? null : { accountId: found[1], name: found[2] };
}

/** What a match may depend on beside the caller. */
export interface PrincipalSetting {
  readonly effect: 'Allow' | 'Deny';
  /** Whether the caller has a permissions boundary. */
  readonly hasBoundary: boolean;
}

/**
 * Whether and how an element names a caller. A NotPrincipal names everybody whom its list does not; with Deny it
 * also names everyone who has a permissions boundary, whatever the list says.
 */
export function namedHow(
  matcher: PrincipalMatcher,
  caller: RequestPrincipal,
  { effect, hasBoundary }: PrincipalSetting,
): NamedHow {
  if (!matcher.negated) return strongest(matcher.entries, caller, effect === 'Deny');
  // AWS does not support NotPrincipal with Allow; granting to "all but" would reach anonymous callers.
  if (effect === 'Allow') return NOT_NAMED;
  if (hasBoundary) return DIRECTLY;
  return strongest(matcher.entries, caller, true) === NOT_NAMED ? DIRECTLY : NOT_NAMED;
}

function strongest(
  entries: readonly Entry[],
  caller: RequestPrincipal,
  everybodyIsFederatedToo: boolean,
): NamedHow {
  let best: NamedHow = NOT_NAMED;
  for (const entry of entries) {
    const how = entryNames(entry, caller, everybodyIsFederatedToo);
    if (how > best) best = how;
  }
  return best;
}

function entryNames(entry: Entry, caller: RequestPrincipal, everybodyIsFederatedToo: boolean): NamedHow {
  switch (entry.by) {
    case 'everybody':
      // An outside login is let in by its provider's name only; `"*"` in a trust policy does not open it to all.
      return caller?.type === 'federated' && !everybodyIsFederatedToo ? NOT_NAMED : DIRECTLY;
    case 'account':
      return hasAccount(caller) && caller.accountId === entry.accountId ? BY_ACCOUNT : NOT_NAMED;
    case 'id':
      return idNames(entry.uniqueId, caller);
    case 'session':
      return caller?.type === 'role-session' && caller.arn === entry.arn && caller.uniqueId === entry.roleId
        ? DIRECTLY
        : NOT_NAMED;
    case 'arn':
      return arnNames(entry, caller);
    case 'service':
      return caller?.type === 'service' && caller.name === entry.name ? DIRECTLY : NOT_NAMED;
    case 'federated':
      return caller?.type === 'federated' && isCalled(caller, entry.provider) ? DIRECTLY : NOT_NAMED;
  }
}

const isCalled = (
  { provider, alias }: Extract<RequestPrincipal, { readonly type: 'federated' }>,
  name: string,
): boolean => provider === name || alias === name;

type AccountPrincipal = Extract<RequestPrincipal, { readonly accountId: string }>;

/** Whether a caller belongs to an account: everyone but services, outside logins and the anonymous. */
export const hasAccount = (caller: RequestPrincipal): caller is AccountPrincipal =>
  caller !== null && 'accountId' in caller;

function idNames(uniqueId: string, caller: RequestPrincipal): NamedHow {
  switch (caller?.type) {
    case 'user':
      return caller.uniqueId === uniqueId ? DIRECTLY : NOT_NAMED;
    case 'role-session':
    case 'federated-user':
      return caller.uniqueId === uniqueId ? BY_ROLE : NOT_NAMED;
    default:
      return NOT_NAMED;
  }
}

function arnNames(
  entry: { readonly arn: string; readonly role: RoleName | null },
  caller: RequestPrincipal,
): NamedHow {
  switch (caller?.type) {
    case 'user':
      return caller.arn === entry.arn ? DIRECTLY : NOT_NAMED;
    case 'federated-user':
      if (caller.arn === entry.arn) return DIRECTLY;
      return caller.userArn === entry.arn ? BY_ROLE : NOT_NAMED;
    case 'role-session':
      if (entry.role === null) return caller.arn === entry.arn ? DIRECTLY : NOT_NAMED;
      return isSessionOf(entry.arn, entry.role, caller) ? BY_ROLE : NOT_NAMED;
    default:
      return NOT_NAMED;
  }
}

/** With the role's ARN known it decides; without it account and role name do. */
function isSessionOf(
  roleArn: string,
  role: RoleName,
  caller: Extract<RequestPrincipal, { readonly type: 'role-session' }>,
): boolean {
  if (caller.roleArn !== undefined) return caller.roleArn === roleArn;
  const own = roleName(caller.arn, SESSION) ?? roleName(caller.arn, ROLE);
  return own !== null && own.accountId === role.accountId && own.name === role.name;
}
