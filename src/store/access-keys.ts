import { and, asc, eq, sql } from 'drizzle-orm';
import {
  accessKeyBinding,
  SECRET_ACCESS_KEY_BYTES,
  secretAccessKeyOf,
} from '../core/credentials/secret-access-key.ts';
import type { Directory } from '../core/directory.ts';
import { Fault } from '../core/faults.ts';
import { ACCESS_KEY_ID_RANDOM_BYTES, accessKeyId } from '../core/ids.ts';
import type { Clock, Random } from '../core/ports.ts';
import type { AccessKeys } from '../core/repositories/access-keys.ts';
import { type BatchWriter, guarded, required } from './batch.ts';
import type { Database } from './database.ts';
import { accessKeyEntity } from './entity.ts';
import { readRows } from './read.ts';
import { accessKeys, users } from './schema/identities.ts';
import { sealForRow } from './seal-secret.ts';

const MAX_KEYS_PER_USER = 2;

export interface AccessKeysOptions {
  readonly db: Database;
  readonly writer: BatchWriter;
  readonly directory: Directory;
  readonly random: Random;
  readonly clock: Clock;
}

export function createAccessKeys({ db, writer, directory, random, clock }: AccessKeysOptions): AccessKeys {
  const requireUser = async (accountId: string, userName: string) => {
    const [user] = await readRows(
      db,
      db
        .select({ userId: users.userId, name: users.name })
        .from(users)
        .where(and(eq(users.accountId, accountId), eq(users.nameKey, userName.toLowerCase()))),
    );
    if (user === undefined) throw noSuchUser(userName);
    return user;
  };
  const ofUser = (accountId: string, userId: string) =>
    and(eq(accessKeys.accountId, accountId), eq(accessKeys.userId, userId));

  return {
    async create(accountId, userName, event) {
      const user = await requireUser(accountId, userName);
      const id = accessKeyId('AKIA', accountId, random.bytes(ACCESS_KEY_ID_RANDOM_BYTES));
      const secretAccessKey = secretAccessKeyOf(random.bytes(SECRET_ACCESS_KEY_BYTES));
      const binding = accessKeyBinding(accountId, id);
      const sealedSecret = await sealForRow(await directory.keyring(), binding, secretAccessKey, random);
      const createdAtSeconds = Math.floor(clock.nowMilliseconds() / 1000);
      const row = {
        accountId,
        accessKeyId: id,
        userId: user.userId,
        status: 'Active' as const,
        sealedSecret,
      };
      await writer.commit({
        queries: [
          db.insert(accessKeys).values({ ...row, createdAtSeconds }),
          required(
            db,
            'withinQuota',
            sql`(select count(*) <= ${MAX_KEYS_PER_USER} from access_keys where account_id = ${accountId} and user_id = ${user.userId})`,
          ),
          required(
            db,
            'found',
            sql`(select count(*) from users where account_id = ${accountId} and user_id = ${user.userId})`,
          ),
        ],
        entities: [accessKeyEntity(accountId, id)],
        event: event({ accessKeyId: id, userName: user.name }),
        faults: {
          withinQuota: () =>
            new Fault('limit_exceeded', `Cannot exceed quota for AccessKeysPerUser: ${MAX_KEYS_PER_USER}`),
          found: () => noSuchUser(userName),
        },
      });
      return { accessKeyId: id, userName: user.name, status: 'Active', createdAtSeconds, secretAccessKey };
    },

    async list(accountId, userName) {
      const user = await requireUser(accountId, userName);
      const rows = await readRows(
        db,
        db
          .select({
            accessKeyId: accessKeys.accessKeyId,
            status: accessKeys.status,
            createdAtSeconds: accessKeys.createdAtSeconds,
          })
          .from(accessKeys)
          .where(ofUser(accountId, user.userId))
          .orderBy(asc(accessKeys.accessKeyId)),
      );
      return rows.map((row) => ({ ...row, userName: user.name }));
    },

    async setStatus(accountId, userName, id, status, event) {
      const user = await requireUser(accountId, userName);
      await writer.commit({
        queries: guarded(
          db,
          'found',
          db
            .update(accessKeys)
            .set({ status })
            .where(and(ofUser(accountId, user.userId), eq(accessKeys.accessKeyId, id))),
        ),
        entities: [accessKeyEntity(accountId, id)],
        event,
        faults: { found: () => noSuchKey(id) },
      });
    },

    async remove(accountId, userName, id, event) {
      const user = await requireUser(accountId, userName);
      await writer.commit({
        queries: guarded(
          db,
          'found',
          db.delete(accessKeys).where(and(ofUser(accountId, user.userId), eq(accessKeys.accessKeyId, id))),
        ),
        entities: [accessKeyEntity(accountId, id)],
        event,
        faults: { found: () => noSuchKey(id) },
      });
    },
  };
}

const noSuchUser = (name: string): Fault =>
  new Fault('no_such_entity', `The user with name ${name} cannot be found.`);
const noSuchKey = (id: string): Fault =>
  new Fault('no_such_entity', `The Access Key with id ${id} cannot be found.`);
