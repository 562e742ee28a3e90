import { beforeEach, describe, expect, test } from 'vitest';
import type { KeyKind } from '../../src/core/keyring/keyring.ts';
import { REQUIRED_KEYS } from '../../src/core/keyring/keyring.ts';
import type { StoredKey } from '../../src/core/keyring/rotation.ts';
import type { StoredKeys } from '../../src/core/repositories/stored-keys.ts';
import { systemRandom } from '../../src/platform/random.ts';
import { createBatchWriter } from '../../src/store/batch.ts';
import { type Database, openDatabase, runBatch } from '../../src/store/database.ts';
import {
  importKeyEncryption,
  insertActiveKey,
  type KeyEncryption,
  keyringLoad,
} from '../../src/store/keys.ts';
import { keys } from '../../src/store/schema/keyring.ts';
import { auditEvents, changeLog } from '../../src/store/schema/trail.ts';
import { Snapshot } from '../../src/store/snapshot.ts';
import { createStoredKeys } from '../../src/store/stored-keys.ts';
import { auditEvent } from '../helpers/audit-events.ts';
import { fakeClock, START_SECONDS } from '../helpers/fake-world.ts';
import { quickKeyMaterial } from '../helpers/key-material.ts';
import { migratedD1 } from '../helpers/migrated-d1.ts';

const KEK = { id: 'kek-1', bytes: new Uint8Array(32).fill(7) };
const NEW_KEK = { id: 'kek-2', bytes: new Uint8Array(32).fill(8) };
const oneKek = () => importKeyEncryption([KEK]);
const ES256: KeyKind = { purpose: 'jwt', algorithm: 'ES256' };
const NOW = START_SECONDS + 100;

let db: Database;

/** As one isolate has it. */
function isolate(encryption: () => Promise<KeyEncryption> = oneKek) {
  const snapshot = new Snapshot({
    ...{ db, clock: fakeClock(), freshnessSeconds: 5, maxBytes: 1_000_000 },
    ...{ defer: () => undefined, log: () => undefined },
  });
  const storedKeys: StoredKeys = createStoredKeys({
    ...{ db, encryption, random: systemRandom, generateKeyMaterial: quickKeyMaterial },
    writer: createBatchWriter(db, snapshot),
  });
  const keyring = () => snapshot.get(keyringLoad(db, encryption, fakeClock()));
  return { storedKeys, keyring };
}

const event = (elements?: Readonly<Record<string, unknown>>) =>
  auditEvent({ eventName: 'ChangeKey', responseElements: elements ?? null, eventId: crypto.randomUUID() });

beforeEach(async () => {
  db = openDatabase(await migratedD1());
  for (const { purpose, algorithm } of REQUIRED_KEYS) {
    const material = await quickKeyMaterial(purpose, algorithm, systemRandom);
    await runBatch(db, await insertActiveKey(db, await oneKek(), material, systemRandom, START_SECONDS));
  }
});

const find = async (kind: KeyKind, state: StoredKey['state']): Promise<StoredKey> => {
  const all = await isolate().storedKeys.list();
  const found = all.find(
    ({ purpose, algorithm, state: own }) =>
      purpose === kind.purpose && algorithm === kind.algorithm && own === state,
  );
  if (found === undefined) throw new Error(`no ${state} key of ${kind.algorithm}`);
  return found;
};

/** How many of fifty isolates at once succeed; the others lose the race. */
async function winners(attempt: (storedKeys: StoredKeys) => Promise<unknown>): Promise<number> {
  const settled = await Promise.allSettled(Array.from({ length: 50 }, () => attempt(isolate().storedKeys)));
  const lost = settled.flatMap((each) => (each.status === 'rejected' ? [each.reason] : []));
  for (const reason of lost) expect(reason).toMatchObject({ code: 'concurrent_modification' });
  return settled.length - lost.length;
}

describe('a key that is listed', () => {
  test('shows nothing of what is sealed', async () => {
    const listed = await isolate().storedKeys.list();
    expect(listed).toHaveLength(REQUIRED_KEYS.length);
    for (const key of listed) {
      expect(Object.keys(key).sort()).toEqual(
        [
          ...['keyId', 'purpose', 'algorithm', 'state', 'kekId', 'createdAtSeconds'],
          ...['activatedAtSeconds', 'retiredAtSeconds', 'forgottenAtSeconds'],
        ].sort(),
      );
    }
  });
});

describe('of fifty isolates at once', () => {
  test('one makes the next key', async () => {
    expect(await winners((own) => own.create(ES256, NOW, event))).toBe(1);
    expect(await find(ES256, 'pending')).toMatchObject({ createdAtSeconds: NOW, activatedAtSeconds: null });
    expect(await db.$count(auditEvents)).toBe(1);
  });

  test('one puts it in the place of the active one', async () => {
    await isolate().storedKeys.create(ES256, NOW, event);
    const step = {
      step: 'activate',
      key: await find(ES256, 'pending'),
      replaces: await find(ES256, 'active'),
      forgottenAtSeconds: NOW + 1000,
    } as const;
    expect(await winners((own) => own.activate(step, NOW, event))).toBe(1);
    expect(await find(ES256, 'active')).toMatchObject({ keyId: step.key.keyId, activatedAtSeconds: NOW });
    expect(await find(ES256, 'retired')).toMatchObject({
      keyId: step.replaces.keyId,
      retiredAtSeconds: NOW,
      forgottenAtSeconds: NOW + 1000,
    });
    expect(await db.$count(auditEvents)).toBe(2);
  });

  test('one retires a key in an emergency, and one key takes its place', async () => {
    const active = await find(ES256, 'active');
    expect(await winners((own) => own.retireAtOnce(active, NOW, event))).toBe(1);
    expect(await find(ES256, 'retired')).toMatchObject({ keyId: active.keyId, forgottenAtSeconds: NOW });
    expect((await find(ES256, 'active')).keyId).not.toBe(active.keyId);
    expect(await db.$count(keys)).toBe(REQUIRED_KEYS.length + 1);
  });
});

