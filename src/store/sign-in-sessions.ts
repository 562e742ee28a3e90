import { and, desc, eq, lt, sql } from 'drizzle-orm';
import { Fault } from '../core/faults.ts';
import type { BegunByLogin, SignInSessions } from '../core/repositories/sign-in-sessions.ts';
import { ownerOf, type SignInOwner } from '../core/sign-in/identity.ts';
import { type BatchWriter, guarded, required } from './batch.ts';
import { type Database, type Query, runBatch } from './database.ts';
import { readRows } from './read.ts';
import { endFamiliesOf } from './refresh-families.ts';
import { accounts } from './schema/accounts.ts';
import { signInSessions } from './schema/sign-in.ts';
import { forgetClientsOf, tellClientsOf } from './sign-in-clients.ts';
import { sessionOf } from './sign-in-rows.ts';

const MAX_LISTED = 100;

export function createSignInSessions(db: Database, writer: BatchWriter): SignInSessions {
  return {
    async begin(session, secretHash, event) {
      const { accountId } = session.identity;
      const owner = ownerOf(session.identity);
      const row = { ...session, accountId, secretHash, ownerType: owner.type, ownerId: owner.id };
      await writer.commit({
        queries: [
          db.insert(signInSessions).values(row),
          // Whichever way a user came: what is disabled has no session.
          ...(owner.type === 'user' ? [required(db, 'found', isNotDisabled(accountId, owner.id))] : []),
        ],
        entities: [],
        event: event({ sessionId: session.sessionId }),
        faults: {
          found: () =>
            new Fault('access_denied', 'this user is disabled: an administrator sets a new password first', {
              reason: 'disabled',
            }),
        },
      });
    },

    async find(accountId, secretHash) {
      const [row] = await readRows(
        db,
        db
          .select({ session: signInSessions, preset: accounts.securityPreset })
          .from(signInSessions)
          .leftJoin(accounts, eq(accounts.accountId, signInSessions.accountId))
          .where(and(eq(signInSessions.accountId, accountId), eq(signInSessions.secretHash, secretHash))),
      );
      return row === undefined ? null : { session: sessionOf(row.session), preset: row.preset };
    },

    async touch(accountId, sessionId, nowSeconds) {
      await runBatch(db, [
        db
          .update(signInSessions)
          .set({ lastSeenAtSeconds: nowSeconds })
          .where(
            and(
              eq(signInSessions.accountId, accountId),
              eq(signInSessions.sessionId, sessionId),
              lt(signInSessions.lastSeenAtSeconds, nowSeconds),
            ),
          ),
      ]);
    },

    async elevate({ identity, sessionId }, elevation, { oldHash, newHash }, event) {
      const { amr, authAtSeconds, mfaAtSeconds } = elevation;
      const update = db
        .update(signInSessions)
        .set({ amr, authAtSeconds, mfaAtSeconds, lastSeenAtSeconds: authAtSeconds, secretHash: newHash })
        .where(
          and(
            eq(signInSessions.accountId, identity.accountId),
            eq(signInSessions.sessionId, sessionId),
            eq(signInSessions.secretHash, oldHash),
          ),
        );
      await writer.commit({
        queries: guarded(db, 'unchanged', update),
        entities: [],
        event: event({ sessionId }),
        faults: {
          unchanged: () => new Fault('concurrent_modification', 'this session has changed meanwhile'),
        },
      });
    },

    async list(accountId, owner) {
      const rows = await readRows(
        db,
        db
          .select()
          .from(signInSessions)
          .where(ofOwner(accountId, owner))
          .orderBy(desc(signInSessions.lastSeenAtSeconds), desc(signInSessions.createdAtSeconds))
          .limit(MAX_LISTED),
      );
      return rows.map(sessionOf);
    },

    async lastSeen(accountId, sessionIds) {
      if (sessionIds.length === 0) return new Map();
      const rows = await readRows(
        db,
        db
          .select({ id: signInSessions.sessionId, lastSeenAtSeconds: signInSessions.lastSeenAtSeconds })
          .from(signInSessions)
          .where(
            and(
              eq(signInSessions.accountId, accountId),
              // One bound value, however many: D1 takes a hundred.
              sql`${signInSessions.sessionId} in (select value from json_each(${JSON.stringify(sessionIds)}))`,
            ),
          ),
      );
      return new Map(rows.map(({ id, lastSeenAtSeconds }) => [id, lastSeenAtSeconds]));
    },

    async end(accountId, owner, sessionId, event) {
      const ended = and(ofOwner(accountId, owner), eq(signInSessions.sessionId, sessionId));
      await writer.commit({
        queries: [
          tellClientsOf(db, accountId, ended),
          ...guarded(db, 'found', db.delete(signInSessions).where(ended)),
        ],
        entities: [],
        event: event({ sessionId }),
        faults: { found: () => new Fault('no_such_entity', 'this session has ended already') },
      });
    },

    async endAll(accountId, owner, event) {
      await writer.commit({
        queries: endSignInsOf(db, accountId, owner),
        entities: [],
        event: event(),
      });
    },

    async endLogin(accountId, owner, login, event) {
      const linked = throughLogin(accountId, login);
      await writer.commit({
        queries: [
          ...endSignInsOf(db, accountId, owner),
          tellClientsOf(db, accountId, linked),
          db.delete(signInSessions).where(linked),
        ],
        entities: [],
        event: event(),
      });
    },

    async sweep(nowSeconds) {
      const expired = lt(signInSessions.expiresAtSeconds, nowSeconds);
      await runBatch(db, [forgetClientsOf(db, expired), db.delete(signInSessions).where(expired)]);
    },
  };
}

const isNotDisabled = (accountId: string, userId: string) =>
  sql`(select count(*) = 0 from users where account_id = ${accountId} and user_id = ${userId} and disabled_at_seconds is not null)`;

const ofOwner = (accountId: string, owner: SignInOwner) =>
  and(
    eq(signInSessions.accountId, accountId),
    eq(signInSessions.ownerType, owner.type),
    eq(signInSessions.ownerId, owner.id),
  );

/** Sessions of users that a login which they have linked began. */
const throughLogin = (accountId: string, { providerId, provider, subject }: BegunByLogin) =>
  and(
    eq(signInSessions.accountId, accountId),
    eq(signInSessions.ownerType, 'user'),
    sql`${signInSessions.ownerId} in (select user_id from identity_links where account_id = ${accountId} and provider_id = ${providerId})`,
    sql`json_extract(${signInSessions.identity}, '$.through.provider') = ${provider}`,
    sql`json_extract(${signInSessions.identity}, '$.through.subject') = ${subject}`,
  );

/**
 * Ends every browser session of a person and every refresh token that a client has of them, in the batch of what ends them:
 * another password, none any more, signing out everywhere.
 */
export const endSignInsOf = (db: Database, accountId: string, owner: SignInOwner): readonly Query[] => [
  tellClientsOf(db, accountId, ofOwner(accountId, owner)),
  db.delete(signInSessions).where(ofOwner(accountId, owner)),
  endFamiliesOf(db, accountId, owner),
];
