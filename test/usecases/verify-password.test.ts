import { eq } from 'drizzle-orm';
import { beforeEach, describe, expect, test } from 'vitest';
import type { LoginProfiles } from '../../src/core/repositories/login-profiles.ts';
import { createPasswordHasher } from '../../src/platform/password.ts';
import { createAuthenticationFailures } from '../../src/store/authentication-failures.ts';
import { createLoginProfiles } from '../../src/store/login-profiles.ts';
import { accounts } from '../../src/store/schema/accounts.ts';
import { users as userTable } from '../../src/store/schema/identities.ts';
import { passwordPolicies } from '../../src/store/schema/password-policies.ts';
import { loginProfiles, passwordHistory } from '../../src/store/schema/passwords.ts';
import { createUsers } from '../../src/store/users.ts';
import { changePassword } from '../../src/usecases/choose-password.ts';
import type { Deps } from '../../src/usecases/deps.ts';
import { verifyPassword } from '../../src/usecases/verify-password.ts';
import { fakeRandom, START_SECONDS } from '../helpers/fake-world.ts';
import { ACCOUNT, event, type IamWorld, iamWorld, outcomes } from '../store/iam-world.ts';

const RIGHT = 'orbit-lantern-92-quarry';
const OTHER = 'velvet-harbour-31-thicket';
const DAY = 86_400;

let world: IamWorld;
let profiles: LoginProfiles;
let checked: (string | null)[];
let deps: Pick<Deps, 'loginProfiles' | 'passwords' | 'authenticationFailures'>;
/** Cheap hashes: what the real ones cost is test/platform's matter. */
const cheap = (password: string) => `plain$${password}`;

beforeEach(async () => {
  world = await iamWorld();
  profiles = createLoginProfiles(world.db, world.writer);
  checked = [];
  deps = {
    loginProfiles: profiles,
    authenticationFailures: createAuthenticationFailures(world.db),
    passwords: {
      hash: async (password) => cheap(password),
      verify: async (password, encoded) => {
        checked.push(encoded);
        return encoded === cheap(password);
      },
      matchesAny: async (password, encoded) => encoded.includes(cheap(password)),
      isCurrent: () => true,
    },
  };
  const users = createUsers(world.db, world.writer, fakeRandom(5));
  for (const name of ['Anna', 'ben']) {
    await users.create(ACCOUNT, { name, path: '/staff/', tags: [], boundaryArn: null }, event);
  }
  await profiles.create(ACCOUNT, 'Anna', { passwordHash: cheap(RIGHT), resetRequired: false }, event);
  await world.db.update(loginProfiles).set({ changedAtSeconds: START_SECONDS });
  await world.db.update(accounts).set({ rootPasswordHash: cheap(RIGHT), createdAtSeconds: START_SECONDS });
});

const verify = (password: string, over: object = {}, nowSeconds = START_SECONDS) =>
  verifyPassword({ accountId: ACCOUNT, userName: 'anna', password, ...over }, nowSeconds, deps);
const root = { userName: undefined, rootEmail: 'ROOT@example.com' };
const change = (newPassword: string, over: object = {}) =>
  changePassword(
    { accountId: ACCOUNT, userName: 'anna', password: RIGHT, newPassword, ...over },
    START_SECONDS,
    deps,
    event,
  );
const setPolicy = (over: Partial<typeof passwordPolicies.$inferInsert>) =>
  world.db.insert(passwordPolicies).values({
    ...{ accountId: ACCOUNT, minimumLength: 6, requireSymbols: false, requireNumbers: false },
    ...{ requireUppercase: false, requireLowercase: false, allowUsersToChange: false, hardExpiry: false },
    ...over,
  });

