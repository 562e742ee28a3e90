import { and, eq, sql } from 'drizzle-orm';
import { Fault } from '../core/faults.ts';
import type { FactorOwner } from '../core/mfa/device.ts';
import { MAX_REMEMBERED } from '../core/passwords/rules.ts';
import type { LoginProfiles } from '../core/repositories/login-profiles.ts';
import { forgiveQuery } from './authentication-failures.ts';
import { type BatchWriter, guarded, required } from './batch.ts';
import { type Database, type Query, runBatch } from './database.ts';
import { enableQuery } from './inactive-users.ts';
import { requireOwner } from './owners.ts';
import { findPasswordState } from './password-state.ts';
import { readRows } from './read.ts';
import { accounts } from './schema/accounts.ts';
import { users } from './schema/identities.ts';
import { loginProfiles, passwordHistory } from './schema/passwords.ts';
import { endSignInsOf } from './sign-in-sessions.ts';

/**
 * No decision depends on a password, so that no isolate holds one: writes name no entities. Another password, or none, ends the
 * browser sessions of its owner.
 */
export function createLoginProfiles(db: Database, writer: BatchWriter): LoginProfiles {
  const requireUser = (accountId: string, name: string) =>
    requireOwner(db, accountId, { type: 'user', name });
  const requireProfile = async (accountId: string, userName: string) => {
    const user = await requireUser(accountId, userName);
    const query = db.select().from(loginProfiles).where(ofUser(accountId, user.id));
    const [row] = await readRows(db, query);
    if (row === undefined) throw noProfile(user.name);
    return { user, row };
  };

  return {
    findState: (accountId, login) => findPasswordState(db, accountId, login),

    async require(accountId, userName) {
      const { user, row } = await requireProfile(accountId, userName);
      const { createdAtSeconds, resetRequired } = row;
      return { userName: user.name, createdAtSeconds, resetRequired };
    },

    async create(accountId, userName, { passwordHash, resetRequired }, makeEvent) {
      const { id: userId, name } = await requireUser(accountId, userName);
      const event = makeEvent({ userId });
      const nowSeconds = Math.floor(event.atMilliseconds / 1000);
      const times = { createdAtSeconds: nowSeconds, changedAtSeconds: nowSeconds };
      await writer.commit({
        queries: [
          db.insert(loginProfiles).values({ accountId, userId, passwordHash, resetRequired, ...times }),
          required(
            db,
            'found',
            sql`(select count(*) from users where account_id = ${accountId} and user_id = ${userId})`,
          ),
          forgiveQuery(db, accountId, { type: 'user', userId, userName: name }, 'password'),
          enableQuery(db, accountId, userId),
        ],
        entities: [],
        event,
        faults: {
          unique: () => new Fault('entity_already_exists', `Login Profile for user ${name} already exists.`),
          found: () => new Fault('no_such_entity', `The user with name ${name} cannot be found.`),
        },
      });
      return { userName: name, createdAtSeconds: nowSeconds, resetRequired };
    },

    async update(accountId, userName, { passwordHash, resetRequired }, makeEvent) {
      const { user, row } = await requireProfile(accountId, userName);
      const event = makeEvent({ userId: user.id });
      const changedAtSeconds = Math.floor(event.atMilliseconds / 1000);
      const owner: FactorOwner = { type: 'user', userId: user.id, userName: user.name };
      const isNew = passwordHash !== undefined;
      await writer.commit({
        queries: [
          ...guarded(
            db,
            'unchanged',
            db
              .update(loginProfiles)
              .set({
                ...(isNew && { passwordHash, changedAtSeconds }),
                resetRequired: resetRequired ?? row.resetRequired,
              })
              .where(and(ofUser(accountId, user.id), eq(loginProfiles.passwordHash, row.passwordHash))),
          ),
          ...(isNew ? remember(db, accountId, user.id, row.passwordHash, row.changedAtSeconds) : []),
          ...(isNew ? [forgiveQuery(db, accountId, owner, 'password')] : []),
          ...(isNew ? [enableQuery(db, accountId, user.id)] : []),
          ...(isNew ? endSignInsOf(db, accountId, { type: 'user', id: user.id }) : []),
        ],
        entities: [],
        event,
        faults: { unchanged: changedMeanwhile },
      });
    },

    async remove(accountId, userName, event) {
      const { user, row } = await requireProfile(accountId, userName);
      await writer.commit({
        queries: [
          ...guarded(db, 'found', db.delete(loginProfiles).where(ofUser(accountId, user.id))),
          ...remember(db, accountId, user.id, row.passwordHash, row.changedAtSeconds),
          ...endSignInsOf(db, accountId, { type: 'user', id: user.id }),
        ],
        entities: [],
        event: event({ userId: user.id }),
        faults: { found: () => noProfile(user.name) },
      });
    },

    async replace(accountId, owner, before, passwordHash, makeEvent) {
      const ownerId = owner.type === 'root' ? accountId : owner.userId;
      const event = makeEvent();
      const nowSeconds = Math.floor(event.atMilliseconds / 1000);
      const change =
        owner.type === 'root'
          ? db
              .update(accounts)
              .set({
                rootPasswordHash: passwordHash,
                rootPasswordChangedAtSeconds: nowSeconds,
                rootPasswordResetRequired: false,
              })
              .where(and(eq(accounts.accountId, accountId), eq(accounts.rootPasswordHash, before)))
          : db
              .update(loginProfiles)
              .set({ passwordHash, changedAtSeconds: nowSeconds, resetRequired: false })
              .where(and(ofUser(accountId, owner.userId), eq(loginProfiles.passwordHash, before)));
      await writer.commit({
        queries: [
          ...guarded(db, 'unchanged', change),
          ...remember(db, accountId, ownerId, before, nowSeconds),
          ...endSignInsOf(db, accountId, { type: owner.type, id: ownerId }),
        ],
        entities: [],
        event,
        faults: { unchanged: changedMeanwhile },
      });
    },

    async noteUse(accountId, owner, nowSeconds, rehash) {
      const used =
        owner.type === 'root'
          ? db
              .update(accounts)
              .set({ rootPasswordLastUsedAtSeconds: nowSeconds })
              .where(eq(accounts.accountId, accountId))
          : db
              .update(users)
              .set({ passwordLastUsedAtSeconds: nowSeconds })
              .where(and(eq(users.accountId, accountId), eq(users.userId, owner.userId)));
      await runBatch(db, [
        used,
        forgiveQuery(db, accountId, owner, 'password'),
        ...(rehash === null ? [] : [rehashQuery(db, accountId, owner, rehash)]),
      ]);
    },
  };
}

