/** Credential reports on D1: whole for any number of users, begun once, written once. */
import { sql } from 'drizzle-orm';
import { beforeEach, expect, test } from 'vitest';
import { createCredentialReports } from '../../src/store/credential-reports.ts';
import { accounts } from '../../src/store/schema/accounts.ts';
import { accessKeys } from '../../src/store/schema/identities.ts';
import { mfaDevices } from '../../src/store/schema/mfa-devices.ts';
import { passwordPolicies } from '../../src/store/schema/password-policies.ts';
import { loginProfiles } from '../../src/store/schema/passwords.ts';
import { credentialReportParts } from '../../src/store/schema/reports.ts';
import { lastUsed } from '../../src/store/schema/sessions.ts';
import { ACCOUNT, type IamWorld, iamWorld } from './iam-world.ts';

let world: IamWorld;
let reports: ReturnType<typeof createCredentialReports>;

beforeEach(async () => {
  world = await iamWorld();
  reports = createCredentialReports(world.db);
});

const addUsers = (count: number) =>
  world.db.run(sql`
    with recursive numbers(n) as (select 0 union all select n + 1 from numbers where n < ${count - 1})
    insert into users (account_id, user_id, name, name_key, path, tags, created_at_seconds)
    select ${ACCOUNT}, 'AIDA' || n, 'User' || printf('%05d', n), 'user' || printf('%05d', n), '/', '[]', 100 from numbers`);

const linesOf = async (): Promise<readonly string[]> => {
  const state = await reports.stateOf(ACCOUNT);
  if (state.state !== 'complete') throw new Error(state.state);
  return (await reports.read(ACCOUNT, state.reportId)).split('\n');
};

test('an account without users has the root user alone', async () => {
  expect(await reports.stateOf(ACCOUNT)).toEqual({ state: 'none' });
  expect(await reports.begin(ACCOUNT, 'r-1', 1000, 0)).toBe(true);
  expect(await reports.stateOf(ACCOUNT)).toEqual({ state: 'in-progress' });
  await reports.advance(ACCOUNT, 1001, 1);
  expect(await reports.stateOf(ACCOUNT)).toEqual({
    state: 'complete',
    reportId: 'r-1',
    finishedAtSeconds: 1001,
  });
  const [header, root, ...more] = await linesOf();
  expect(header).toMatch(/^user,arn,/);
  expect(root).toMatch(/^<root_account>,arn:aws:iam::111122223333:root,/);
  expect(more).toEqual([]);
});

test('thousands of users are written in pages, by many at once, each user once', async () => {
  await addUsers(2300);
  const begun = await Promise.all(
    Array.from({ length: 20 }, (_, at) => reports.begin(ACCOUNT, `r-${at}`, 1000, 0)),
  );
  expect(begun.filter(Boolean)).toHaveLength(1);
  await reports.advance(ACCOUNT, 1001, 2);
  expect(await reports.stateOf(ACCOUNT)).toEqual({ state: 'in-progress' });
  await Promise.all(Array.from({ length: 5 }, () => reports.advance(ACCOUNT, 1002, 3)));
  const names = (await linesOf()).slice(2).map((line) => line.split(',')[0]);
  expect(names).toHaveLength(2300);
  expect(names).toEqual([...new Set(names)].sort());
});

