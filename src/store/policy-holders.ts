import { and, asc, eq, type SQL, sql } from 'drizzle-orm';
import { managedPolicies } from '../core/policy/managed/index.ts';
import type { HolderFilter, PolicyHolderRecord } from '../core/repositories/attachments.ts';
import type { Page, PageRequest } from '../core/repositories/page.ts';
import { type Database, type Query, runBatch } from './database.ts';
import { afterKey, pageOf, rowsWanted, underPath, unindexed } from './page.ts';
import { noSuchPolicy } from './policies.ts';
import { groups, roles, users } from './schema/identities.ts';
import { policies } from './schema/policies.ts';

/** In the order of their page keys, `TYPE:name`. */
const TABLES = [
  { type: 'group', table: groups, id: groups.groupId, bound: null },
  {
    type: 'role',
    table: roles,
    id: roles.roleId,
    bound: { table: 'roles', id: 'role_id', index: 'roles_boundary' },
  },
  {
    type: 'user',
    table: users,
    id: users.userId,
    bound: { table: 'users', id: 'user_id', index: 'users_boundary' },
  },
] as const;

type Kind = (typeof TABLES)[number];

interface HolderRow {
  readonly id: string;
  readonly name: string;
  readonly nameKey: string;
}

/**
 * Finds whom a managed policy is attached to, and whose boundary it is.
 * @throws Fault `no_such_entity` for a policy that does not exist
 */
export async function findHolders(
  db: Database,
  accountId: string,
  arn: string,
  filter: HolderFilter,
  page: PageRequest,
): Promise<Page<PolicyHolderRecord>> {
  const kinds = TABLES.filter((kind) => filter.type === null || filter.type === kind.type);
  const [known, ...results] = await runBatch(db, [
    db
      .select({ policyId: policies.policyId })
      .from(policies)
      .where(and(eq(policies.accountId, accountId), eq(policies.arn, arn))),
    ...kinds.map((kind) => holderQuery(db, kind, accountId, arn, filter, page)),
  ]);
  const isKnown = managedPolicies.has(arn) || (known as unknown[]).length > 0; // the first query above
  if (!isKnown) throw noSuchPolicy(arn);
  const found = kinds.flatMap(({ type }, index) => {
    const rows = results[index] as HolderRow[]; // holderQuery selects these columns
    return rows.map(({ id, name, nameKey }) => ({ type, id, name, key: `${type}:${nameKey}` }));
  });
  const { items, next } = pageOf(found, page, ({ key }) => key);
  return { items: items.map(({ type, id, name }) => ({ type, id, name })), next };
}

function holderQuery(
  db: Database,
  { type, table, id, bound }: Kind,
  accountId: string,
  arn: string,
  { usage, pathPrefix }: HolderFilter,
  page: PageRequest,
): Query {
  const attached = sql`select owner_id from attachments indexed by attachments_policy where account_id = ${accountId} and policy_arn = ${arn} and owner_type = ${type}`;
  const bounded =
    bound === null
      ? sql`select null where 0`
      : sql`select ${sql.raw(bound.id)} from ${sql.raw(bound.table)} indexed by ${sql.raw(bound.index)} where account_id = ${accountId} and boundary_arn = ${arn}`;
  const holders =
    usage === 'PermissionsPolicy'
      ? attached
      : usage === 'PermissionsBoundary'
        ? bounded
        : sql`${attached} union ${bounded}`;
  const nameKey = unindexed(table.nameKey);
  return db
    .select({ id, name: table.name, nameKey: table.nameKey })
    .from(table)
    .where(
      and(
        eq(table.accountId, accountId),
        sql`${id} in (${holders})`,
        afterType(type, page) ?? afterKey(nameKey, { ...page, after: keyWithin(type, page) }),
        underPath(table.path, pathPrefix),
      ),
    )
    .orderBy(asc(nameKey))
    .limit(rowsWanted(page));
}

const NOBODY: SQL = sql`1 = 0`;

/** A kind that comes before the last entry seen has been shown already. */
const afterType = (type: Kind['type'], { after }: PageRequest): SQL | undefined =>
  after !== null && type < typeOf(after) ? NOBODY : undefined;

const keyWithin = (type: Kind['type'], { after }: PageRequest): string | null =>
  after !== null && type === typeOf(after) ? after.slice(type.length + 1) : null;

const typeOf = (key: string): string => key.slice(0, key.indexOf(':'));
