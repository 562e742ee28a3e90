import { beforeEach, expect, test } from 'vitest';
import { DETAIL_SECTIONS } from '../../src/core/repositories/account-details.ts';
import { createAccessDetails } from '../../src/store/access-details.ts';
import { createAccountDetails } from '../../src/store/account-details.ts';
import { createAttachments } from '../../src/store/attachments.ts';
import { createGroups } from '../../src/store/groups.ts';
import { createInstanceProfiles } from '../../src/store/instance-profiles.ts';
import { createPolicies } from '../../src/store/policies.ts';
import { createRefreshFamilies } from '../../src/store/refresh-families.ts';
import { createRevocations } from '../../src/store/revocations.ts';
import { createRoles } from '../../src/store/roles.ts';
import { createLastUses, createSessions } from '../../src/store/sessions.ts';
import { createUsers } from '../../src/store/users.ts';
import { fakeRandom } from '../helpers/fake-world.ts';
import { ACCOUNT, event, type IamWorld, iamWorld } from './iam-world.ts';

let world: IamWorld;

beforeEach(async () => {
  world = await iamWorld();
});

const OWNER = { type: 'user', name: 'u' } as const;
const page = { after: null, limit: 10 };

/** How the database would find the rows of everything that the work asked for. */
async function plansOf(work: () => Promise<unknown>): Promise<readonly string[]> {
  world.d1.calls.length = 0;
  await work();
  const statements = world.d1.calls.flatMap(({ sql }) => sql);
  expect(statements.length).toBeGreaterThan(0);
  const plans: string[] = [];
  for (const statement of statements) {
    const values = Array.from(statement.matchAll(/\?/g), () => 'x');
    const { results } = await world.d1.db
      .prepare(`EXPLAIN QUERY PLAN ${statement}`)
      .bind(...values)
      .all<{ detail: string }>();
    plans.push(...results.map(({ detail }) => detail));
  }
  return plans;
}

