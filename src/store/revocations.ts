/** Revocations of sessions: how they are written, and how an isolate holds those of an account. */
import { and, asc, eq, gt, lte, sql } from 'drizzle-orm';
import { MAX_REFRESH_SECONDS } from '../core/oauth/refresh-token.ts';
import type { Clock } from '../core/ports.ts';
import type { NewRevocation, Revocations } from '../core/repositories/revocations.ts';
import type { Mark } from '../core/revocation/marks.ts';
import { type Revocation, RevocationList } from '../core/revocation/revocation-list.ts';
import type { BatchWriter } from './batch.ts';
import { type Database, type Query, runBatch } from './database.ts';
import { revocationsEntity } from './entity.ts';
import { pastRevocations } from './schema/refresh-families.ts';
import { revocations } from './schema/revocations.ts';
import type { Load, Snapshot } from './snapshot.ts';

export function createRevocations(db: Database, writer: BatchWriter): Revocations {
  return {
    async revoke(accountId, revocation, event) {
      await writer.commit({
        queries: revokeQueries(db, accountId, revocation),
        entities: [revocationsEntity(accountId)],
        event,
      });
    },
    async sweep(nowSeconds) {
      await runBatch(db, [db.delete(revocations).where(lte(revocations.expiresAtSeconds, nowSeconds))]);
    },
  };
}

/** Writes a revocation, for the live list and for refresh tokens. The write names the account's revocations as an entity. */
export function revokeQueries(
  db: Database,
  accountId: string,
  { marks, issuedUntilSeconds, expiresAtSeconds }: NewRevocation,
): readonly Query[] {
  const text = JSON.stringify(marks);
  const same = and(eq(revocations.accountId, accountId), eq(revocations.marks, text));
  const keptUntilSeconds = expiresAtSeconds + MAX_REFRESH_SECONDS;
  const kept = { accountId, firstMark: marks[0] ?? '', marks: text, issuedUntilSeconds, keptUntilSeconds };
  return [
    // Never more than one row of the same marks, whoever revokes how often: the one that reaches furthest.
    db.delete(revocations).where(and(same, lte(revocations.issuedUntilSeconds, issuedUntilSeconds))),
    db
      .insert(revocations)
      .values({ accountId, marks: text, issuedUntilSeconds, expiresAtSeconds })
      .onConflictDoNothing(),
    db
      .insert(pastRevocations)
      .values(kept)
      .onConflictDoUpdate({
        target: [pastRevocations.accountId, pastRevocations.firstMark, pastRevocations.marks],
        set: {
          issuedUntilSeconds: sql`max(${pastRevocations.issuedUntilSeconds}, ${issuedUntilSeconds})`,
          keptUntilSeconds: sql`max(${pastRevocations.keptUntilSeconds}, ${keptUntilSeconds})`,
        },
      }),
  ];
}

/** Rows of one read; an account with more is read in several. */
const PAGE_ROWS = 5000;
/** What one held revocation may take. */
const BYTES_EACH = 400;

/** An account's list, and whether the read that gave it reached the end. */
interface HeldRevocations {
  readonly list: RevocationList;
  readonly complete: boolean;
}

/**
 * The revocations of an account. Only what is newer than the held list is read, and added to it.
 * @param list - of this account, kept by the isolate for as long as it lives
 */
const revocationsLoad = (
  db: Database,
  accountId: string,
  list: RevocationList,
  nowSeconds: () => number,
): Load<HeldRevocations> => ({
  key: `${accountId}/revocation-list`,
  queries: () => [
    db
      .select({
        sequence: revocations.sequence,
        marks: revocations.marks,
        issuedUntilSeconds: revocations.issuedUntilSeconds,
        expiresAtSeconds: revocations.expiresAtSeconds,
      })
      .from(revocations)
      .where(and(eq(revocations.accountId, accountId), gt(revocations.sequence, list.lastSequence)))
      .orderBy(asc(revocations.sequence))
      .limit(PAGE_ROWS),
  ],
  read: ([result]) => {
    const rows = result as { [Name in keyof Revocation]: Name extends 'marks' ? string : number }[]; // the query above
    list.add(rows.map((row) => ({ ...row, marks: readMarks(row.marks) })));
    list.forgetExpired(nowSeconds());
    return {
      value: { list, complete: rows.length < PAGE_ROWS },
      entities: [revocationsEntity(accountId)],
      bytes: 512 + BYTES_EACH * list.count,
    };
  },
});

/** A mark of an unknown kind is kept: no session bears it, and a revocation must not reach further for lack of it. */
const readMarks = (text: string): readonly Mark[] => JSON.parse(text) as readonly Mark[]; // written by `revoke`

/**
 * The directory's view of revocations. The lists outlive the snapshot's entries, which tell only whether they are still fresh:
 * a list only ever grows by what is newer, and forgets what has expired.
 * @param graceSeconds - the freshness bound; see `RevocationList`
 */
export function createRevocationLists(
  db: Database,
  snapshot: Snapshot,
  clock: Clock,
  graceSeconds: number,
): (accountId: string) => Promise<RevocationList> {
  const lists = new Map<string, RevocationList>();
  const nowSeconds = (): number => Math.floor(clock.nowMilliseconds() / 1000);
  return async (accountId) => {
    const list = lists.get(accountId) ?? new RevocationList(graceSeconds);
    lists.set(accountId, list);
    const load = revocationsLoad(db, accountId, list, nowSeconds);
    let held = await snapshot.get(load);
    while (held?.complete === false) held = await snapshot.reload(load);
    return list;
  };
}
