/** How often managed policies are used, by ARN. */
import { type SQL, sql } from 'drizzle-orm';
import type { Database } from './database.ts';
import { readRows } from './read.ts';

export interface PolicyUsage {
  readonly attachmentCount: number;
  readonly boundaryCount: number;
}

/** SQL that counts whom a policy is attached to. @param arn - a column or a value */
const attached = (accountId: string, arn: SQL): SQL =>
  sql`(select count(*) from attachments where account_id = ${accountId} and policy_arn = ${arn})`;

/** SQL that counts whose boundary a policy is. */
const bounding = (accountId: string, arn: SQL): SQL =>
  sql`((select count(*) from users where account_id = ${accountId} and boundary_arn = ${arn}) + (select count(*) from roles where account_id = ${accountId} and boundary_arn = ${arn}))`;

/** SQL that is 1 while a policy is attached to somebody. */
export const isAttached = (accountId: string, arn: SQL): SQL =>
  sql`exists (select 1 from attachments where account_id = ${accountId} and policy_arn = ${arn})`;

/** SQL that is 1 while a policy is somebody's boundary. */
export const isBoundary = (accountId: string, arn: SQL): SQL =>
  sql`(exists (select 1 from users where account_id = ${accountId} and boundary_arn = ${arn}) or exists (select 1 from roles where account_id = ${accountId} and boundary_arn = ${arn}))`;

/** Counts the use of each given policy; every one has an entry. */
export async function usageOf(
  db: Database,
  accountId: string,
  arns: readonly string[],
): Promise<ReadonlyMap<string, PolicyUsage>> {
  if (arns.length === 0) return new Map();
  const arn = sql`wanted.value`;
  const rows = await readRows(
    db,
    db
      .select({
        arn: sql<string>`${arn}`,
        attachmentCount: sql<number>`${attached(accountId, arn)}`,
        boundaryCount: sql<number>`${bounding(accountId, arn)}`,
      })
      .from(sql`json_each(${JSON.stringify(arns)}) as wanted`),
  );
  return new Map(rows.map(({ arn: each, ...usage }) => [each, usage]));
}
