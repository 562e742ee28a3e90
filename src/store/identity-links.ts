import { and, asc, eq, sql } from 'drizzle-orm';
import { Fault } from '../core/faults.ts';
import type { IdentityLinks, OutsideIdentity } from '../core/repositories/identity-links.ts';
import { type BatchWriter, guarded, required } from './batch.ts';
import type { Database } from './database.ts';
import { readRows } from './read.ts';
import { identityLinks } from './schema/federation.ts';

const MAX_LINKS_PER_USER = 10;

export function createIdentityLinks(db: Database, writer: BatchWriter): IdentityLinks {
  const ofIdentity = (accountId: string, { providerId, subject }: OutsideIdentity) =>
    and(
      eq(identityLinks.accountId, accountId),
      eq(identityLinks.providerId, providerId),
      eq(identityLinks.subject, subject),
    );
  const columns = {
    providerId: identityLinks.providerId,
    subject: identityLinks.subject,
    userId: identityLinks.userId,
    linkedAtSeconds: identityLinks.linkedAtSeconds,
  };

  return {
    async link(accountId, { providerId, subject }, userId, makeEvent) {
      const event = makeEvent({ providerId, userId });
      const linkedAtSeconds = Math.floor(event.atMilliseconds / 1000);
      await writer.commit({
        queries: [
          db.insert(identityLinks).values({ accountId, providerId, subject, userId, linkedAtSeconds }),
          required(
            db,
            'withinQuota',
            sql`(select count(*) <= ${MAX_LINKS_PER_USER} from identity_links where account_id = ${accountId} and user_id = ${userId})`,
          ),
          required(
            db,
            'found',
            sql`(select count(*) from users where account_id = ${accountId} and user_id = ${userId})`,
          ),
        ],
        entities: [],
        event,
        faults: {
          unique: () => new Fault('entity_already_exists', 'this login is linked to a user already'),
          withinQuota: () =>
            new Fault('limit_exceeded', `Cannot exceed quota for LinksPerUser: ${MAX_LINKS_PER_USER}`),
          found: () => new Fault('no_such_entity', 'the user is gone'),
        },
      });
    },

    async unlink(accountId, identity, userId, makeEvent) {
      await writer.commit({
        queries: guarded(
          db,
          'found',
          db
            .delete(identityLinks)
            .where(and(ofIdentity(accountId, identity), eq(identityLinks.userId, userId))),
        ),
        entities: [],
        event: makeEvent({ providerId: identity.providerId, userId }),
        faults: { found: () => new Fault('no_such_entity', 'this login is not linked to the user') },
      });
    },

    async find(accountId, identity) {
      const [row] = await readRows(
        db,
        db.select(columns).from(identityLinks).where(ofIdentity(accountId, identity)),
      );
      return row ?? null;
    },

    listOf: (accountId, userId) =>
      readRows(
        db,
        db
          .select(columns)
          .from(identityLinks)
          .where(and(eq(identityLinks.accountId, accountId), eq(identityLinks.userId, userId)))
          .orderBy(asc(identityLinks.providerId), asc(identityLinks.subject)),
      ),
  };
}
