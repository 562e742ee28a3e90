/** Pages of lists that an index keeps in order. */
import { and, asc, gte, lt, type SQL, sql } from 'drizzle-orm';
import type { SQLiteColumn } from 'drizzle-orm/sqlite-core';
import type { Page, PageRequest } from '../core/repositories/page.ts';

/** Above every character that a path may have. */
const PAST_PATH_CHARACTERS = '\u0080';

/** What comes after the last entry seen. */
export const afterKey = (column: SQLiteColumn | SQL, { after }: PageRequest): SQL | undefined =>
  after === null ? undefined : sql`${column} > ${after}`;

/**
 * A column that no index is used for: in a small set found by another index, the planner would otherwise walk the whole
 * account in the order of names.
 */
export const unindexed = (column: SQLiteColumn): SQL => sql`+${column}`;

/** Paths that begin with a prefix, as a range: LIKE has a length limit in D1, and wildcards. */
export const underPath = (column: SQLiteColumn, prefix: string): SQL | undefined =>
  prefix === '/' ? undefined : and(gte(column, prefix), lt(column, `${prefix}${PAST_PATH_CHARACTERS}`));

/** What has a name under a path. */
interface Named {
  readonly path: string;
  readonly nameKey: string;
}

/**
 * Where a list goes on and in which order: by name in the whole account, by path and name under a prefix. For each there is
 * an index, so that a page reads no more rows than it gives, however large the account.
 */
export function pathPage(
  columns: { readonly path: SQLiteColumn; readonly nameKey: SQLiteColumn },
  prefix: string,
  page: PageRequest,
): {
  readonly where: SQL | undefined;
  readonly order: readonly SQL[];
  readonly keyOf: (row: Named) => string;
} {
  const { path, nameKey } = columns;
  if (prefix === '/') {
    return { where: afterKey(nameKey, page), order: [asc(nameKey)], keyOf: (row) => row.nameKey };
  }
  return {
    where: and(underPath(path, prefix), afterPathKey(columns, page)),
    order: [asc(path), asc(nameKey)],
    keyOf: (row) => row.path + row.nameKey,
  };
}

/** A path ends in a slash and a name has none, so that both are found again in their joined text. */
function afterPathKey(
  { path, nameKey }: { readonly path: SQLiteColumn; readonly nameKey: SQLiteColumn },
  { after }: PageRequest,
): SQL | undefined {
  if (after === null) return undefined;
  const split = after.lastIndexOf('/') + 1;
  return sql`(${path}, ${nameKey}) > (${after.slice(0, split)}, ${after.slice(split)})`;
}

/** A query for a page reads one entry more than is given: it tells whether more follow. */
export const rowsWanted = ({ limit }: PageRequest): number => limit + 1;

/** @param rows - in order, up to `rowsWanted` */
export function pageOf<T>(rows: readonly T[], { limit }: PageRequest, keyOf: (row: T) => string): Page<T> {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return { items, next: rows.length > limit && last !== undefined ? keyOf(last) : null };
}

/** Pages a list so short that it was read whole. Keys must differ; their order becomes the list's. */
export function pageWhole<T>(rows: readonly T[], page: PageRequest, keyOf: (row: T) => string): Page<T> {
  const { after } = page;
  const keyed = rows.map((row) => ({ row, key: keyOf(row) }));
  const wanted = keyed.filter(({ key }) => after === null || key > after);
  wanted.sort((left, right) => (left.key < right.key ? -1 : 1));
  const { items, next } = pageOf(wanted, page, ({ key }) => key);
  return { items: items.map(({ row }) => row), next };
}
