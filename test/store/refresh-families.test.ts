import { beforeEach, describe, expect, test } from 'vitest';
import type { RefreshFamily } from '../../src/core/oauth/refresh-family.ts';
import { MAX_REFRESH_SECONDS } from '../../src/core/oauth/refresh-token.ts';
import {
  FAMILIES_PER_PERSON_AND_CLIENT,
  type RefreshFamilies,
} from '../../src/core/repositories/refresh-families.ts';
import { roleMark, sessionMark, userMark } from '../../src/core/revocation/marks.ts';
import { createRefreshFamilies } from '../../src/store/refresh-families.ts';
import { createRevocations } from '../../src/store/revocations.ts';
import { refreshFamilies } from '../../src/store/schema/refresh-families.ts';
import { roleSession } from '../helpers/sessions.ts';
import { ACCOUNT, event, type IamWorld, iamWorld, outcomes } from './iam-world.ts';

const OTHER = '999988887777';
const NOW = 1000;

const family = (over: Partial<RefreshFamily> = {}): RefreshFamily => ({
  accountId: ACCOUNT,
  familyId: 'rtf_1',
  handleHash: 'handle-1',
  clientId: 'dpc-1',
  owner: { type: 'user', id: 'AIDAANNA' },
  grant: {
    session: roleSession(),
    arn: 'arn:aws:sts::111122223333:assumed-role/Reader/anna',
    subject: 'AIDAANNA',
    audience: 'https://api.example.com',
    scope: ['openid', 'offline_access'],
    amr: ['pwd'],
    acr: 'urn:daypass:acr:single',
    authAtSeconds: NOW,
  },
  roleArn: 'arn:aws:iam::111122223333:role/Reader',
  signIn: {
    sessionId: 'sis_1',
    identity: { type: 'user', accountId: ACCOUNT, userId: 'AIDAANNA', userName: 'anna' },
    amr: ['pwd'],
    authAtSeconds: NOW,
    mfaAtSeconds: null,
    createdAtSeconds: NOW,
  },
  keyThumbprint: null,
  tokenHash: 'token-1',
  previousHash: null,
  sealedSuccessor: null,
  lastSessionId: 'ses_1',
  createdAtSeconds: NOW,
  rotatedAtSeconds: NOW,
  expiresAtSeconds: 9000,
  endsAtSeconds: 5000,
  ...over,
});

let world: IamWorld;
let families: RefreshFamilies;
beforeEach(async () => {
  world = await iamWorld();
  families = createRefreshFamilies(world.db, world.writer);
  await families.begin(family(), event());
});

const rotation = (successorHash: string, tokenHash = 'token-1') => ({
  ...{ tokenHash, successorHash, sealedSuccessor: 'sealed' },
  ...{ endsAtSeconds: 6000, sessionId: `ses_${successorHash}` },
});
const revocation = (sessionId = 'ses_1') => ({
  marks: [sessionMark(sessionId)],
  issuedUntilSeconds: Number.MAX_SAFE_INTEGER,
  expiresAtSeconds: 7000,
});

