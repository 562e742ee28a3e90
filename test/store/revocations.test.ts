/** Revocations on D1: what an isolate holds of them is always whole, whoever writes. */
import { sql } from 'drizzle-orm';
import { beforeEach, expect, test } from 'vitest';
import { lineageFrom } from '../../src/core/credentials/lineage.ts';
import { madeFromAlso } from '../../src/core/credentials/provenance.ts';
import type { Session } from '../../src/core/credentials/session.ts';
import type { Directory } from '../../src/core/directory.ts';
import { credentialMark, roleMark, sessionMark } from '../../src/core/revocation/marks.ts';
import { createBatchWriter } from '../../src/store/batch.ts';
import { type Database, openDatabase } from '../../src/store/database.ts';
import { createRevocationLists, createRevocations } from '../../src/store/revocations.ts';
import { revocations } from '../../src/store/schema/revocations.ts';
import { Snapshot } from '../../src/store/snapshot.ts';
import { auditEvent } from '../helpers/audit-events.ts';
import { type CountedD1, countD1 } from '../helpers/d1-counter.ts';
import { fakeClock, START_SECONDS } from '../helpers/fake-world.ts';
import { migratedD1 } from '../helpers/migrated-d1.ts';
import { roleSession } from '../helpers/sessions.ts';

const ACCOUNT = '111122223333';
const OTHER = '444455556666';
const SOON = 4_000_000_000;

let d1: CountedD1;
let db: Database;
let clock: ReturnType<typeof fakeClock>;

beforeEach(async () => {
  d1 = countD1(await migratedD1());
  db = openDatabase(d1.db);
  clock = fakeClock();
});

/** One isolate: what it writes, and what it holds. */
function isolate(): { repo: ReturnType<typeof createRevocations>; lists: Directory['revocations'] } {
  const snapshot = new Snapshot({
    db,
    clock,
    freshnessSeconds: 5,
    maxBytes: 10_000_000,
    defer: () => undefined,
    log: () => undefined,
  });
  return {
    repo: createRevocations(db, createBatchWriter(db, snapshot)),
    lists: createRevocationLists(db, snapshot, clock, 0),
  };
}

const event = () => auditEvent({ eventId: crypto.randomUUID() });
const revocation = (name: string, issuedUntilSeconds = 10, expiresAtSeconds = SOON) => ({
  marks: [roleMark(name)],
  issuedUntilSeconds,
  expiresAtSeconds,
});
const issuedAt = (issuedAtSeconds: number) => ({ issuedAtSeconds, chained: false });
const marks = (name: string) => new Set([roleMark(name)]);

test('binds at once where it is written, and elsewhere once the freshness bound has passed', async () => {
  const [here, there] = [isolate(), isolate()];
  expect((await there.lists(ACCOUNT)).touches(marks('R'), issuedAt(10))).toBe(false);
  expect((await here.lists(ACCOUNT)).touches(marks('R'), issuedAt(10))).toBe(false);
  await here.repo.revoke(ACCOUNT, revocation('R'), event());
  expect((await here.lists(ACCOUNT)).touches(marks('R'), issuedAt(10))).toBe(true);
  expect((await there.lists(ACCOUNT)).touches(marks('R'), issuedAt(10))).toBe(false);
  clock.advance(6000);
  expect((await there.lists(ACCOUNT)).touches(marks('R'), issuedAt(10))).toBe(true);
});

test('what an isolate makes from a credential before it hears that this has ended is dead once it has heard', async () => {
  const [here, there] = [isolate(), isolate()];
  await there.lists(ACCOUNT);
  const ended = { marks: [credentialMark('jti')], issuedUntilSeconds: Number.MAX_SAFE_INTEGER };
  await here.repo.revoke(ACCOUNT, { ...ended, expiresAtSeconds: SOON }, event());
  const keys = madeFromAlso(roleSession(), 'jti');
  const chainedFrom = (parent: Session): Session => {
    const lineage = lineageFrom(parent, 'ASIA1');
    if (!lineage.ok) throw new Error(lineage.failure);
    return roleSession({ issuedAtSeconds: START_SECONDS + 4, chained: true, lineage: lineage.value });
  };
  const made = [keys, chainedFrom(keys), chainedFrom(chainedFrom(keys)), chainedFrom(roleSession())];
  const revoked = async () => {
    const list = await there.lists(ACCOUNT);
    return made.map((session) => list.revokes(session, { accessKeyId: 'ASIA2', tokenId: null }));
  };
  expect(await revoked()).toEqual([false, false, false, false]);
  clock.advance(6000);
  expect(await revoked()).toEqual([true, true, true, false]);
});

