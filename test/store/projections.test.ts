/** Sessions and last uses are what the trail says, however often and in whatever order it is drained. */
import { beforeEach, describe, expect, test } from 'vitest';
import type { AuditEvent, AuditIdentity } from '../../src/core/audit/event.ts';
import { packEvents, trailEventOf } from '../../src/store/audit.ts';
import { createBatchWriter } from '../../src/store/batch.ts';
import { type Database, openDatabase } from '../../src/store/database.ts';
import { drainPacks, firstCall } from '../../src/store/drain.ts';
import { projectEvents } from '../../src/store/projections.ts';
import { lastUsed, serviceAccess, sessionCredentials, sessions } from '../../src/store/schema/sessions.ts';
import { Snapshot } from '../../src/store/snapshot.ts';
import { sessionElements } from '../../src/usecases/session-elements.ts';
import { auditEvent } from '../helpers/audit-events.ts';
import { fakeClock } from '../helpers/fake-world.ts';
import { migratedD1 } from '../helpers/migrated-d1.ts';
import { roleSession } from '../helpers/sessions.ts';

const ACCOUNT = '111122223333';
const ROLE_ARN = `arn:aws:sts::${ACCOUNT}:assumed-role/Reader/anna`;
const PROVIDER = 'arn:aws:iam::111122223333:oidc-provider/idp.example.com';

let db: Database;
beforeEach(async () => {
  db = openDatabase(await migratedD1());
});

/** As the buffer does: one pack each, numbered on. */
async function drain(events: readonly AuditEvent[], firstSequence = 1): Promise<void> {
  const packs = events.flatMap((event, at) =>
    packEvents([event]).map(({ rows }) => ({ shard: 'fra-1', firstSequence: firstSequence + at, rows })),
  );
  await drainPacks(db, packs);
}

const session = roleSession({
  sessionId: 'ses_a',
  sourceIdentity: 'anna',
  tags: [{ Key: 'Team', Value: 'Red "1"' }],
  federation: { provider: PROVIDER, keyPrefix: 'idp.example.com', audience: 'app', subject: 'alice' },
});

const issuance = (over: Partial<AuditEvent> = {}, accessKeyId = 'ASIA1'): AuditEvent =>
  auditEvent({
    accountId: ACCOUNT,
    eventName: 'AssumeRoleWithWebIdentity',
    identity: { type: 'WebIdentityUser', identityProvider: PROVIDER, userName: 'alice' },
    responseElements: sessionElements(session, {
      arn: ROLE_ARN,
      credential: { accessKeyId, tokenId: null },
      caller: null,
    }),
    ...over,
  });

const user = (over: object = {}): AuditIdentity => ({
  type: 'IAMUser',
  principalId: 'AIDA1',
  arn: `arn:aws:iam::${ACCOUNT}:user/anna`,
  accountId: ACCOUNT,
  accessKeyId: 'AKIAEXAMPLE000000000',
  ...over,
});

const used = (eventId: string, atMilliseconds: number, over: Partial<AuditEvent> = {}): AuditEvent =>
  auditEvent({
    eventId,
    accountId: ACCOUNT,
    atMilliseconds,
    eventSource: 'iam.amazonaws.com',
    eventName: 'ListUsers',
    identity: user(),
    region: 'us-east-1',
    ...over,
  });

describe('a session', () => {
  test('is kept with everything that its issuance tells, once', async () => {
    await drain([issuance({ eventId: 'e-1' }), issuance({ eventId: 'e-2' }, 'ASIA2')]);
    await drain([issuance({ eventId: 'e-1' }), issuance({ eventId: 'e-2' }, 'ASIA2')]);
    expect(await db.select().from(sessions)).toEqual([
      {
        accountId: ACCOUNT,
        sessionId: 'ses_a',
        kind: 'role',
        principalArn: ROLE_ARN,
        principalId: 'AROAEXAMPLE',
        sourceIdentity: 'anna',
        provider: PROVIDER,
        subject: 'alice',
        tags: '[{"Key":"Team","Value":"Red \\"1\\""}]',
        issuedAtSeconds: session.issuedAtSeconds,
        expiresAtSeconds: session.expiresAtSeconds,
        fromSessionId: null,
        begunByArn: null,
        instanceId: null,
        userId: null,
        lineage: null,
      },
    ]);
    const credentials = await db.select().from(sessionCredentials).orderBy(sessionCredentials.credentialId);
    expect(credentials.map((row) => [row.credentialId, row.sessionId])).toEqual([
      ['ASIA1', 'ses_a'],
      ['ASIA2', 'ses_a'],
    ]);
  });

  test.each([
    ['refused', { outcome: 'access_denied' as const }],
    ['without elements', { responseElements: null }],
    ['with elements of another shape', { responseElements: { session: 'ses_a', sessionId: 'ses_a' } }],
    [
      'that lacks a part',
      { responseElements: { sessionId: 's', session: { account: ACCOUNT, kind: 'role' } } },
    ],
  ])('does not begin with an event %s, which is kept all the same', async (_, over) => {
    await drain([issuance({ eventId: 'e-1', ...over }), issuance({ eventId: 'e-2' }, 'ASIA2')]);
    const found = await db.select({ id: sessionCredentials.credentialId }).from(sessionCredentials);
    expect(found).toEqual([{ id: 'ASIA2' }]);
  });
});