describe('a password', () => {
  test('is good for its user, whose last use is then known', async () => {
    expect(await verify(RIGHT)).toMatchObject({ outcome: 'ok', owner: { type: 'user', userName: 'Anna' } });
    const [anna] = await world.db.select().from(userTable).where(eq(userTable.nameKey, 'anna'));
    expect(anna?.passwordLastUsedAtSeconds).toBe(START_SECONDS);
  });

  test("is good for root by root's e-mail, in any case", async () => {
    expect(await verify(RIGHT, root)).toEqual({ outcome: 'ok', owner: { type: 'root' } });
    expect(await verify(RIGHT, { ...root, rootEmail: 'other@example.com' })).toMatchObject({
      outcome: 'refused',
    });
  });

  test.each([
    ['wrong', {}, 'wrong password'],
    ['of an unknown user', { userName: 'nobody' }, 'no such user'],
    ['of a user without one', { userName: 'ben' }, 'no password'],
    ['in another account', { accountId: '999988887777' }, 'no such user'],
    ['of no name at all', { userName: undefined }, 'no such user'],
    ['of __proto__', { userName: '__proto__' }, 'no such user'],
  ])('%s is refused, at the cost of one comparison', async (_, over, reason) => {
    const verdict = await verify('wrong-password-of-some-length', over);
    const known =
      reason === 'no such user'
        ? null
        : { owner: expect.objectContaining({ type: 'user' }), arn: expect.stringContaining(':user/staff/') };
    expect(verdict).toEqual({ outcome: 'refused', reason, known });
    expect(checked).toHaveLength(1);
  });

  test('of absurd length is not hashed', async () => {
    expect(await verify('x'.repeat(10_000))).toMatchObject({ outcome: 'refused' });
    expect(checked).toEqual([]);
  });

  test('under old parameters is hashed anew when it is used', async () => {
    deps = { ...deps, passwords: { ...deps.passwords, isCurrent: () => false, hash: async () => 'anew' } };
    await verify(RIGHT);
    expect((await world.db.select().from(loginProfiles))[0]?.passwordHash).toBe('anew');
  });
});

describe('wrong tries', () => {
  test('lock after ten, exactly, of 100 at once, over all spellings; half an hour later it is over', async () => {
    const names = ['anna', 'ANNA', 'Anna', 'aNNa'];
    const all = await Promise.all(
      Array.from({ length: 100 }, (_, at) => verify('wrong-wrong-wrong', { userName: names[at % 4] })),
    );
    const reasons = all.map((verdict) => (verdict.outcome === 'refused' ? verdict.reason : 'ok'));
    expect(reasons.filter((reason) => reason === 'wrong password')).toHaveLength(10);
    expect(reasons.filter((reason) => reason === 'locked')).toHaveLength(90);
    expect(checked).toHaveLength(100); // a locked one costs the same
    expect(await verify(RIGHT)).toMatchObject({ outcome: 'refused', reason: 'locked' });
    expect(await verify(RIGHT, {}, START_SECONDS + 1799)).toMatchObject({ reason: 'locked' });
    expect(await verify(RIGHT, {}, START_SECONDS + 1800)).toMatchObject({ outcome: 'ok' });
  });

  test('are forgotten after a good one, and when an administrator sets a password', async () => {
    for (let at = 0; at < 9; at += 1) await verify('wrong-wrong-wrong');
    expect(await verify(RIGHT)).toMatchObject({ outcome: 'ok' });
    for (let at = 0; at < 10; at += 1) await verify('wrong-wrong-wrong');
    expect(await verify(RIGHT)).toMatchObject({ reason: 'locked' });
    await profiles.update(ACCOUNT, 'anna', { passwordHash: cheap(OTHER) }, event);
    expect(await verify(OTHER)).toMatchObject({ outcome: 'ok' });
  });

  test('at names that nobody has lock nobody', async () => {
    for (let at = 0; at < 12; at += 1) await verify('wrong-wrong-wrong', { userName: 'nobody' });
    expect(await verify(RIGHT)).toMatchObject({ outcome: 'ok' });
    expect(await verify(RIGHT, root)).toMatchObject({ outcome: 'ok' });
  });

  test("at root's lock root alone, until they are forgiven", async () => {
    for (let at = 0; at < 10; at += 1) await verify('wrong-wrong-wrong', root);
    expect(await verify(RIGHT, root)).toMatchObject({ reason: 'locked' });
    expect(await verify(RIGHT)).toMatchObject({ outcome: 'ok' });
    await deps.authenticationFailures.forgive(ACCOUNT, { type: 'root' }, 'password');
    expect(await verify(RIGHT, root)).toMatchObject({ outcome: 'ok' });
  });
});

test('of a user that is disabled is refused, at the cost of one comparison', async () => {
  await world.db.update(userTable).set({ disabledAtSeconds: START_SECONDS });
  expect(await verify(RIGHT)).toMatchObject({ outcome: 'refused', reason: 'disabled' });
  expect(checked).toHaveLength(1);
});

