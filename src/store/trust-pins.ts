/**
 * Principals of trust policies: pinned to unique ids when a policy is saved, shown as names while their holders live.
 * @see IAM User Guide, reference_policies_elements_principal
 */
import { and, eq, inArray, sql } from 'drizzle-orm';
import { parseArn, parseIamArn, roleArn, userArn } from '../core/arn.ts';
import { Fault } from '../core/faults.ts';
import { listOf, type PolicyDocument } from '../core/policy/document.ts';
import { readPolicyText } from '../core/policy/parse.ts';
import { pinnablePrincipals, renamePrincipals, roleOfSessionArn } from '../core/policy/principals.ts';
import { type Database, type Query, runBatch } from './database.ts';
import { accounts } from './schema/accounts.ts';
import { roles, users } from './schema/identities.ts';

/** Unique ids by ARN, as a role keeps them. */
export type TrustPins = Readonly<Record<string, string>>;

/** What a role keeps of its trust policy. */
export interface KeptTrust {
  readonly trustDocument: string;
  readonly trustPins: TrustPins;
}

/** A user or a role as it is now. */
interface Holder {
  readonly id: string;
  readonly arn: string;
}

const UNIQUE_ID = /^(?:AIDA|AROA)[A-Z0-9]+$/;

/**
 * Finds whom a trust policy means.
 * @param accountId - the role's account
 * @returns the unique ids of the users and roles of accounts held here; what other accounts' ARNs mean nobody here can know
 * @throws Fault `malformed_policy_document` for a principal that should be here and is not
 */
export async function pinPrincipals(
  db: Database,
  accountId: string,
  document: PolicyDocument,
): Promise<TrustPins> {
  const ids = uniqueIdsIn(document);
  const arns = pinnablePrincipals(document);
  const named = [...new Set(arns.map(accountOf))];
  const held = await heldAccounts(db, named);
  const wanted = arns.filter((arn) => held.has(accountOf(arn)));
  const holders = await Promise.all([
    holdersById(db, [{ accountId, ids }]),
    ...[...held].map((account) => holdersByName(db, account, wanted)),
  ]);
  const found = holders.flat();
  const byArn = new Map(
    found.flatMap((holder) => [...keysOf(holder)].map((key) => [key, holder.id] as const)),
  );
  const idOf = (arn: string): string | undefined => byArn.get(sessionKey(arn) ?? arn);
  const known = new Set(found.map(({ id }) => id));
  const lost = ids.find((id) => !known.has(id)) ?? wanted.find((arn) => idOf(arn) === undefined);
  if (lost !== undefined) {
    throw new Fault('malformed_policy_document', `Invalid principal in policy: "AWS":"${lost}"`);
  }
  return Object.fromEntries(wanted.map((arn) => [arn, idOf(arn) ?? '']));
}

/**
 * Writes trust policies as they are shown: each pinned principal by its ARN of today, or by its unique id when it is gone.
 * @returns one document for each given, in order
 */
export async function shownTrusts(db: Database, kept: readonly KeptTrust[]): Promise<readonly string[]> {
  const idsByAccount = new Map<string, string[]>();
  for (const { trustPins } of kept) {
    for (const [arn, id] of Object.entries(trustPins)) {
      const ids = idsByAccount.get(accountOf(arn)) ?? [];
      idsByAccount.set(accountOf(arn), [...ids, id]);
    }
  }
  const wanted = Array.from(idsByAccount, ([accountId, ids]) => ({ accountId, ids }));
  const holders = await holdersById(db, wanted);
  const arnOfToday = new Map(holders.map(({ id, arn }) => [id, arn]));
  return kept.map((trust) => shown(trust, arnOfToday));
}

function shown({ trustDocument, trustPins }: KeptTrust, arnOfToday: ReadonlyMap<string, string>): string {
  const names = new Map<string, string>();
  for (const [arn, id] of Object.entries(trustPins)) {
    const today = roleOfSessionArn(arn) === null ? (arnOfToday.get(id) ?? id) : arnOfToday.has(id) ? arn : id;
    if (today !== arn) names.set(arn, today);
  }
  if (names.size === 0) return trustDocument;
  const parsed = readPolicyText(trustDocument, 'trust');
  return parsed.ok ? JSON.stringify(renamePrincipals(parsed.value, names)) : trustDocument;
}

