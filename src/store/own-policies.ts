/** The policies of many owners at once, by one batch however many they are. */
import { and, asc, eq, type SQL, sql } from 'drizzle-orm';
import type { SQLiteColumn } from 'drizzle-orm/sqlite-core';
import { parseIamArn } from '../core/arn.ts';
import type { OwnPolicies } from '../core/repositories/account-details.ts';
import type { PolicyOwner } from '../core/repositories/owner.ts';
import { type Database, runBatch } from './database.ts';
import { attachments, inlinePolicies } from './schema/policies.ts';

interface InlineRow {
  readonly ownerId: string;
  readonly name: string;
  readonly document: string;
}
interface AttachedRow {
  readonly ownerId: string;
  readonly arn: string;
}

const NONE: OwnPolicies = { inline: [], attached: [] };

/** A column's value is one of many: a JSON array is one bound value, of which D1 takes 100 at most. */
export const isOneOf = (column: SQLiteColumn, values: readonly string[]): SQL =>
  sql`${column} in (select value from json_each(${JSON.stringify(values)}))`;

/**
 * Reads what each owner has.
 * @param ids - unique ids of owners of one type
 * @returns a look-up by id; an owner without policies has empty lists
 */
export async function readOwnPolicies(
  db: Database,
  accountId: string,
  type: PolicyOwner['type'],
  ids: readonly string[],
): Promise<(ownerId: string) => OwnPolicies> {
  if (ids.length === 0) return () => NONE;
  const { ownerId, name, nameKey, document } = inlinePolicies;
  const [inline, attached] = await runBatch(db, [
    db
      .select({ ownerId, name, document })
      .from(inlinePolicies)
      .where(
        and(
          eq(inlinePolicies.accountId, accountId),
          eq(inlinePolicies.ownerType, type),
          isOneOf(ownerId, ids),
        ),
      )
      .orderBy(asc(ownerId), asc(nameKey)),
    db
      .select({ ownerId: attachments.ownerId, arn: attachments.policyArn })
      .from(attachments)
      .where(
        and(
          eq(attachments.accountId, accountId),
          eq(attachments.ownerType, type),
          isOneOf(attachments.ownerId, ids),
        ),
      ),
  ]);
  const inlineOf = Map.groupBy(inline as InlineRow[], (row) => row.ownerId); // the two queries above, in order
  const attachedOf = Map.groupBy(attached as AttachedRow[], (row) => row.ownerId);
  return (id) => ({
    inline: (inlineOf.get(id) ?? []).map((row) => ({ name: row.name, document: row.document })),
    attached: (attachedOf.get(id) ?? []).map(({ arn }) => ({ arn, name: nameOf(arn) })).sort(byName),
  });
}

const nameOf = (arn: string): string => parseIamArn(arn)?.name ?? arn;

const byName = (left: { readonly name: string }, right: { readonly name: string }): number =>
  left.name.toLowerCase() < right.name.toLowerCase() ? -1 : 1;
