/** The list of sessions, from what is kept of the trail. */
import { and, asc, desc, eq, gt, lt, or, type SQL, sql } from 'drizzle-orm';
import { MAX_SESSION_SECONDS } from '../core/credentials/limits.ts';
import { Fault } from '../core/faults.ts';
import type { PageRequest } from '../core/repositories/page.ts';
import type {
  LastUse,
  LastUses,
  SessionFilter,
  SessionRecord,
  Sessions,
} from '../core/repositories/sessions.ts';
import { type Database, runBatch } from './database.ts';
import { pageOf, rowsWanted } from './page.ts';
import { readRows } from './read.ts';
import { lastUsed, serviceAccess, sessionCredentials, sessions } from './schema/sessions.ts';

type SessionRow = typeof sessions.$inferSelect;
type LastUsedRow = typeof lastUsed.$inferSelect;

/** How long an ended session stays in the list. */
const KEPT_SECONDS = 90 * 86_400;
/** How far back services are told of, as in AWS. */
const ACCESS_KEPT_SECONDS = 400 * 86_400;
const MAX_CREDENTIALS_SHOWN = 100;
const SWEPT_AT_ONCE = 5000;

export function createSessions(db: Database): Sessions {
  return {
    async find(accountId, sessionId) {
      const [found, credentials, used] = await runBatch(db, [
        db.select().from(sessions).where(of(accountId, sessionId)),
        db
          .select({ credentialId: sessionCredentials.credentialId })
          .from(sessionCredentials)
          .where(
            and(eq(sessionCredentials.accountId, accountId), eq(sessionCredentials.sessionId, sessionId)),
          )
          .orderBy(asc(sessionCredentials.issuedAtSeconds))
          .limit(MAX_CREDENTIALS_SHOWN),
        db
          .select()
          .from(lastUsed)
          .where(
            and(eq(lastUsed.accountId, accountId), eq(lastUsed.kind, 'session'), eq(lastUsed.id, sessionId)),
          ),
      ]);
      const [row] = found as SessionRow[]; // the three queries above, in order
      if (row === undefined) return null;
      const [use] = used as LastUsedRow[];
      return {
        ...sessionRecord(row),
        credentialIds: (credentials as { credentialId: string }[]).map((each) => each.credentialId),
        lastUsed: use === undefined ? null : lastUseOf(use),
      };
    },
    async list(accountId, filter, page) {
      const rows = await readRows(
        db,
        db
          .select()
          .from(sessions)
          .where(and(eq(sessions.accountId, accountId), ...conditions(filter), behind(page)))
          .orderBy(desc(sessions.issuedAtSeconds), desc(sessions.sessionId))
          .limit(rowsWanted(page)),
      );
      return pageOf(rows.map(sessionRecord), page, keyOf);
    },
    async sweep(nowSeconds) {
      const ended = nowSeconds - KEPT_SECONDS;
      const forgotten = (nowSeconds - ACCESS_KEPT_SECONDS) * 1000;
      await runBatch(db, [
        db.delete(sessions).where(oldest(sessions, lt(sessions.expiresAtSeconds, ended))),
        db
          .delete(sessionCredentials)
          .where(oldest(sessionCredentials, lt(sessionCredentials.expiresAtSeconds, ended))),
        db
          .delete(lastUsed)
          .where(
            oldest(lastUsed, and(eq(lastUsed.kind, 'session'), lt(lastUsed.atMilliseconds, ended * 1000))),
          ),
        db.delete(serviceAccess).where(oldest(serviceAccess, lt(serviceAccess.atMilliseconds, forgotten))),
      ]);
    },
  };
}

/** Some of the rows that are due: a sweep comes every minute, and none may take long. */
const oldest = (table: Parameters<Database['delete']>[0], due: SQL | undefined): SQL =>
  sql`rowid in (select rowid from ${table} where ${due} limit ${SWEPT_AT_ONCE})`;

const of = (accountId: string, sessionId: string) =>
  and(eq(sessions.accountId, accountId), eq(sessions.sessionId, sessionId));

const sessionRecord = ({ accountId: _, tags, kind, lineage, ...row }: SessionRow): SessionRecord => ({
  ...row,
  kind: kind as SessionRecord['kind'], // as sessionElements tells it
  tags: JSON.parse(tags),
  lineage: lineage === null ? null : JSON.parse(lineage),
});

const lastUseOf = ({ atMilliseconds, region, service }: LastUsedRow): LastUse => ({
  atSeconds: Math.floor(atMilliseconds / 1000),
  region,
  service,
});

const keyOf = ({ issuedAtSeconds, sessionId }: SessionRecord): string => `${issuedAtSeconds}:${sessionId}`;

function conditions(filter: SessionFilter): SQL[] {
  const { principalId, userId, sourceIdentity, provider, subject, liveAtSeconds } = filter;
  const found: SQL[] = [];
  if (principalId !== undefined) found.push(eq(sessions.principalId, principalId));
  if (userId !== undefined) found.push(eq(sessions.userId, userId));
  if (sourceIdentity !== undefined) found.push(eq(sessions.sourceIdentity, sourceIdentity));
  if (provider !== undefined) found.push(eq(sessions.provider, provider));
  if (subject !== undefined) found.push(eq(sessions.subject, subject));
  if (liveAtSeconds !== undefined) {
    found.push(gt(sessions.expiresAtSeconds, liveAtSeconds));
    // None lives longer, so the index of times bounds what is looked through.
    found.push(gt(sessions.issuedAtSeconds, liveAtSeconds - MAX_SESSION_SECONDS));
  }
  return found;
}

function behind({ after }: PageRequest): SQL | undefined {
  if (after === null) return undefined;
  const [, seconds = '', sessionId = ''] = /^([0-9]{1,15}):(.*)$/s.exec(after) ?? [];
  if (seconds === '')
    throw new Fault('validation_error', 'the token of the page is none that an answer gave');
  const issuedAtSeconds = Number(seconds);
  return or(
    lt(sessions.issuedAtSeconds, issuedAtSeconds),
    and(eq(sessions.issuedAtSeconds, issuedAtSeconds), lt(sessions.sessionId, sessionId)),
  );
}

/** Last uses by id. */
export const createLastUses = (db: Database): LastUses => ({
  async of(accountId, kind, ids) {
    if (ids.length === 0) return new Map();
    const rows = await readRows(
      db,
      db
        .select()
        .from(lastUsed)
        .where(
          and(
            eq(lastUsed.accountId, accountId),
            eq(lastUsed.kind, kind),
            // One bound value, however many: D1 takes a hundred.
            sql`${lastUsed.id} in (select value from json_each(${JSON.stringify(ids)}))`,
          ),
        ),
    );
    return new Map(rows.map((row) => [row.id, lastUseOf(row)]));
  },
});
