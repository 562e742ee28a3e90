import { beforeEach, describe, expect, test } from 'vitest';
import type { IdentityLinks } from '../../src/core/repositories/identity-links.ts';
import { createIdentityLinks } from '../../src/store/identity-links.ts';
import { createOidcProviders } from '../../src/store/oidc-providers.ts';
import { users } from '../../src/store/schema/identities.ts';
import { identityLinks } from '../../src/store/schema/identity-links.ts';
import { oidcProviders } from '../../src/store/schema/providers.ts';
import { createUsers } from '../../src/store/users.ts';
import { fakeRandom } from '../helpers/fake-world.ts';
import { ACCOUNT, event, type IamWorld, iamWorld, outcomes } from './iam-world.ts';

const GOOGLE = { providerId: 'op1', subject: '1098' };
const linkOf = (userId: string, identity = GOOGLE) => ({ ...identity, userId, label: 'Anna' });
const ANNA = 'AIDAANNA';
const BOB = 'AIDABOB';
const OTHER = '999988887777';

let world: IamWorld;
let links: IdentityLinks;
beforeEach(async () => {
  world = await iamWorld();
  links = createIdentityLinks(world.db, world.writer);
  for (const userId of [ANNA, BOB]) {
    const name = userId.toLowerCase();
    const row = { accountId: ACCOUNT, userId, name, nameKey: name, path: '/', tags: [], createdAtSeconds: 1 };
    await world.db.insert(users).values(row);
  }
  for (const accountId of [ACCOUNT, OTHER]) await world.db.insert(oidcProviders).values(provider(accountId));
});

const make = event;
const provider = (accountId: string) => ({
  accountId,
  providerId: GOOGLE.providerId,
  issuer: 'https://accounts.google.com',
  url: 'accounts.google.com',
  clientIds: [],
  thumbprints: [],
  tags: [],
  createdAtSeconds: 1,
});
const ROW = { accountId: ACCOUNT, ...linkOf(ANNA), linkedAtSeconds: 1 };

describe('an outside identity', () => {
  test('belongs to one user, and is found by provider and subject alone', async () => {
    await links.link(ACCOUNT, linkOf(ANNA), make);
    expect(await links.find(ACCOUNT, GOOGLE)).toMatchObject({ ...GOOGLE, userId: ANNA });
    for (const near of [
      { ...GOOGLE, subject: '1098 ' },
      { ...GOOGLE, providerId: 'op2' },
      { ...GOOGLE, subject: '109' },
    ]) {
      expect(await links.find(ACCOUNT, near)).toBeNull();
    }
    expect(await links.find(OTHER, GOOGLE)).toBeNull();
    expect(await links.listOf(ACCOUNT, ANNA)).toHaveLength(1);
    expect(await links.listOf(ACCOUNT, BOB)).toEqual([]);
  });

  test('goes to one of many who ask at once', async () => {
    const racers = Array.from({ length: 50 }, (_, i) =>
      links.link(ACCOUNT, linkOf(i % 2 ? ANNA : BOB), make),
    );
    const { succeeded, codes } = await outcomes(racers);
    expect([succeeded, new Set(codes)]).toEqual([1, new Set(['entity_already_exists'])]);
  });

  test('is taken away by its own user alone', async () => {
    await links.link(ACCOUNT, linkOf(ANNA), make);
    await expect(links.unlink(ACCOUNT, GOOGLE, BOB, make)).rejects.toMatchObject({ code: 'no_such_entity' });
    await links.unlink(ACCOUNT, GOOGLE, ANNA, make);
    expect(await links.find(ACCOUNT, GOOGLE)).toBeNull();
    await expect(links.unlink(ACCOUNT, GOOGLE, ANNA, make)).rejects.toMatchObject({ code: 'no_such_entity' });
  });

  test('is not linked to a user who is not there, and an eleventh not at all', async () => {
    await expect(links.link(ACCOUNT, linkOf('AIDAGONE'), make)).rejects.toMatchObject({
      code: 'no_such_entity',
    });
    const many = Array.from({ length: 30 }, (_, i) =>
      links.link(ACCOUNT, linkOf(ANNA, { ...GOOGLE, subject: `s${i}` }), make),
    );
    expect(await outcomes(many)).toMatchObject({ succeeded: 10 });
    expect(await links.listOf(ACCOUNT, ANNA)).toHaveLength(10);
  });

  test('is not linked through a provider that is not there, be it the same of another account', async () => {
    for (const providerId of ['op2', '']) {
      await expect(links.link(ACCOUNT, linkOf(ANNA, { ...GOOGLE, providerId }), make)).rejects.toMatchObject({
        code: 'no_such_entity',
      });
    }
  });

  test('goes with its user and with its provider, in the same batch', async () => {
    const bystander = { ...ROW, accountId: OTHER };
    await world.db.insert(identityLinks).values([ROW, { ...ROW, subject: '2', userId: BOB }, bystander]);
    await createUsers(world.db, world.writer, fakeRandom()).remove(ACCOUNT, ANNA.toLowerCase(), make);
    expect(await world.db.select().from(identityLinks)).toEqual([
      { ...ROW, subject: '2', userId: BOB },
      bystander,
    ]);
    const arn = `arn:aws:iam::${ACCOUNT}:oidc-provider/accounts.google.com`;
    await createOidcProviders(world.db, world.writer, fakeRandom()).remove(ACCOUNT, arn, make);
    expect(await world.db.select().from(identityLinks)).toEqual([bystander]);
  });
});
