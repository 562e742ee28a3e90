import { beforeEach, describe, expect, test } from 'vitest';
import { accessKeyBinding } from '../../src/core/credentials/secret-access-key.ts';
import { Fault } from '../../src/core/faults.ts';
import { ESSENTIAL_KEYS, REQUIRED_KEYS } from '../../src/core/keyring/keyring.ts';
import type { Setup, SetupPlan } from '../../src/core/repositories/setup.ts';
import { sealKeyId, unseal } from '../../src/core/sealing.ts';
import { systemRandom } from '../../src/platform/random.ts';
import { createBatchWriter } from '../../src/store/batch.ts';
import { type Database, openDatabase, runBatch } from '../../src/store/database.ts';
import { importKeyEncryption, insertActiveKey, keyringLoad } from '../../src/store/keys.ts';
import { accounts, counters, deployment } from '../../src/store/schema/accounts.ts';
import { accessKeys, users } from '../../src/store/schema/identities.ts';
import { keys } from '../../src/store/schema/keyring.ts';
import { attachments } from '../../src/store/schema/policies.ts';
import { auditEvents, changeLog, oneTimeValues } from '../../src/store/schema/trail.ts';
import { createSetup } from '../../src/store/setup.ts';
import { Snapshot } from '../../src/store/snapshot.ts';
import { auditEvent } from '../helpers/audit-events.ts';
import { type CountedD1, countD1 } from '../helpers/d1-counter.ts';
import { fakeClock, START_SECONDS } from '../helpers/fake-world.ts';
import { quickKeyMaterial } from '../helpers/key-material.ts';
import { migratedD1 } from '../helpers/migrated-d1.ts';

const KEK = { id: 'kek-1', bytes: new Uint8Array(32).fill(7) };
const encryption = () => importKeyEncryption([KEK]);

let d1: CountedD1;
let db: Database;

beforeEach(async () => {
  d1 = countD1(await migratedD1());
  db = openDatabase(d1.db);
});

/** As one cold isolate builds it. */
function isolate(): { readonly setup: Setup; readonly snapshot: Snapshot } {
  const snapshot = new Snapshot({
    db,
    clock: fakeClock(),
    freshnessSeconds: 5,
    maxBytes: 1_000_000,
    defer: () => undefined,
    log: () => undefined,
  });
  const setup = createSetup({
    db,
    writer: createBatchWriter(db, snapshot),
    encryption,
    random: systemRandom,
    generateKeyMaterial: quickKeyMaterial,
    hashPassword: async () => 'hashed',
  });
  return { setup, snapshot };
}

const plan = (account = '111122223333'): SetupPlan => ({
  accountId: account,
  accountAlias: null,
  rootEmail: 'root@example.com',
  rootPassword: 'root password in the clear',
  adminUserId: `AIDA${account}`,
  adminUserName: 'Admin',
  adminAccessKeyId: `AKIA${account}`,
  adminSecret: 'admin secret in the clear',
  event: auditEvent({ accountId: account, eventName: 'SetUp' }),
  nowSeconds: START_SECONDS,
});

const activeKeys = async () => {
  const rows = await db
    .select({ purpose: keys.purpose, algorithm: keys.algorithm, state: keys.state })
    .from(keys);
  return rows.map(({ purpose, algorithm, state }) => `${purpose} ${algorithm} ${state}`).sort();
};
const EXPECTED_KEYS = [
  'jwt ES256 active',
  'jwt ES384 active',
  'jwt RS256 active',
  'session-token HKDF-SHA256 active',
  'storage A256GCM active',
  'trail ES256 active',
];