test('a change is seen by its isolate at once and by others through the change log', async () => {
  const { storedKeys, keyring } = isolate();
  const before = await keyring();
  const active = await find(ES256, 'active');
  const next = await storedKeys.retireAtOnce(active, START_SECONDS, event);
  const after = await keyring();
  expect(before?.signing.get('ES256')?.kid).toBe(active.keyId);
  expect(after?.signing.get('ES256')?.kid).toBe(next);
  expect(after?.verification.has(active.keyId)).toBe(false);
  expect(await db.select({ entity: changeLog.entity }).from(changeLog)).toEqual([{ entity: 'keyring:all' }]);
});

test('a pending or retired key that is retired at once needs no successor', async () => {
  const { storedKeys } = isolate();
  await storedKeys.create(ES256, NOW, event);
  const pending = await find(ES256, 'pending');
  expect(await storedKeys.retireAtOnce(pending, NOW, event)).toBeNull();
  const retired = await find(ES256, 'retired');
  expect(retired).toMatchObject({ keyId: pending.keyId, retiredAtSeconds: NOW, forgottenAtSeconds: NOW });
  expect(await storedKeys.retireAtOnce(retired, NOW + 5, event)).toBeNull();
});

test('a waiting key that was retired meanwhile is not put into use: nobody would believe it', async () => {
  const { storedKeys } = isolate();
  await storedKeys.create(ES256, NOW, event);
  const pending = await find(ES256, 'pending');
  const active = await find(ES256, 'active');
  await storedKeys.retireAtOnce(pending, NOW, event);
  const step = { step: 'activate', key: pending, replaces: active, forgottenAtSeconds: NOW + 1000 } as const;
  await expect(storedKeys.activate(step, NOW, event)).rejects.toMatchObject({
    code: 'concurrent_modification',
  });
  expect(await find(ES256, 'active')).toMatchObject({ keyId: active.keyId, forgottenAtSeconds: null });
});

test('a trail key that is retired at once signs no more and is never forgotten: without it nobody could check the trail', async () => {
  const { storedKeys, keyring } = isolate();
  const trail = { purpose: 'trail', algorithm: 'ES256' } as const;
  const active = await find(trail, 'active');
  const next = await storedKeys.retireAtOnce(active, NOW, event);
  expect(await find(trail, 'retired')).toMatchObject({ keyId: active.keyId, forgottenAtSeconds: null });
  const held = await keyring();
  expect(held?.trailSigning?.kid).toBe(next);
  expect(held?.trailVerification.has(active.keyId)).toBe(true);
});

describe('removal', () => {
  test('takes a forgotten key with its secret, and none before', async () => {
    const { storedKeys } = isolate();
    const active = await find(ES256, 'active');
    await storedKeys.retireAtOnce(active, NOW, event);
    const refused = { code: 'concurrent_modification' };
    await expect(storedKeys.remove(active, NOW - 1, event)).rejects.toMatchObject(refused);
    const fresh = await find(ES256, 'active');
    await expect(storedKeys.remove(fresh, NOW, event)).rejects.toMatchObject(refused);
    await storedKeys.remove(active, NOW, event);
    expect((await storedKeys.list()).some(({ keyId }) => keyId === active.keyId)).toBe(false);
  });
});

describe('another key-encryption key', () => {
  test('takes over every key, after which the old one may go', async () => {
    const both = isolate(() => importKeyEncryption([NEW_KEK, KEK])).storedKeys;
    expect(await both.currentKekId()).toBe('kek-2');
    for (const key of await both.list()) await both.rewrap(key, event);
    const alone = isolate(() => importKeyEncryption([NEW_KEK]));
    expect((await alone.storedKeys.list()).map(({ kekId }) => kekId)).toEqual(
      REQUIRED_KEYS.map(() => 'kek-2'),
    );
    const keyring = await alone.keyring();
    expect([keyring?.signing.size, keyring?.verification.size]).toEqual([3, 3]);
    expect(keyring?.tokenSealing).not.toBeNull();
  });

  test('that does not open a key changes nothing', async () => {
    const stranger = isolate(() => importKeyEncryption([NEW_KEK])).storedKeys;
    const before = await db.select().from(keys);
    const [first] = await stranger.list();
    if (first === undefined) throw new Error('no key');
    await expect(stranger.rewrap(first, event)).rejects.toMatchObject({ name: 'KeyringError' });
    expect(await db.select().from(keys)).toEqual(before);
  });

  test('wraps a key once, whoever else does', async () => {
    const active = await find(ES256, 'active');
    const both = () => isolate(() => importKeyEncryption([NEW_KEK, KEK])).storedKeys;
    await both().rewrap(active, event);
    await expect(both().rewrap(active, event)).rejects.toMatchObject({ code: 'concurrent_modification' });
  });
});