test('users are told with passwords, devices, keys and their last use', async () => {
  await addUsers(2);
  const { db } = world;
  await db.insert(loginProfiles).values({
    accountId: ACCOUNT,
    userId: 'AIDA1',
    passwordHash: 'x',
    resetRequired: false,
    createdAtSeconds: 100,
    changedAtSeconds: 86_400,
  });
  await db.insert(passwordPolicies).values({
    accountId: ACCOUNT,
    minimumLength: 8,
    requireSymbols: false,
    requireNumbers: false,
    requireUppercase: false,
    requireLowercase: false,
    allowUsersToChange: true,
    maxAgeDays: 1,
    reusePrevention: null,
    hardExpiry: false,
  });
  await db.insert(mfaDevices).values({
    accountId: ACCOUNT,
    serialKey: 's',
    serialNumber: 'S',
    kind: 'virtual',
    ownerType: 'user',
    ownerId: 'AIDA1',
    tags: [],
    createdAtSeconds: 1,
  });
  const key = { accountId: ACCOUNT, userId: 'AIDA1', sealedSecret: 'x' };
  await db.insert(accessKeys).values([
    { ...key, accessKeyId: 'AKIAB', status: 'Active' as const, createdAtSeconds: 20 },
    { ...key, accessKeyId: 'AKIAA', status: 'Inactive' as const, createdAtSeconds: 10 },
  ]);
  const use = {
    kind: 'access-key',
    id: 'AKIAB',
    atMilliseconds: 30_500,
    region: 'us-east-1',
    service: 'iam',
  };
  await db.insert(lastUsed).values([
    { accountId: ACCOUNT, ...use },
    { accountId: '444455556666', ...use, service: 'sts' },
  ]);
  await reports.begin(ACCOUNT, 'r-1', 1000, 0);
  await reports.advance(ACCOUNT, 1001, 1);
  expect((await linesOf()).slice(2)).toEqual([
    'User00000,arn:aws:iam::111122223333:user/User00000,1970-01-01T00:01:40+00:00,false,N/A,N/A,N/A,false,false,N/A,N/A,N/A,N/A,false,N/A,N/A,N/A,N/A,false,N/A,false,N/A',
    'User00001,arn:aws:iam::111122223333:user/User00001,1970-01-01T00:01:40+00:00,true,no_information,1970-01-02T00:00:00+00:00,1970-01-03T00:00:00+00:00,true,false,1970-01-01T00:00:10+00:00,N/A,N/A,N/A,true,1970-01-01T00:00:20+00:00,1970-01-01T00:00:30+00:00,us-east-1,iam,false,N/A,false,N/A',
  ]);
});

test.each([
  ['PCI has its own age', 'PCI', null, '1970-04-02T00:00:00+00:00'],
  ['the lower of two ages holds', 'PCI', 30, '1970-02-01T00:00:00+00:00'],
  ['without both no password is due', null, null, 'N/A'],
] as const)('the next rotation of a password: %s', async (_, securityPreset, maxAgeDays, due) => {
  await addUsers(1);
  const { db } = world;
  const times = { createdAtSeconds: 86_400, changedAtSeconds: 86_400 };
  await db
    .insert(loginProfiles)
    .values({ accountId: ACCOUNT, userId: 'AIDA0', passwordHash: 'x', resetRequired: false, ...times });
  await db.update(accounts).set({ securityPreset });
  await db.insert(passwordPolicies).values({
    ...{ accountId: ACCOUNT, minimumLength: 8, requireSymbols: false, requireNumbers: false, maxAgeDays },
    ...{ requireUppercase: false, requireLowercase: false, allowUsersToChange: true, hardExpiry: false },
  });
  await reports.begin(ACCOUNT, 'r-1', 1000, 0);
  await reports.advance(ACCOUNT, 1001, 1);
  expect((await linesOf())[2]?.split(',')[6]).toBe(due);
});

test('a young report is kept, and an old one makes place for the next when that is whole', async () => {
  await reports.begin(ACCOUNT, 'r-1', 1000, 0);
  await reports.advance(ACCOUNT, 1000, 1);
  expect(await reports.begin(ACCOUNT, 'r-2', 1500, 999)).toBe(false);
  expect(await reports.begin(ACCOUNT, 'r-2', 2000, 1000)).toBe(true);
  expect(await reports.stateOf(ACCOUNT)).toEqual({ state: 'in-progress' });
  await reports.advance(ACCOUNT, 2001, 1);
  const parts = await world.db.select({ id: credentialReportParts.reportId }).from(credentialReportParts);
  expect(parts).toEqual([{ id: 'r-2' }]);
});

test('nothing under way is nothing to bring on', async () => {
  await reports.advance(ACCOUNT, 1000, 5);
  expect(await reports.stateOf(ACCOUNT)).toEqual({ state: 'none' });
});