describe('setUp', () => {
  test('makes the account, its administrator, the keyring and one event', async () => {
    await isolate().setup.setUp(plan());
    expect(await db.select().from(deployment)).toEqual([
      { id: 1, accountId: '111122223333', setUpAtSeconds: START_SECONDS },
    ]);
    expect(await db.select().from(accounts)).toMatchObject([
      { accountId: '111122223333', rootEmail: 'root@example.com', rootPasswordHash: 'hashed', quotas: {} },
    ]);
    expect(await db.select().from(users)).toMatchObject([
      { userId: 'AIDA111122223333', name: 'Admin', nameKey: 'admin' },
    ]);
    expect(await db.select().from(attachments)).toEqual([
      {
        accountId: '111122223333',
        ownerType: 'user',
        ownerId: 'AIDA111122223333',
        policyArn: 'arn:aws:iam::aws:policy/AdministratorAccess',
      },
    ]);
    expect(await db.select().from(counters)).toEqual([
      { accountId: '111122223333', name: 'Users', value: 1 },
    ]);
    expect(await activeKeys()).toEqual(EXPECTED_KEYS);
    expect(await db.$count(auditEvents)).toBe(1);
  });

  test('stores no secret in the clear, anywhere', async () => {
    await isolate().setup.setUp(plan());
    const { results } = await d1.db
      .prepare("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT GLOB '_cf*'")
      .all<{ name: string }>();
    for (const { name } of results) {
      const rows = await d1.db.prepare(`SELECT * FROM "${name}"`).all();
      expect(JSON.stringify(rows.results)).not.toContain('in the clear');
    }
  });

  test("seals the administrator's secret so that the keyring opens it, in its own row alone", async () => {
    const { setup, snapshot } = isolate();
    await setup.setUp(plan());
    const keyring = await snapshot.get(keyringLoad(db, encryption, fakeClock()));
    const [row] = await db.select().from(accessKeys);
    const sealed = row?.sealedSecret ?? '';
    const key = keyring?.storageOpening.get(sealKeyId(sealed) ?? '')?.key.key;
    if (key === undefined) throw new Error('no storage key opens the secret');
    const opened = await unseal(key, accessKeyBinding('111122223333', 'AKIA111122223333'), sealed);
    expect(new TextDecoder().decode(opened ?? undefined)).toBe('admin secret in the clear');
    expect(await unseal(key, accessKeyBinding('111122223333', 'AKIAOTHER'), sealed)).toBeNull();
  });

  test('called 50 times at once succeeds exactly once', async () => {
    const calls = Array.from({ length: 50 }, (_, at) =>
      isolate().setup.setUp(plan(String(100_000_000_000 + at))),
    );
    const settled = await Promise.allSettled(calls);
    const refused = settled.flatMap((each) => (each.status === 'rejected' ? [each.reason] : []));
    expect(refused).toHaveLength(49);
    for (const reason of refused) expect(reason).toMatchObject({ name: 'Fault', code: 'already_set_up' });
    expect(await activeKeys()).toEqual(EXPECTED_KEYS);
    expect(await db.$count(accounts)).toBe(1);
    expect(await db.$count(users)).toBe(1);
    expect(await db.$count(auditEvents)).toBe(1);
    expect(await db.$count(changeLog)).toBe(4);
  });

  test('after it, another one is refused and changes nothing', async () => {
    await isolate().setup.setUp(plan());
    const before = await db.select().from(keys);
    await expect(isolate().setup.setUp(plan('444455556666'))).rejects.toMatchObject({
      code: 'already_set_up',
    });
    expect(await db.select().from(keys)).toEqual(before);
    expect(await db.$count(accounts)).toBe(1);
  });

  test('with D1 out of reach is service_unavailable', async () => {
    d1.unreachable = true;
    await expect(isolate().setup.setUp(plan())).rejects.toMatchObject({ code: 'service_unavailable' });
  });
});

describe('isReady', () => {
  test('is false before setup and true after it', async () => {
    const { setup } = isolate();
    expect(await setup.isReady()).toBe(false);
    await setup.setUp(plan());
    expect(await setup.isReady()).toBe(true);
  });

  test.for(ESSENTIAL_KEYS)('is false without an active key for $purpose', async ({ purpose }) => {
    const { setup } = isolate();
    await setup.setUp(plan());
    await d1.db.prepare("UPDATE keys SET state = 'retired' WHERE purpose = ?").bind(purpose).run();
    expect(await setup.isReady()).toBe(false);
  });

  test('throws while D1 is out of reach', async () => {
    d1.unreachable = true;
    await expect(isolate().setup.isReady()).rejects.toBeInstanceOf(Fault);
  });
});

