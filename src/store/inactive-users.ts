import { and, asc, eq, isNull, lt, type SQL, sql } from 'drizzle-orm';
import { Fault } from '../core/faults.ts';
import type { InactiveUsers } from '../core/repositories/inactive-users.ts';
import { type BatchWriter, guarded } from './batch.ts';
import type { Database } from './database.ts';
import { accessKeyEntity, userEntity } from './entity.ts';
import { readRows } from './read.ts';
import { accessKeys, users } from './schema/identities.ts';
import { endSignInsOf } from './sign-in-sessions.ts';

export function createInactiveUsers(db: Database, writer: BatchWriter): InactiveUsers {
  return {
    async find(sinceSeconds, limit) {
      return readRows(
        db,
        db
          .select({ accountId: users.accountId, userId: users.userId, userName: users.name })
          .from(users)
          .where(isInactive(sinceSeconds))
          .orderBy(asc(users.createdAtSeconds))
          .limit(limit),
      );
    },

    async disable({ accountId, userId }, sinceSeconds, makeEvent) {
      const event = makeEvent({ userId });
      const ofUser = and(eq(accessKeys.accountId, accountId), eq(accessKeys.userId, userId));
      const keys = await readRows(
        db,
        db.select({ id: accessKeys.accessKeyId }).from(accessKeys).where(ofUser),
      );
      await writer.commit({
        queries: [
          ...guarded(
            db,
            'unchanged',
            db
              .update(users)
              .set({ disabledAtSeconds: Math.floor(event.atMilliseconds / 1000) })
              .where(and(eq(users.accountId, accountId), eq(users.userId, userId), isInactive(sinceSeconds))),
          ),
          db.update(accessKeys).set({ status: 'Inactive' }).where(ofUser),
          ...endSignInsOf(db, accountId, { type: 'user', id: userId }),
        ],
        entities: [userEntity(accountId, userId), ...keys.map(({ id }) => accessKeyEntity(accountId, id))],
        event,
        faults: {
          unchanged: () => new Fault('concurrent_modification', 'the user is used, or needed'),
        },
      });
    },
  };
}

/** Lets a user in again, in the batch that gives it a password. */
export const enableQuery = (db: Database, accountId: string, userId: string) =>
  db
    .update(users)
    .set({ disabledAtSeconds: null })
    .where(and(eq(users.accountId, accountId), eq(users.userId, userId)));

const ADMINISTRATOR_ACCESS = 'arn:aws:iam::aws:policy/AdministratorAccess';

/** Cheap conditions first: most users are used. */
const isInactive = (sinceSeconds: number): SQL | undefined =>
  and(
    sql`exists (select 1 from accounts a where a.account_id = ${users.accountId} and a.security_preset = 'PCI')`,
    isNull(users.disabledAtSeconds),
    lt(users.createdAtSeconds, sinceSeconds),
    sql`coalesce(${users.passwordLastUsedAtSeconds}, 0) < ${sinceSeconds}`,
    sql`not exists (select 1 from login_profiles p where p.account_id = ${users.accountId} and p.user_id = ${users.userId} and p.changed_at_seconds >= ${sinceSeconds})`,
    sql`not exists (select 1 from access_keys k left join last_used l on l.account_id = k.account_id and l.kind = 'access-key' and l.id = k.access_key_id where k.account_id = ${users.accountId} and k.user_id = ${users.userId} and (k.created_at_seconds >= ${sinceSeconds} or l.at_milliseconds >= ${sinceSeconds * 1000}))`,
    sql`not exists (select 1 from audit_events e where e.account_id = ${users.accountId} and e.principal_arn = 'arn:aws:iam::' || ${users.accountId} || ':user' || ${users.path} || ${users.name} and e.at_milliseconds >= ${sinceSeconds * 1000} and e.outcome = 'success')`,
    sql`(not ${administers(sql`${users.userId}`)} or exists (select 1 from users o where o.account_id = ${users.accountId} and o.user_id <> ${users.userId} and o.disabled_at_seconds is null and ${administers(sql`o.user_id`)}))`,
  );

const administers = (userId: SQL): SQL =>
  sql`exists (select 1 from attachments t where t.account_id = ${users.accountId} and t.owner_type = 'user' and t.owner_id = ${userId} and t.policy_arn = ${ADMINISTRATOR_ACCESS})`;
