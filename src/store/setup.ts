/** Setup: the first account, its root and administrator, and the keyring, as one batch. */
import { and, lt, sql } from 'drizzle-orm';
import { utf8 } from '../core/bytes.ts';
import { accessKeyBinding } from '../core/credentials/secret-access-key.ts';
import { Fault } from '../core/faults.ts';
import type { KeyMaterial } from '../core/keyring/key-row.ts';
import {
  ESSENTIAL_KEYS,
  type KeyAlgorithm,
  type KeyPurpose,
  REQUIRED_KEYS,
} from '../core/keyring/keyring.ts';
import type { Random } from '../core/ports.ts';
import type { Setup, SetupPlan } from '../core/repositories/setup.ts';
import { importSealKey, SEAL_NONCE_BYTES, seal } from '../core/sealing.ts';
import type { BatchWriter } from './batch.ts';
import { countUp } from './counters.ts';
import { type Database, type Query, runBatch } from './database.ts';
import { accessKeyEntity, KEYRING_ENTITY, SETUP_ENTITY, userEntity } from './entity.ts';
import { activeKeys, insertActiveKey, type KeyEncryption } from './keys.ts';
import { accounts, deployment } from './schema/accounts.ts';
import { accessKeys, users } from './schema/identities.ts';
import { attachments } from './schema/policies.ts';
import { changeLog, oneTimeValues } from './schema/trail.ts';

export interface SetupOptions {
  readonly db: Database;
  readonly writer: BatchWriter;
  readonly encryption: () => Promise<KeyEncryption>;
  readonly random: Random;
  readonly generateKeyMaterial: (
    purpose: KeyPurpose,
    algorithm: KeyAlgorithm,
    random: Random,
  ) => Promise<KeyMaterial>;
  readonly hashPassword: (password: string, random: Random) => Promise<string>;
}

const ADMINISTRATOR_ACCESS = 'arn:aws:iam::aws:policy/AdministratorAccess';
/** Longer than any isolate can rely on what it saw of the change log. */
const CHANGE_LOG_SECONDS = 3600;

export function createSetup(options: SetupOptions): Setup {
  const { db, writer, encryption, random, generateKeyMaterial } = options;

  const makeKey = async (purpose: KeyPurpose, algorithm: KeyAlgorithm, nowSeconds: number) => {
    const material = await generateKeyMaterial(purpose, algorithm, random);
    return { material, insert: await insertActiveKey(db, await encryption(), material, random, nowSeconds) };
  };

  return {
    async setUp(plan) {
      const made = await Promise.all(
        REQUIRED_KEYS.map(({ purpose, algorithm }) => makeKey(purpose, algorithm, plan.nowSeconds)),
      );
      const storage = made.find(({ material }) => material.purpose === 'storage')?.material;
      if (storage === undefined) throw new Error('the required keys have no storage key');
      const rootPasswordHash = await options.hashPassword(plan.rootPassword, random);
      const sealedSecret = await sealAdminSecret(plan, storage, random);
      await writer.commit({
        queries: [
          // First, and without "on conflict": of many setups at once all but one abort here.
          db.insert(deployment).values({ id: 1, accountId: plan.accountId, setUpAtSeconds: plan.nowSeconds }),
          ...made.flatMap(({ insert }) => insert),
          ...accountQueries(db, plan, rootPasswordHash, sealedSecret),
        ],
        entities: [
          SETUP_ENTITY,
          KEYRING_ENTITY,
          userEntity(plan.accountId, plan.adminUserId),
          accessKeyEntity(plan.accountId, plan.adminAccessKeyId),
        ],
        event: plan.event,
        faults: { unique: () => new Fault('already_set_up', 'this deployment is set up already') },
      });
    },
    async isReady() {
      const [rows] = await runBatch(db, [activeKeys(db)]);
      const active = rows as { purpose: string; algorithm: string }[]; // the one query above
      return ESSENTIAL_KEYS.every((key) =>
        active.some((row) => row.purpose === key.purpose && row.algorithm === key.algorithm),
      );
    },
    async sweep(nowSeconds) {
      await runBatch(db, [
        db.delete(oneTimeValues).where(lt(oneTimeValues.expiresAtSeconds, nowSeconds)),
        // The newest row stays: a reader tells by it whether it has missed purged ones.
        db
          .delete(changeLog)
          .where(
            and(
              lt(changeLog.atSeconds, nowSeconds - CHANGE_LOG_SECONDS),
              sql`${changeLog.sequence} < (select max(sequence) from change_log)`,
            ),
          ),
      ]);
    },
  };
}

async function sealAdminSecret(plan: SetupPlan, storage: KeyMaterial, random: Random): Promise<string> {
  const key = { keyId: storage.keyId, key: await importSealKey(storage.bytes) };
  const binding = accessKeyBinding(plan.accountId, plan.adminAccessKeyId);
  return seal(key, binding, utf8(plan.adminSecret), random.bytes(SEAL_NONCE_BYTES));
}

function accountQueries(
  db: Database,
  plan: SetupPlan,
  rootPasswordHash: string,
  sealedSecret: string,
): readonly Query[] {
  const { accountId, adminUserId, adminUserName, adminAccessKeyId, nowSeconds } = plan;
  return [
    db.insert(accounts).values({
      accountId,
      alias: plan.accountAlias,
      rootEmail: plan.rootEmail,
      rootPasswordHash,
      createdAtSeconds: nowSeconds,
      quotas: {},
    }),
    db.insert(users).values({
      accountId,
      userId: adminUserId,
      name: adminUserName,
      nameKey: adminUserName.toLowerCase(),
      path: '/',
      tags: [],
      createdAtSeconds: nowSeconds,
    }),
    ...countUp(db, accountId, 'Users'),
    db.insert(attachments).values({
      accountId,
      ownerType: 'user',
      ownerId: adminUserId,
      policyArn: ADMINISTRATOR_ACCESS,
    }),
    db.insert(accessKeys).values({
      accountId,
      accessKeyId: adminAccessKeyId,
      userId: adminUserId,
      status: 'Active',
      sealedSecret,
      createdAtSeconds: nowSeconds,
    }),
  ];
}
