/** Changes of the keyring: each one guarded batch, so that of many at once one wins and the others change nothing. */
import { and, eq, lte } from 'drizzle-orm';
import { Fault } from '../core/faults.ts';
import { type KeyMaterial, type KeyRow, rewrapKey } from '../core/keyring/key-row.ts';
import type { KeyAlgorithm, KeyKind, KeyPurpose } from '../core/keyring/keyring.ts';
import { forgottenAtOnce, type StoredKey } from '../core/keyring/rotation.ts';
import type { Random } from '../core/ports.ts';
import type { MakeEvent } from '../core/repositories/change.ts';
import type { StoredKeys } from '../core/repositories/stored-keys.ts';
import { SEAL_NONCE_BYTES } from '../core/sealing.ts';
import { type BatchWriter, guarded } from './batch.ts';
import type { Database, Query } from './database.ts';
import { KEYRING_ENTITY } from './entity.ts';
import { freshKeyRow, type KeyEncryption } from './keys.ts';
import { readRows } from './read.ts';
import { keys } from './schema/keyring.ts';

export interface StoredKeysOptions {
  readonly db: Database;
  readonly writer: BatchWriter;
  readonly encryption: () => Promise<KeyEncryption>;
  readonly random: Random;
  readonly generateKeyMaterial: (
    purpose: KeyPurpose,
    algorithm: KeyAlgorithm,
    random: Random,
  ) => Promise<KeyMaterial>;
}

/** What of a row may be shown: everything but the sealed key. */
const SHOWN = {
  keyId: keys.keyId,
  purpose: keys.purpose,
  algorithm: keys.algorithm,
  state: keys.state,
  kekId: keys.kekId,
  createdAtSeconds: keys.createdAtSeconds,
  activatedAtSeconds: keys.activatedAtSeconds,
  retiredAtSeconds: keys.retiredAtSeconds,
  forgottenAtSeconds: keys.forgottenAtSeconds,
};

const elsewhere = (): Fault =>
  new Fault('concurrent_modification', 'the key has changed meanwhile, look again');

export function createStoredKeys(options: StoredKeysOptions): StoredKeys {
  const { db, writer, encryption, random, generateKeyMaterial } = options;

  const commit = (queries: readonly Query[], event: ReturnType<MakeEvent>): Promise<void> =>
    writer.commit({
      queries,
      entities: [KEYRING_ENTITY],
      event,
      faults: { unchanged: elsewhere, unique: elsewhere },
    });

  const makeKey = async (kind: KeyKind, state: 'pending' | 'active', nowSeconds: number) =>
    freshKeyRow(
      await encryption(),
      await generateKeyMaterial(kind.purpose, kind.algorithm, random),
      state,
      random,
      nowSeconds,
    );

  return {
    list: async () => {
      const rows = await readRows(db, db.select(SHOWN).from(keys).orderBy(keys.createdAtSeconds, keys.keyId));
      return rows as readonly StoredKey[]; // this module alone writes purposes and algorithms, from their own types
    },
    currentKekId: async () => (await encryption()).sealing.keyId,

    async create(kind, nowSeconds, event) {
      const row = await makeKey(kind, 'pending', nowSeconds);
      await commit([db.insert(keys).values(row)], event({ ...kind, keyId: row.keyId }));
      return row.keyId;
    },

    async activate({ key, replaces, forgottenAtSeconds }, nowSeconds, event) {
      const { keyId, purpose, algorithm } = key;
      const replaced = replaces?.keyId ?? null;
      await commit(
        [
          // The old one first: never are two of a kind active.
          ...(replaces === null ? [] : retire(db, replaces, nowSeconds, forgottenAtSeconds)),
          ...guarded(
            db,
            'unchanged',
            db
              .update(keys)
              .set({ state: 'active', activatedAtSeconds: nowSeconds })
              .where(and(eq(keys.keyId, keyId), eq(keys.state, 'pending'))),
          ),
        ],
        event({ keyId, purpose, algorithm, replaced, replacedForgottenAt: forgottenAtSeconds }),
      );
    },

    async rewrap({ keyId, kekId }, event) {
      const { sealing, opening } = await encryption();
      const [row] = await readRows(db, db.select().from(keys).where(eq(keys.keyId, keyId)));
      if (row === undefined) throw elsewhere();
      const stored = row as unknown as KeyRow; // as above
      const sealed = await rewrapKey(opening, sealing, stored, random.bytes(SEAL_NONCE_BYTES));
      await commit(
        guarded(
          db,
          'unchanged',
          db
            .update(keys)
            .set({ sealed, kekId: sealing.keyId })
            .where(and(eq(keys.keyId, keyId), eq(keys.kekId, kekId))),
        ),
        event({ keyId, from: kekId, to: sealing.keyId }),
      );
    },

    async remove({ keyId, purpose, algorithm }, nowSeconds, event) {
      await commit(
        guarded(
          db,
          'unchanged',
          db
            .delete(keys)
            .where(
              and(eq(keys.keyId, keyId), eq(keys.state, 'retired'), lte(keys.forgottenAtSeconds, nowSeconds)),
            ),
        ),
        event({ keyId, purpose, algorithm }),
      );
    },

    async retireAtOnce(key, nowSeconds, event) {
      const { keyId, purpose, algorithm, state } = key;
      const next = state === 'active' ? await makeKey(key, 'active', nowSeconds) : null;
      await commit(
        [
          ...retire(db, key, nowSeconds, forgottenAtOnce(purpose, nowSeconds)),
          ...(next === null ? [] : [db.insert(keys).values(next)]),
        ],
        event({ keyId, purpose, algorithm, replacement: next?.keyId ?? null }),
      );
      return next?.keyId ?? null;
    },
  };
}

/** Retires a key that is still in the state it was seen in. */
const retire = (
  db: Database,
  { keyId, state, retiredAtSeconds }: StoredKey,
  nowSeconds: number,
  forgottenAtSeconds: number | null,
): readonly Query[] =>
  guarded(
    db,
    'unchanged',
    db
      .update(keys)
      .set({ state: 'retired', retiredAtSeconds: retiredAtSeconds ?? nowSeconds, forgottenAtSeconds })
      .where(and(eq(keys.keyId, keyId), eq(keys.state, state))),
  );
