import { and, asc, eq, sql } from 'drizzle-orm';
import { Fault } from '../core/faults.ts';
import {
  type IdentityLinks,
  MAX_LINKS_PER_USER,
  type OutsideIdentity,
} from '../core/repositories/identity-links.ts';
import { type BatchWriter, guarded, required } from './batch.ts';
import type { Database, Query } from './database.ts';
import { readRows } from './read.ts';
import { identityLinks } from './schema/identity-links.ts';

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
    label: identityLinks.label,
    linkedAtSeconds: identityLinks.linkedAtSeconds,
  };

  return {
    async link(accountId, { providerId, subject, userId, label }, makeEvent) {
      const event = makeEvent({ providerId, userId });
      const linkedAtSeconds = Math.floor(event.atMilliseconds / 1000);
      await writer.commit({
        queries: [
          db.insert(identityLinks).values({ accountId, providerId, subject, userId, label, linkedAtSeconds }),
          required(
            db,
            'withinQuota',
            sql`(select count(*) <= ${MAX_LINKS_PER_USER} from identity_links where account_id = ${accountId} and user_id = ${userId})`,
          ),
          required(db, 'found', bothExist(accountId, providerId, userId)),
        ],
        entities: [],
        event,
        faults: {
          unique: () => new Fault('entity_already_exists', 'this login is linked to a user already'),
          withinQuota: () =>
            new Fault('limit_exceeded', `Cannot exceed quota for LinksPerUser: ${MAX_LINKS_PER_USER}`),
          found: () => new Fault('no_such_entity', 'the user or the provider is gone'),
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
          .orderBy(asc(identityLinks.linkedAtSeconds), asc(identityLinks.subject)),
      ),
  };
}

/** Nobody is linked to a user, or through a provider, that was deleted meanwhile. */
const bothExist = (accountId: string, providerId: string, userId: string) => sql`(
  select count(*) from users where account_id = ${accountId} and user_id = ${userId}
    and (exists (select 1 from oidc_providers where account_id = ${accountId} and provider_id = ${providerId})
      or exists (select 1 from saml_providers where account_id = ${accountId} and provider_id = ${providerId})))`;

/** Deletes the links of a user, in the batch that deletes the user. */
export const removeLinksOf = (db: Database, accountId: string, userId: string): Query =>
  db
    .delete(identityLinks)
    .where(and(eq(identityLinks.accountId, accountId), eq(identityLinks.userId, userId)));