describe('insertActiveKey', () => {
  test('by 50 isolates at once leaves exactly one active key per purpose and algorithm', async () => {
    const insert = async () => {
      for (const { purpose, algorithm } of REQUIRED_KEYS) {
        const material = await quickKeyMaterial(purpose, algorithm, systemRandom);
        const queries = await insertActiveKey(db, await encryption(), material, systemRandom, START_SECONDS);
        await runBatch(db, queries);
      }
    };
    await Promise.all(Array.from({ length: 50 }, insert));
    expect(await activeKeys()).toEqual(EXPECTED_KEYS);
  });
});

describe('keyringLoad', () => {
  test('is null before setup', async () => {
    expect(await isolate().snapshot.get(keyringLoad(db, encryption, fakeClock()))).toBeNull();
  });

  test('opens every key, with the active ones ready to sign and seal', async () => {
    const { setup, snapshot } = isolate();
    await setup.setUp(plan());
    const keyring = await snapshot.get(keyringLoad(db, encryption, fakeClock()));
    expect([...(keyring?.signing.keys() ?? [])].sort()).toEqual(['ES256', 'ES384', 'RS256']);
    expect(keyring?.tokenSealing?.keyId).toMatch(/^[0-9a-f]{16}$/);
    expect(keyring?.storageSealing?.keyId).toMatch(/^[0-9a-f]{16}$/);
    const published = keyring?.publicKeys.map((jwk) => Object.keys(jwk).sort().join(' ')).sort();
    const ofEc = 'alg crv forgottenAtSeconds kid kty use x y';
    expect(published).toEqual([ofEc, ofEc, 'alg e forgottenAtSeconds kid kty n use']);
  });

  test('fails closed when the key-encryption key is another one', async () => {
    const { setup, snapshot } = isolate();
    await setup.setUp(plan());
    const sameId = () => importKeyEncryption([{ id: 'kek-1', bytes: new Uint8Array(32).fill(8) }]);
    const otherId = () => importKeyEncryption([{ id: 'kek-2', bytes: KEK.bytes }]);
    await expect(snapshot.get(keyringLoad(db, sameId, fakeClock()))).rejects.toMatchObject({
      name: 'KeyringError',
    });
    await expect(snapshot.get(keyringLoad(db, otherId, fakeClock()))).rejects.toMatchObject({
      name: 'KeyringError',
    });
    const bothIds = () => importKeyEncryption([{ id: 'kek-2', bytes: new Uint8Array(32).fill(9) }, KEK]);
    expect((await snapshot.get(keyringLoad(db, bothIds, fakeClock())))?.signing.size).toBe(3);
  });

  test('fails closed when a sealed key was moved to the row of another', async () => {
    const { setup, snapshot } = isolate();
    await setup.setUp(plan());
    await d1.db.exec(
      "UPDATE keys SET sealed = (SELECT sealed FROM keys WHERE purpose = 'storage') WHERE purpose = 'session-token'",
    );
    await expect(snapshot.get(keyringLoad(db, encryption, fakeClock()))).rejects.toMatchObject({
      name: 'KeyringError',
    });
  });

  test('no key-encryption key at all is an error', async () => {
    await expect(importKeyEncryption([])).rejects.toThrow('no key-encryption key is configured');
  });
});

describe('sweep', () => {
  const now = START_SECONDS;

  test('removes one-time values past their expiry and keeps the others', async () => {
    const row = (valueHash: string, expiresAtSeconds: number) => ({
      accountId: '1',
      purpose: 'code',
      valueHash,
      expiresAtSeconds,
    });
    await db.insert(oneTimeValues).values([row('old', now - 1), row('due', now), row('later', now + 1)]);
    await isolate().setup.sweep(now);
    expect((await db.select().from(oneTimeValues)).map(({ valueHash }) => valueHash).sort()).toEqual([
      'due',
      'later',
    ]);
  });

  test('removes change-log rows that every isolate has seen, but never the newest', async () => {
    const row = (entity: string, atSeconds: number) => ({ accountId: '1', entity, atSeconds });
    await db
      .insert(changeLog)
      .values([row('old', now - 3601), row('young', now - 3600), row('newest', now - 9999)]);
    await isolate().setup.sweep(now);
    expect((await db.select().from(changeLog)).map(({ entity }) => entity)).toEqual(['young', 'newest']);
  });

  test('never touches the audit trail', async () => {
    await isolate().setup.setUp(plan());
    await isolate().setup.sweep(now + 10 * 365 * 86_400);
    expect(await db.$count(auditEvents)).toBe(1);
  });
});