test('concerns its own account alone', async () => {
  const here = isolate();
  await here.repo.revoke(ACCOUNT, revocation('R'), event());
  expect((await here.lists(OTHER)).touches(marks('R'), issuedAt(10))).toBe(false);
});

test('of equal ones a row reaches furthest, in whatever order they are written', async () => {
  const here = isolate();
  for (const until of [20, 10, 30, 30]) await here.repo.revoke(ACCOUNT, revocation('R', until), event());
  await here.repo.revoke(OTHER, revocation('R', 5), event());
  const rows = await db.select().from(revocations).orderBy(revocations.issuedUntilSeconds);
  expect(rows.map((row) => [row.accountId, row.issuedUntilSeconds])).toEqual([
    [OTHER, 5],
    [ACCOUNT, 30],
  ]);
  expect((await isolate().lists(ACCOUNT)).touches(marks('R'), issuedAt(30))).toBe(true);
});

test('fifty at once are all held, and equal ones make one row', async () => {
  const here = isolate();
  await here.lists(ACCOUNT);
  const names = Array.from({ length: 50 }, (_, at) => `R${at % 25}`);
  await Promise.all(names.map((name, at) => here.repo.revoke(ACCOUNT, revocation(name, at), event())));
  const list = await here.lists(ACCOUNT);
  expect([list.count, await db.$count(revocations)]).toEqual([25, 25]);
  expect(names.every((name, at) => list.touches(marks(name), issuedAt(at)))).toBe(true);
});

test('a new one is read alone, and what is held costs no query', async () => {
  const [here, there] = [isolate(), isolate()];
  await here.repo.revoke(ACCOUNT, revocation('R'), event());
  await there.lists(ACCOUNT);
  await here.repo.revoke(ACCOUNT, revocation('S'), event());
  clock.advance(6000);
  d1.calls.length = 0;
  expect((await there.lists(ACCOUNT)).count).toBe(2);
  d1.calls.length = 0;
  await there.lists(ACCOUNT);
  expect(d1.calls).toEqual([]);
});

test('more than one read holds are all held before anybody is believed', async () => {
  await db.run(sql`
    with recursive numbers(n) as (select 0 union all select n + 1 from numbers where n < 10999)
    insert into revocations (account_id, marks, issued_until_seconds, expires_at_seconds)
    select ${ACCOUNT}, '["session:ses_' || n || '"]', 9, ${SOON} from numbers`);
  const list = await isolate().lists(ACCOUNT);
  expect(list.count).toBe(11_000);
  expect(list.touches(new Set([sessionMark('ses_10999')]), issuedAt(9))).toBe(true);
});

test('what has expired is swept, and its number is not used again', async () => {
  const here = isolate();
  const now = Math.floor(clock.nowMilliseconds() / 1000);
  await here.repo.revoke(ACCOUNT, revocation('R', 10, now), event());
  await here.repo.revoke(ACCOUNT, revocation('S', 10, now + 1), event());
  await here.repo.sweep(now);
  expect((await db.select().from(revocations)).map((row) => row.marks)).toEqual(['["role:S"]']);
  const [last] = await db.select().from(revocations);
  await here.repo.sweep(now + 1);
  await here.repo.revoke(ACCOUNT, revocation('T'), event());
  const [next] = await db.select().from(revocations);
  expect(next?.sequence).toBeGreaterThan(last?.sequence ?? Number.NaN);
});