describe('a password that is due', () => {
  test('after a reset is good for a change alone, for a week', async () => {
    await world.db.update(loginProfiles).set({ resetRequired: true });
    expect(await verify(RIGHT)).toMatchObject({ outcome: 'change-required' });
    expect(await verify(RIGHT, {}, START_SECONDS + 7 * DAY + 1)).toMatchObject({ reason: 'expired' });
    await change(OTHER);
    expect(await verify(OTHER)).toMatchObject({ outcome: 'ok' });
  });

  test("of root's recovery is good for a change alone, for an hour", async () => {
    await world.db.update(accounts).set({ rootPasswordResetRequired: true });
    expect(await verify(RIGHT, root, START_SECONDS + 3600)).toMatchObject({ outcome: 'change-required' });
    expect(await verify(RIGHT, root, START_SECONDS + 3601)).toMatchObject({ reason: 'expired' });
    await change(OTHER, root);
    expect(await verify(OTHER, root, START_SECONDS + 3601)).toMatchObject({ outcome: 'ok' });
  });

  test('by its age has to be changed; with hard expiry by an administrator', async () => {
    await setPolicy({ maxAgeDays: 30 });
    expect(await verify(RIGHT, {}, START_SECONDS + 30 * DAY)).toMatchObject({ outcome: 'ok' });
    expect(await verify(RIGHT, {}, START_SECONDS + 30 * DAY + 1)).toMatchObject({
      outcome: 'change-required',
    });
    await world.db.update(passwordPolicies).set({ hardExpiry: true });
    expect(await verify(RIGHT, {}, START_SECONDS + 30 * DAY + 1)).toMatchObject({ reason: 'expired' });
    expect(await verify(RIGHT, root, START_SECONDS + 30 * DAY + 1)).toMatchObject({
      outcome: 'change-required',
    });
  });

  test("by PCI's 90 days", async () => {
    await world.db.update(accounts).set({ securityPreset: 'PCI' });
    expect(await verify(RIGHT, {}, START_SECONDS + 90 * DAY + 1)).toMatchObject({
      outcome: 'change-required',
    });
  });
});

describe('a change', () => {
  test('needs the old password, and counts wrong ones', async () => {
    for (let at = 0; at < 10; at += 1) {
      await expect(change(OTHER, { password: 'wrong-wrong-wrong' })).rejects.toMatchObject({
        code: 'access_denied',
      });
    }
    await expect(change(OTHER)).rejects.toMatchObject({
      code: 'access_denied',
      detail: { reason: 'locked' },
    });
  });

  test('does not take the present password, nor one of those before it', async () => {
    await change(OTHER);
    for (const again of [OTHER, RIGHT]) {
      await expect(change(again, { password: OTHER })).rejects.toMatchObject({
        code: 'password_policy_violation',
      });
    }
  });

  test('has one winner of 20 at the same time', async () => {
    const all = await outcomes(Array.from({ length: 20 }, (_, at) => change(`${OTHER}-${at}`)));
    expect(all.succeeded).toBe(1);
  });

  test("is root's, too", async () => {
    await change(OTHER, root);
    expect(await verify(OTHER, root)).toMatchObject({ outcome: 'ok' });
  });

  test('remembers no more than 24', async () => {
    for (let at = 0; at < 26; at += 1) {
      await profiles.update(ACCOUNT, 'anna', { passwordHash: cheap(`${OTHER}-${at}`) }, event);
    }
    expect(await world.db.$count(passwordHistory)).toBe(24);
  });
});

test('the real hashes: one salt for all of an owner, an old one found again at the cost of one', async () => {
  const hasher = createPasswordHasher(fakeRandom());
  const first = await hasher.hash(RIGHT);
  const second = await hasher.hash(OTHER, first);
  const saltOf = (encoded: string) => encoded.split('$')[4];
  expect(saltOf(second)).toBe(saltOf(first));
  expect(await hasher.matchesAny(RIGHT, [second, first])).toBe(true);
  expect(await hasher.matchesAny('x', [second, first, 'broken'])).toBe(false);
  expect(await hasher.verify(RIGHT, null)).toBe(false);
  expect(hasher.isCurrent(first)).toBe(true);
  expect(hasher.isCurrent(first.replace('32768', '1024'))).toBe(false);
});