/** What a session's ARN says of its role: account and name, without the path. */
function sessionKey(arn: string): string | null {
  const role = roleOfSessionArn(arn);
  return role === null ? null : `${role.accountId}/${role.name}`;
}

/** What a holder may be found by: its ARN, and for a role what the ARNs of its sessions say. */
function keysOf({ arn }: Holder): readonly string[] {
  const named = parseIamArn(arn);
  return named?.kind === 'role' ? [arn, `${named.accountId}/${named.name}`] : [arn];
}

const accountOf = (arn: string): string => parseArn(arn)?.accountId ?? '';

function uniqueIdsIn({ Statement }: PolicyDocument): readonly string[] {
  const names = Statement.flatMap(({ Principal, NotPrincipal }) =>
    [Principal, NotPrincipal].flatMap((element) =>
      element === undefined || element === '*' ? [] : listOf(element.AWS),
    ),
  );
  return [...new Set(names.filter((name) => UNIQUE_ID.test(name)))];
}

/** JSON arrays travel as one bound value each; D1 binds at most 100. */
const isIn = (column: typeof users.userId | typeof roles.roleId, ids: readonly string[]) =>
  sql`${column} in (select value from json_each(${JSON.stringify(ids)}))`;

async function heldAccounts(db: Database, named: readonly string[]): Promise<ReadonlySet<string>> {
  if (named.length === 0) return new Set();
  const [rows] = await runBatch(db, [
    db
      .select({ accountId: accounts.accountId })
      .from(accounts)
      .where(sql`${accounts.accountId} in (select value from json_each(${JSON.stringify(named)}))`),
  ]);
  const found = rows as { accountId: string }[]; // the one query above
  return new Set(found.map((row) => row.accountId));
}

interface HolderRow {
  readonly accountId: string;
  readonly id: string;
  readonly path: string;
  readonly name: string;
}

const USER = { accountId: users.accountId, id: users.userId, path: users.path, name: users.name };
const ROLE = { accountId: roles.accountId, id: roles.roleId, path: roles.path, name: roles.name };

async function holdersById(
  db: Database,
  wanted: readonly { readonly accountId: string; readonly ids: readonly string[] }[],
): Promise<readonly Holder[]> {
  const asked = wanted.filter(({ ids }) => ids.length > 0);
  return readHolders(
    db,
    asked.map(({ accountId, ids }) =>
      db
        .select(USER)
        .from(users)
        .where(and(eq(users.accountId, accountId), isIn(users.userId, ids))),
    ),
    asked.map(({ accountId, ids }) =>
      db
        .select(ROLE)
        .from(roles)
        .where(and(eq(roles.accountId, accountId), isIn(roles.roleId, ids))),
    ),
  );
}

async function holdersByName(
  db: Database,
  accountId: string,
  arns: readonly string[],
): Promise<readonly Holder[]> {
  const nameKeys = arns.flatMap((arn) => {
    const named = roleOfSessionArn(arn) ?? parseIamArn(arn);
    return named?.accountId === accountId ? [named.name.toLowerCase()] : [];
  });
  const names = sql`(select value from json_each(${JSON.stringify(nameKeys)}))`;
  return readHolders(
    db,
    [
      db
        .select(USER)
        .from(users)
        .where(and(eq(users.accountId, accountId), inArray(users.nameKey, names))),
    ],
    [
      db
        .select(ROLE)
        .from(roles)
        .where(and(eq(roles.accountId, accountId), inArray(roles.nameKey, names))),
    ],
  );
}

async function readHolders(
  db: Database,
  userQueries: readonly Query[],
  roleQueries: readonly Query[],
): Promise<readonly Holder[]> {
  const results = await runBatch(db, [...userQueries, ...roleQueries]);
  return results.flatMap((result, index) => {
    const rows = result as HolderRow[]; // USER and ROLE have these columns
    const arnOf = index < userQueries.length ? userArn : roleArn;
    return rows.map(({ accountId, id, path, name }) => ({ id, arn: arnOf(accountId, path, name) }));
  });
}