/** Steps whose cost grows with the account: a table read from end to end, or all rows of the account. */
const walks = (plans: readonly string[]) =>
  plans.filter(
    (step) =>
      /^SCAN (?!json_each|wanted|\(subquery|CONSTANT)/.test(step) ||
      /^SEARCH (?!accounts ).*\(account_id=\?\)$/.test(step),
  );

test('nothing that concerns one entity walks through the account', async () => {
  const { db, writer } = world;
  const users = createUsers(db, writer, fakeRandom(1));
  const groups = createGroups(db, writer, fakeRandom(2));
  const roles = createRoles(db, writer, fakeRandom(3));
  const policies = createPolicies(db, writer, fakeRandom(4));
  const attachments = createAttachments(db, writer);
  const revocations = createRevocations(db, writer);
  const families = createRefreshFamilies(db, writer);
  const sessions = createSessions(db);
  const lastUses = createLastUses(db);
  const access = createAccessDetails(db);
  const profiles = createInstanceProfiles(db, writer, fakeRandom(5));
  const details = createAccountDetails(db, { users, groups, roles, policies });
  await users.create(ACCOUNT, { name: 'u', path: '/', tags: [], boundaryArn: null }, event);
  const { groupId } = await groups.create(ACCOUNT, { name: 'g', path: '/' }, event);
  const made = { name: 'p', path: '/', description: '', document: '{}', tags: [] };
  const { arn } = await policies.create(ACCOUNT, made, event);
  const everybody = { type: null, usage: null, pathPrefix: '/' };
  const document = {
    Version: '2012-10-17' as const,
    Statement: [
      {
        Effect: 'Allow' as const,
        Principal: { AWS: `arn:aws:iam::${ACCOUNT}:user/u` },
        Action: 'sts:AssumeRole',
      },
    ],
  };
  const trust = { text: JSON.stringify(document), document };
  const role = { name: 'r', path: '/', description: '', trust, maxSessionSeconds: 3600, tags: [] };
  const works: readonly (() => Promise<unknown>)[] = [
    () => roles.create(ACCOUNT, { ...role, boundaryArn: arn }, event),
    () => roles.require(ACCOUNT, 'r'),
    () => profiles.create(ACCOUNT, { name: 'i', path: '/', tags: [] }, event),
    () => profiles.addRole(ACCOUNT, 'i', 'r', event),
    () => profiles.require(ACCOUNT, 'i'),
    () => profiles.listForRole(ACCOUNT, 'r', { after: 'a', limit: 10 }),
    () => profiles.removeRole(ACCOUNT, 'i', 'r', event),
    () => profiles.remove(ACCOUNT, 'i', event),
    () => groups.addUser(ACCOUNT, 'g', 'u', event),
    () => groups.members(ACCOUNT, groupId, page),
    () => groups.members(ACCOUNT, groupId, { after: 'a', limit: 10 }),
    () => groups.ofUser(ACCOUNT, 'u', page),
    () => attachments.attach(ACCOUNT, OWNER, arn, event),
    () => attachments.list(ACCOUNT, OWNER, '/', page),
    () => attachments.holders(ACCOUNT, arn, everybody, page),
    () => attachments.holders(ACCOUNT, arn, everybody, { after: 'user:a', limit: 10 }),
    () => details.policiesOf(ACCOUNT, OWNER),
    () => policies.tagsOf(ACCOUNT, arn),
    () => policies.require(ACCOUNT, arn),
    () => attachments.detach(ACCOUNT, OWNER, arn, event),
    () => groups.removeUser(ACCOUNT, 'g', 'u', event),
    () => groups.remove(ACCOUNT, 'g', event),
    () => users.remove(ACCOUNT, 'u', event),
    () => roles.remove(ACCOUNT, 'r', event),
    () => policies.remove(ACCOUNT, arn, event),
    () => revocations.revoke(ACCOUNT, { marks: [], issuedUntilSeconds: 1, expiresAtSeconds: 1 }, event()),
    () => revocations.sweep(1),
    () => families.find(ACCOUNT, 'hash'),
    () => families.list(ACCOUNT, { type: 'user', id: 'AIDA1' }, 1),
    () => families.revocationsOf(ACCOUNT, ['role:AROA1', 'user:AIDA1']),
    () => families.page(ACCOUNT, 'dpc', null, 1, page),
    () => families.page(ACCOUNT, 'dpc', { type: 'user', id: 'AIDA1' }, 1, { after: 'rtf_a', limit: 10 }),
    () => families.findById(ACCOUNT, 'dpc', 'rtf_a'),
    () => families.sweep(1),
    () => sessions.find(ACCOUNT, 'ses_a'),
    () => sessions.list(ACCOUNT, { principalId: 'AROA1' }, page),
    () => sessions.list(ACCOUNT, { provider: 'p', subject: 's' }, { after: '1:ses_a', limit: 10 }),
    () => sessions.list(ACCOUNT, { sourceIdentity: 'anna', liveAtSeconds: 1 }, page),
    () => lastUses.of(ACCOUNT, 'role', ['AROA1', 'AROA2']),
    () => access.usesOf(ACCOUNT, `arn:aws:iam::${ACCOUNT}:user/u`, null),
    () => access.usesOf(ACCOUNT, `arn:aws:iam::${ACCOUNT}:group/g`, 'iam'),
    () => access.usesOf(ACCOUNT, arn, 'iam'),
  ];
  for (const work of works) expect(walks(await plansOf(work)), String(work)).toEqual([]);
});

test('a page of a list is read in the order of its index, without sorting', async () => {
  const { db, writer } = world;
  const works: readonly (() => Promise<unknown>)[] = [
    () => createUsers(db, writer, fakeRandom()).list(ACCOUNT, '/', page),
    () => createRoles(db, writer, fakeRandom()).list(ACCOUNT, '/', { after: 'a', limit: 10 }),
    () => createGroups(db, writer, fakeRandom()).list(ACCOUNT, '/', page),
    () => createInstanceProfiles(db, writer, fakeRandom()).list(ACCOUNT, '/', page),
    () =>
      createPolicies(db, writer, fakeRandom()).list(
        ACCOUNT,
        { scope: 'Local', onlyAttached: true, pathPrefix: '/', usage: null },
        page,
      ),
  ];
  for (const work of works) {
    const plans = await plansOf(work);
    expect(
      plans.filter((step) => /TEMP B-TREE|^SCAN/.test(step)),
      String(work),
    ).toEqual([]);
    expect(plans[0]).toMatch(/^SEARCH (users|roles|groups|policies|instance_profiles) USING INDEX \w+_name /);
  }
});

test('nor is one under a path: its index has path and name', async () => {
  const { db, writer } = world;
  const works: readonly (() => Promise<unknown>)[] = [
    () => createUsers(db, writer, fakeRandom()).list(ACCOUNT, '/p/', page),
    () => createRoles(db, writer, fakeRandom()).list(ACCOUNT, '/p/', { after: '/p/a', limit: 10 }),
    () => createGroups(db, writer, fakeRandom()).list(ACCOUNT, '/p/', page),
    () => createInstanceProfiles(db, writer, fakeRandom()).list(ACCOUNT, '/p/', page),
  ];
  for (const work of works) {
    const plans = await plansOf(work);
    expect(
      plans.filter((step) => /TEMP B-TREE|^SCAN/.test(step)),
      String(work),
    ).toEqual([]);
    expect(plans[0]).toMatch(/^SEARCH \w+ USING INDEX \w+_path \(account_id=\? AND .*path/);
  }
});

test('a page of the authorization details reads, beside that page, only what belongs to it', async () => {
  const { db, writer } = world;
  const sources = {
    users: createUsers(db, writer, fakeRandom(1)),
    groups: createGroups(db, writer, fakeRandom(2)),
    roles: createRoles(db, writer, fakeRandom(3)),
    policies: createPolicies(db, writer, fakeRandom(4)),
  };
  await sources.users.create(ACCOUNT, { name: 'u', path: '/', tags: [], boundaryArn: null }, event);
  await sources.groups.create(ACCOUNT, { name: 'g', path: '/' }, event);
  const made = { name: 'p', path: '/', description: '', document: '{}', tags: [] };
  await sources.policies.create(ACCOUNT, made, event);
  const details = createAccountDetails(db, sources);
  for (const section of DETAIL_SECTIONS) {
    const plans = await plansOf(() => details.list(ACCOUNT, new Set([section]), page));
    const isPage = (step: string) => /^SEARCH \w+ USING INDEX \w+_name \(account_id=\?\)$/.test(step);
    expect(
      walks(plans).filter((step) => !isPage(step)),
      section,
    ).toEqual([]);
  }
});