describe('a family', () => {
  test('is found by its account and the hash of its handle alone', async () => {
    expect(await families.find(ACCOUNT, 'handle-1')).toEqual(family());
    expect(await families.find(OTHER, 'handle-1')).toBeNull();
    expect(await families.find(ACCOUNT, 'token-1')).toBeNull();
  });

  test('is rotated once by 50 at once', async () => {
    const racers = Array.from({ length: 50 }, (_, index) =>
      families.rotate(family(), rotation(`next-${index}`), NOW + 1),
    );
    const won = (await Promise.all(racers)).flatMap((each, index) => (each ? [index] : []));
    expect(won).toHaveLength(1);
    expect(await families.find(ACCOUNT, 'handle-1')).toMatchObject({
      tokenHash: `next-${won[0]}`,
      previousHash: 'token-1',
      lastSessionId: `ses_next-${won[0]}`,
      rotatedAtSeconds: NOW + 1,
      endsAtSeconds: 6000,
    });
  });

  test('is rotated by its newest token alone, of its client, in its account, in time', async () => {
    for (const [who, hash, nowSeconds] of [
      [family(), 'token-2', NOW],
      [family({ clientId: 'dpc-2' }), 'token-1', NOW],
      [family({ accountId: OTHER }), 'token-1', NOW],
      [family({ handleHash: 'handle-2' }), 'token-1', NOW],
      [family(), 'token-1', 5000],
    ] as const)
      expect(await families.rotate(who, rotation('next', hash), nowSeconds)).toBe(false);
    expect(await families.rotate(family(), rotation('next'), 4999)).toBe(true);
  });

  test('is ended once by 20 at once, and its revocation with it', async () => {
    const racers = Array.from({ length: 20 }, () => families.end(family(), revocation(), event()));
    expect(await outcomes(racers)).toEqual({ succeeded: 1, codes: ['no_such_entity'] });
    expect(await families.find(ACCOUNT, 'handle-1')).toBeNull();
    const found = await families.revocationsOf(ACCOUNT, [sessionMark('ses_1')]);
    expect(found.map(({ marks }) => marks)).toEqual([[sessionMark('ses_1')]]);
    expect(new Set(world.noted)).toEqual(new Set([`${ACCOUNT}/revocations:all`]));
  });

  test('is not ended, and nothing revoked, from another account', async () => {
    const ending = families.end({ accountId: OTHER, familyId: 'rtf_1' }, revocation(), event());
    await expect(ending).rejects.toMatchObject({ code: 'no_such_entity' });
    expect(await families.find(ACCOUNT, 'handle-1')).not.toBeNull();
    expect(await families.revocationsOf(ACCOUNT, [sessionMark('ses_1')])).toEqual([]);
  });

  test('is listed for its person while it lives', async () => {
    await families.begin(family({ familyId: 'rtf_2', handleHash: 'h2', rotatedAtSeconds: 2000 }), event());
    await families.begin(
      family({ familyId: 'rtf_3', handleHash: 'h3', owner: { type: 'user', id: 'AIDABOB' } }),
      event(),
    );
    const list = async (nowSeconds: number) =>
      (await families.list(ACCOUNT, family().owner, nowSeconds)).map(({ familyId }) => familyId);
    expect(await list(NOW)).toEqual(['rtf_2', 'rtf_1']);
    expect(await list(5000)).toEqual([]);
    await families.sweep(5001);
    expect(await world.db.select().from(refreshFamilies)).toEqual([]);
  });

  test('makes room: of one person and client the oldest goes', async () => {
    for (let index = 1; index <= FAMILIES_PER_PERSON_AND_CLIENT; index += 1) {
      const [familyId, handleHash] = [`rtf_more-${index}`, `more-${index}`];
      await families.begin(family({ familyId, handleHash, createdAtSeconds: NOW + index }), event());
    }
    const rows = await world.db.select().from(refreshFamilies);
    expect(rows).toHaveLength(FAMILIES_PER_PERSON_AND_CLIENT);
    expect(await families.find(ACCOUNT, 'handle-1')).toBeNull();
  });
});

describe('what has been revoked', () => {
  test('is remembered for as long as a family may live, by any mark that it begins with', async () => {
    const revocations = createRevocations(world.db, world.writer);
    const both = [userMark('AIDAANNA'), roleMark('AROA1')];
    const reach = { issuedUntilSeconds: 50, expiresAtSeconds: 7000 };
    await revocations.revoke(ACCOUNT, { marks: both, ...reach }, event());
    await revocations.revoke(ACCOUNT, { marks: [], ...reach }, event());
    await revocations.revoke(ACCOUNT, { marks: [userMark('AIDABOB')], ...reach }, event());
    await revocations.sweep(8000);
    await families.sweep(8000);
    const marksOf = async (account: string) =>
      (await families.revocationsOf(account, [userMark('AIDAANNA')])).map(({ marks }) => marks);
    expect(await marksOf(ACCOUNT)).toEqual([[], both]);
    expect(await marksOf(OTHER)).toEqual([]);
    await families.sweep(7000 + MAX_REFRESH_SECONDS + 1);
    expect(await marksOf(ACCOUNT)).toEqual([]);
  });

  test('reaches as far as the furthest of equal ones', async () => {
    const revocations = createRevocations(world.db, world.writer);
    for (const issuedUntilSeconds of [50, 90, 70])
      await revocations.revoke(
        ACCOUNT,
        { marks: [roleMark('AROA1')], issuedUntilSeconds, expiresAtSeconds: 7000 },
        event(),
      );
    const found = await families.revocationsOf(ACCOUNT, [roleMark('AROA1')]);
    expect(found.map((each) => each.issuedUntilSeconds)).toEqual([90]);
  });
});
