import { beforeEach, describe, expect, test } from 'vitest';
import type { SignInSessions } from '../../src/core/repositories/sign-in-sessions.ts';
import { ownerOf, type SignInIdentity } from '../../src/core/sign-in/identity.ts';
import type { SignInSession } from '../../src/core/sign-in/session.ts';
import { createOneTime } from '../../src/store/one-time.ts';
import { users } from '../../src/store/schema/identities.ts';
import { createSignInSessions } from '../../src/store/sign-in-sessions.ts';
import { ACCOUNT, event, eventCount, type IamWorld, iamWorld, outcomes } from './iam-world.ts';

const ANNA: SignInIdentity = { type: 'user', accountId: ACCOUNT, userId: 'AIDAANNA', userName: 'anna' };
const BOB: SignInIdentity = { ...ANNA, userId: 'AIDABOB', userName: 'bob' };
const OTHER = '999988887777';

const session = (over: Partial<SignInSession> = {}): SignInSession => ({
  sessionId: 'sis_1',
  identity: ANNA,
  amr: ['pwd'],
  authAtSeconds: 100,
  mfaAtSeconds: null,
  createdAtSeconds: 100,
  lastSeenAtSeconds: 100,
  expiresAtSeconds: 1000,
  sourceIp: '192.0.2.1',
  userAgent: 'test',
  ...over,
});

let world: IamWorld;
let sessions: SignInSessions;
beforeEach(async () => {
  world = await iamWorld();
  sessions = createSignInSessions(world.db, world.writer);
  await sessions.begin(session(), 'hash-1', event);
});

const elevation = { amr: ['pwd', 'otp'], authAtSeconds: 200, mfaAtSeconds: 200 };
const elevate = (newHash: string, oldHash = 'hash-1') =>
  sessions.elevate(session(), elevation, { oldHash, newHash }, event);

describe('a session', () => {
  test('is found by its account and the hash of its secret alone', async () => {
    expect(await sessions.find(ACCOUNT, 'hash-1')).toEqual({ session: session(), preset: null });
    expect(await sessions.find(OTHER, 'hash-1')).toBeNull();
    expect(await sessions.find(ACCOUNT, 'hash-2')).toBeNull();
    expect(await eventCount(world)).toBe(1);
    expect(world.noted).toEqual([]);
  });

  test('is not begun for a user that is disabled, whichever way it came', async () => {
    const row = { accountId: ACCOUNT, path: '/', tags: [], createdAtSeconds: 1, disabledAtSeconds: 50 };
    await world.db.insert(users).values({ ...row, userId: 'AIDABOB', name: 'bob', nameKey: 'bob' });
    const begun = sessions.begin(session({ sessionId: 'sis_2', identity: BOB }), 'hash-2', event);
    await expect(begun).rejects.toMatchObject({ code: 'access_denied', detail: { reason: 'disabled' } });
    expect(await sessions.find(ACCOUNT, 'hash-2')).toBeNull();
    expect(await eventCount(world)).toBe(1);
    await world.db.update(users).set({ disabledAtSeconds: null });
    await sessions.begin(session({ sessionId: 'sis_2', identity: BOB }), 'hash-2', event);
    expect(await eventCount(world)).toBe(2);
  });

  test('is elevated once by 20 at once; its old secret is worth nothing then', async () => {
    const racers = Array.from({ length: 20 }, (_, index) => elevate(`new-${index}`));
    expect(await outcomes(racers)).toEqual({ succeeded: 1, codes: ['concurrent_modification'] });
    expect(await sessions.find(ACCOUNT, 'hash-1')).toBeNull();
    const [held] = await sessions.list(ACCOUNT, ownerOf(ANNA));
    expect(held).toEqual(session({ ...elevation, lastSeenAtSeconds: 200 }));
    expect(await eventCount(world)).toBe(2);
  });

  test('is seen later, never earlier, and without an event', async () => {
    await sessions.touch(ACCOUNT, 'sis_1', 150);
    await sessions.touch(ACCOUNT, 'sis_1', 120);
    expect((await sessions.find(ACCOUNT, 'hash-1'))?.session.lastSeenAtSeconds).toBe(150);
    expect(await eventCount(world)).toBe(1);
  });

  test('is ended by its own person alone', async () => {
    await expect(sessions.end(ACCOUNT, ownerOf(BOB), 'sis_1', event)).rejects.toMatchObject({
      code: 'no_such_entity',
    });
    await expect(sessions.end(OTHER, ownerOf(ANNA), 'sis_1', event)).rejects.toMatchObject({
      code: 'no_such_entity',
    });
    await sessions.end(ACCOUNT, ownerOf(ANNA), 'sis_1', event);
    expect(await sessions.find(ACCOUNT, 'hash-1')).toBeNull();
    await expect(elevate('new')).rejects.toMatchObject({ code: 'concurrent_modification' });
  });
});

test('all sessions of one person end together, and nobody else’s', async () => {
  await sessions.begin(session({ sessionId: 'sis_2' }), 'hash-2', event);
  await sessions.begin(session({ sessionId: 'sis_3', identity: BOB }), 'hash-3', event);
  await sessions.endAll(ACCOUNT, ownerOf(ANNA), event);
  expect(await sessions.list(ACCOUNT, ownerOf(ANNA))).toEqual([]);
  expect(await sessions.list(ACCOUNT, ownerOf(BOB))).toHaveLength(1);
});

test('what has ended is swept', async () => {
  await sessions.begin(session({ sessionId: 'sis_2', expiresAtSeconds: 2000 }), 'hash-2', event);
  await sessions.sweep(1500);
  const left = await sessions.list(ACCOUNT, ownerOf(ANNA));
  expect(left.map(({ sessionId }) => sessionId)).toEqual(['sis_2']);
});

test('a one-time value is used once by 50 at once, for each account and purpose of its own', async () => {
  const oneTime = createOneTime(world.db);
  const value = { purpose: 'p', valueHash: 'v', expiresAtSeconds: 10 };
  const uses = await Promise.all(Array.from({ length: 50 }, () => oneTime.use(ACCOUNT, value)));
  expect(uses.filter(Boolean)).toHaveLength(1);
  expect(await oneTime.use(OTHER, value)).toBe(true);
  expect(await oneTime.use(ACCOUNT, { ...value, purpose: 'q' })).toBe(true);
});
