/** Last uses of services on D1, by the entity that is asked about. */
import { and, eq, lt, type SQL, sql } from 'drizzle-orm';
import { parseIamArn, roleArn, userArn } from '../core/arn.ts';
import type { AccessDetails, AccessingEntity, AccessUse } from '../core/repositories/access-details.ts';
import { type Database, runBatch } from './database.ts';
import { readRows } from './read.ts';
import { accessDetailsJobs } from './schema/reports.ts';

/** How long an answer can be fetched. */
const JOB_SECONDS = 7 * 86_400;
/** Uses that one answer is made of: users or roles, times services, times actions. */
const MAX_USES = 50_000;

export function createAccessDetails(db: Database): AccessDetails {
  return {
    async createJob(accountId, job) {
      await runBatch(db, [db.insert(accessDetailsJobs).values({ accountId, ...job })]);
    },
    async findJob(accountId, jobId) {
      const [row] = await readRows(
        db,
        db
          .select()
          .from(accessDetailsJobs)
          .where(and(eq(accessDetailsJobs.accountId, accountId), eq(accessDetailsJobs.jobId, jobId))),
      );
      if (row === undefined) return null;
      const granularity = row.granularity === 'ACTION_LEVEL' ? 'ACTION_LEVEL' : 'SERVICE_LEVEL';
      return { jobId, entityArn: row.entityArn, granularity, createdAtSeconds: row.createdAtSeconds };
    },
    async usesOf(accountId, entityArn, service) {
      const rows = await readRows(
        db,
        db
          .select({
            type: sql<'user' | 'role'>`type`,
            id: sql<string>`id`,
            name: sql<string>`name`,
            path: sql<string>`path`,
            service: sql<string>`service`,
            action: sql<string>`action`,
            atMilliseconds: sql<number>`at_milliseconds`,
            region: sql<string | null>`region`,
          })
          .from(usesBy(accountId, entitiesOf(accountId, entityArn), service))
          .limit(MAX_USES),
      );
      return rows.map((row) => useOf(accountId, row));
    },
    async sweep(nowSeconds) {
      const before = nowSeconds - JOB_SECONDS;
      await runBatch(db, [
        db.delete(accessDetailsJobs).where(lt(accessDetailsJobs.createdAtSeconds, before)),
      ]);
    },
  };
}

interface UseRow {
  readonly type: 'user' | 'role';
  readonly id: string;
  readonly name: string;
  readonly path: string;
  readonly service: string;
  readonly action: string;
  readonly atMilliseconds: number;
  readonly region: string | null;
}

function useOf(accountId: string, row: UseRow): AccessUse {
  const { type, id, name, path } = row;
  const arn = type === 'user' ? userArn(accountId, path, name) : roleArn(accountId, path, name);
  const entity: AccessingEntity = { type, id, name, path, arn };
  const { service, action, region } = row;
  return { entity, service, action, atSeconds: Math.floor(row.atMilliseconds / 1000), region };
}

/** A cross join, so that the planner begins with the entities and not with the account's whole table. */
const usesBy = (accountId: string, entities: SQL, service: string | null): SQL => sql`(
  select wanted.type, wanted.id, wanted.name, wanted.path, s.service, s.action, s.at_milliseconds, s.region
  from (${entities}) wanted cross join service_access s
  where s.account_id = ${accountId} and s.principal_id = wanted.id
  ${service === null ? sql`` : sql`and s.service = ${service.toLowerCase()}`}
  order by wanted.type, wanted.name, s.service, s.action)`;

/** Users and roles by the ARN of an entity; none for another account's. */
function entitiesOf(accountId: string, entityArn: string): SQL {
  const named = parseIamArn(entityArn);
  const nameKey = named?.name.toLowerCase() ?? '';
  const nobody = sql`select '' as type, '' as id, '' as name, '' as path where 0`;
  if (named === null) return nobody;
  if (named.kind === 'policy') return holdersOf(accountId, entityArn);
  if (named.accountId !== accountId) return nobody;
  switch (named.kind) {
    case 'user':
      return sql`select 'user' as type, user_id as id, name, path from users
        where account_id = ${accountId} and name_key = ${nameKey}`;
    case 'role':
      return sql`select 'role' as type, role_id as id, name, path from roles
        where account_id = ${accountId} and name_key = ${nameKey}`;
    case 'group':
      return membersOf(
        accountId,
        sql`select group_id from groups where account_id = ${accountId} and name_key = ${nameKey}`,
      );
    default:
      return nobody;
  }
}

/** @param groupIds - a query of group ids, with which the planner is to begin */
const membersOf = (accountId: string, groupIds: SQL): SQL => sql`
  select 'user' as type, u.user_id as id, u.name as name, u.path as path
  from (${groupIds}) wanted cross join group_members m indexed by group_members_group cross join users u
  where m.account_id = ${accountId} and m.group_id = wanted.group_id
    and u.account_id = m.account_id and u.user_id = m.user_id`;

const holdersOf = (accountId: string, policyArn: string): SQL => sql`
  select 'user' as type, u.user_id as id, u.name as name, u.path as path from attachments a
  join users u on u.account_id = a.account_id and u.user_id = a.owner_id
  where a.account_id = ${accountId} and a.policy_arn = ${policyArn} and a.owner_type = 'user'
  union select 'role', r.role_id, r.name, r.path from attachments a
  join roles r on r.account_id = a.account_id and r.role_id = a.owner_id
  where a.account_id = ${accountId} and a.policy_arn = ${policyArn} and a.owner_type = 'role'
  union ${membersOf(
    accountId,
    sql`select owner_id as group_id from attachments
      where account_id = ${accountId} and policy_arn = ${policyArn} and owner_type = 'group'`,
  )}`;