describe('the last use', () => {
  const keyUse = async () => (await db.select().from(lastUsed)).filter(({ kind }) => kind === 'access-key');

  test('of a key is its newest event, in one drain and over several, in any order', async () => {
    await drain([
      used('e-1', 2000),
      used('e-2', 3000, { eventSource: 'sts.amazonaws.com', region: 'eu-west-1' }),
      used('e-3', 1000),
    ]);
    const newest = {
      accountId: ACCOUNT,
      kind: 'access-key',
      id: 'AKIAEXAMPLE000000000',
      atMilliseconds: 3000,
      region: 'eu-west-1',
      service: 'sts',
    };
    expect(await keyUse()).toEqual([newest]);
    await drain([used('e-4', 2500)], 4);
    expect(await keyUse()).toEqual([newest]);
    await drain([used('e-5', 4000)], 5);
    expect(await keyUse()).toEqual([
      { ...newest, atMilliseconds: 4000, region: 'us-east-1', service: 'iam' },
    ]);
  });

  test('counts refused requests too, and nothing that nobody signed', async () => {
    await drain([
      used('e-1', 1000, { outcome: 'access_denied' }),
      used('e-2', 2000, { identity: { type: 'Anonymous' } }),
    ]);
    expect((await db.select().from(lastUsed)).map((row) => [row.kind, row.atMilliseconds])).toEqual([
      ['access-key', 1000],
    ]);
  });

  test('of a role and of a session comes from the sessions of the role', async () => {
    const identity: AuditIdentity = {
      type: 'AssumedRole',
      principalId: 'AROA1:anna',
      arn: ROLE_ARN,
      accountId: ACCOUNT,
      accessKeyId: 'ASIA1',
      sessionId: 'ses_a',
    };
    await drain([used('e-1', 1000, { identity })]);
    const rows = await db.select().from(lastUsed).orderBy(lastUsed.kind);
    expect(rows.map((row) => [row.kind, row.id, row.region, row.service])).toEqual([
      ['role', 'AROA1', 'us-east-1', 'iam'],
      ['session', 'ses_a', 'us-east-1', 'iam'],
    ]);
  });

  test('comes with a change too, in its own batch', async () => {
    const options = {
      db,
      clock: fakeClock(),
      freshnessSeconds: 5,
      maxBytes: 1,
      defer: () => {},
      log: () => {},
    };
    const event = used('e-1', 1000, { readOnly: false });
    await createBatchWriter(db, new Snapshot(options)).commit({ queries: [], entities: [], event });
    expect((await keyUse()).map((row) => row.atMilliseconds)).toEqual([1000]);
  });
});

test('services are kept by user or role, service and action, asked for here or by a resource server', async () => {
  await drain([
    used('e-1', 1000),
    used('e-2', 2000),
    used('e-3', 3000, { eventName: 'GetUser' }),
    used('e-4', 4000, {
      eventSource: 'daypass.amazonaws.com',
      eventName: 'Evaluate',
      identity: user({ principalId: 'AIDA2' }),
      requestParameters: { action: 'S3:GetObject', resource: '*', subjectType: 'access_token' },
      responseElements: { decision: 'Allow', subject: ROLE_ARN, subjectId: 'AROA1' },
    }),
    used('e-5', 5000, {
      eventName: 'Evaluate',
      identity: { type: 'Anonymous' },
      requestParameters: { action: 's3:GetObject' },
      responseElements: { decision: 'NotBelieved', subject: null },
    }),
  ]);
  const rows = await db
    .select()
    .from(serviceAccess)
    .orderBy(serviceAccess.principalId, serviceAccess.service, serviceAccess.action);
  expect(rows.map((row) => [row.principalId, row.service, row.action, row.atMilliseconds])).toEqual([
    ['AIDA1', 'iam', 'GetUser', 3000],
    ['AIDA1', 'iam', 'ListUsers', 2000],
    ['AIDA2', 'daypass', 'Evaluate', 4000],
    ['AROA1', 's3', 'GetObject', 4000],
  ]);
});

test('what one call brings to the database is no longer than it takes, in whichever alphabet tags are', () => {
  const tags = Array.from({ length: 50 }, (_, at) => ({
    Key: `${at}${'鍵'.repeat(120)}`,
    Value: '値'.repeat(256),
  }));
  const tagged = (at: number): AuditEvent =>
    issuance({
      eventId: `e-${at}`,
      responseElements: sessionElements(
        { ...session, sessionId: `ses_${at}`, tags },
        { arn: ROLE_ARN, credential: { accessKeyId: `ASIA${at}`, tokenId: null }, caller: null },
      ),
    });
  const waiting = Array.from({ length: 100 }, (_, at) => ({ event: tagged(at), at })).map(
    ({ event, at }) => ({ event, at, rows: packEvents([event])[0]?.rows ?? '' }),
  );
  const call = firstCall(waiting);
  expect(call.map(({ at }) => at)).toEqual(call.map((_, at) => at));
  expect(call.length).toBeGreaterThan(1);
  expect(call.length).toBeLessThan(waiting.length);
  const queries = projectEvents(
    db,
    call.map(({ event }) => trailEventOf(event)),
  ) as unknown as readonly { toSQL(): { params: readonly unknown[] } }[]; // every one of drizzle's has it
  const bound = queries
    .flatMap((query) => query.toSQL().params)
    .map((value) => Buffer.byteLength(String(value)));
  expect(Math.max(...bound)).toBeGreaterThan(500_000);
  expect(Math.max(...bound)).toBeLessThan(2_000_000);
});
