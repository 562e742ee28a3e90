import { beforeEach, expect, test } from 'vitest';
import type { OidcProviders } from '../../src/core/repositories/oidc-providers.ts';
import { oidcProviderEntity } from '../../src/store/entity.ts';
import { createOidcProviders } from '../../src/store/oidc-providers.ts';
import { oidcProviders } from '../../src/store/schema/providers.ts';
import { fakeRandom } from '../helpers/fake-world.ts';
import { ACCOUNT, event, eventCount, type IamWorld, iamWorld, outcomes, overtaken } from './iam-world.ts';

let world: IamWorld;
let providers: OidcProviders;

beforeEach(async () => {
  world = await iamWorld({ Providers: 4 });
  providers = createOidcProviders(world.db, world.writer, fakeRandom());
});

const make = (issuer: string) =>
  providers.create(ACCOUNT, { issuer, clientIds: ['a'], thumbprints: [], tags: [] }, event);

test('the issuer is kept exactly as given, and named without its scheme', async () => {
  const made = await make('https://idp.example.com/realm/');
  expect(made).toMatchObject({
    issuer: 'https://idp.example.com/realm/',
    url: 'idp.example.com/realm/',
    arn: `arn:aws:iam::${ACCOUNT}:oidc-provider/idp.example.com/realm/`,
  });
  expect(await providers.require(ACCOUNT, made.arn)).toEqual(made);
  expect(world.noted).toEqual([oidcProviderEntity(ACCOUNT, 'idp.example.com/realm/')]);
});

test('of 20 with one URL made at once one is there', async () => {
  const racers = Array.from({ length: 20 }, () => make('https://same.example.com'));
  expect(await outcomes(racers)).toEqual({ succeeded: 1, codes: ['entity_already_exists'] });
  expect(await eventCount(world)).toBe(1);
});

test('of 20 made at once as many are there as the quota allows, and one that goes makes room', async () => {
  const racers = Array.from({ length: 20 }, (_, index) => make(`https://idp-${index}.example.com`));
  expect(await outcomes(racers)).toEqual({ succeeded: 4, codes: ['limit_exceeded'] });
  const [first] = await providers.list(ACCOUNT);
  const removals = Array.from({ length: 20 }, () => providers.remove(ACCOUNT, first?.arn ?? '', event));
  expect(await outcomes(removals)).toEqual({ succeeded: 1, codes: ['no_such_entity'] });
  await make('https://more.example.com');
  expect(await world.db.$count(oidcProviders)).toBe(4);
});

test('a change does not undo one made meanwhile', async () => {
  const { arn } = await make('https://idp.example.com');
  const add = (id: string, via: OidcProviders) =>
    via.update(ACCOUNT, arn, ({ clientIds }) => ({ clientIds: [...clientIds, id] }), event);
  const late = createOidcProviders(
    world.db,
    overtaken(world, () => add('b', providers)),
    fakeRandom(2),
  );
  await expect(add('c', late)).rejects.toMatchObject({ code: 'concurrent_modification' });
  expect((await providers.require(ACCOUNT, arn)).clientIds).toEqual(['a', 'b']);
});

test('one of another account is not there', async () => {
  const { arn } = await make('https://idp.example.com');
  const calls = [
    providers.require('999988887777', arn),
    providers.remove('999988887777', arn, event),
    providers.untag('999988887777', arn, ['a'], event),
  ];
  expect(await outcomes(calls)).toEqual({ succeeded: 0, codes: ['no_such_entity'] });
  expect(await providers.list('999988887777')).toEqual([]);
});