/** The same password under other parameters; nothing happens where it was changed meanwhile. */
function rehashQuery(
  db: Database,
  accountId: string,
  owner: FactorOwner,
  { before, passwordHash }: { readonly before: string; readonly passwordHash: string },
): Query {
  return owner.type === 'root'
    ? db
        .update(accounts)
        .set({ rootPasswordHash: passwordHash })
        .where(and(eq(accounts.accountId, accountId), eq(accounts.rootPasswordHash, before)))
    : db
        .update(loginProfiles)
        .set({ passwordHash })
        .where(and(ofUser(accountId, owner.userId), eq(loginProfiles.passwordHash, before)));
}

/** Keeps the hash of a password that is gone, and no more of them than can be asked for. */
export const remember = (
  db: Database,
  accountId: string,
  ownerId: string,
  passwordHash: string,
  setAtSeconds: number,
): readonly Query[] => [
  db.insert(passwordHistory).values({ accountId, ownerId, passwordHash, setAtSeconds }).onConflictDoNothing(),
  db
    .delete(passwordHistory)
    .where(
      and(
        eq(passwordHistory.accountId, accountId),
        eq(passwordHistory.ownerId, ownerId),
        sql`rowid not in (select rowid from password_history where account_id = ${accountId} and owner_id = ${ownerId} order by set_at_seconds desc, rowid desc limit ${MAX_REMEMBERED})`,
      ),
    ),
];

const ofUser = (accountId: string, userId: string) =>
  and(eq(loginProfiles.accountId, accountId), eq(loginProfiles.userId, userId));

const noProfile = (name: string): Fault =>
  new Fault('no_such_entity', `Login Profile for User ${name} cannot be found.`);

const changedMeanwhile = (): Fault =>
  new Fault('concurrent_modification', 'The password is being changed, try again.');
