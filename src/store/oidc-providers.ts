import { and, asc, eq, sql } from 'drizzle-orm';
import { oidcProviderArn, parseArn } from '../core/arn.ts';
import { Fault } from '../core/faults.ts';
import { PROVIDER_ID_RANDOM_BYTES, providerIdOf } from '../core/federation/provider-id.ts';
import type { Random } from '../core/ports.ts';
import type { MakeEvent } from '../core/repositories/change.ts';
import type {
  OidcProviderChange,
  OidcProviderRecord,
  OidcProviders,
} from '../core/repositories/oidc-providers.ts';
import { type BatchWriter, guarded } from './batch.ts';
import { countDown, countUp, overQuota } from './counters.ts';
import type { Database, Query } from './database.ts';
import { oidcProviderEntity } from './entity.ts';
import { readRows } from './read.ts';
import { mappingRules, providerClients } from './schema/federation.ts';
import { identityLinks } from './schema/identity-links.ts';
import { oidcProviders } from './schema/providers.ts';
import { addTags, removeTags } from './tags.ts';

type ProviderRow = typeof oidcProviders.$inferSelect;

const RESOURCE = 'oidc-provider/';

export function createOidcProviders(db: Database, writer: BatchWriter, random: Random): OidcProviders {
  const byUrl = (accountId: string, url: string) =>
    and(eq(oidcProviders.accountId, accountId), eq(oidcProviders.url, url));

  const require = async (accountId: string, arn: string): Promise<OidcProviderRecord> => {
    const url = urlOf(accountId, arn);
    const [row] =
      url === null ? [] : await readRows(db, db.select().from(oidcProviders).where(byUrl(accountId, url)));
    if (row === undefined) throw noSuchProvider(arn);
    return recordOf(row);
  };

  /** Replaces what changes, unless somebody else has changed the same meanwhile. */
  const update = async (accountId: string, arn: string, change: OidcProviderChange, event: MakeEvent) => {
    const held = await require(accountId, arn);
    const { clientIds, thumbprints, tags, mfaAmrValues, mfaAcrValues } = held;
    await writer.commit({
      queries: guarded(
        db,
        'unchanged',
        db
          .update(oidcProviders)
          .set({ clientIds, thumbprints, tags, mfaAmrValues, mfaAcrValues, ...change(held) })
          .where(
            and(
              byUrl(accountId, held.url),
              eq(oidcProviders.clientIds, clientIds),
              eq(oidcProviders.thumbprints, thumbprints),
              eq(oidcProviders.tags, tags),
              eq(oidcProviders.mfaAmrValues, mfaAmrValues),
              eq(oidcProviders.mfaAcrValues, mfaAcrValues),
            ),
          ),
      ),
      entities: [oidcProviderEntity(accountId, held.url)],
      event: event({ openIDConnectProviderArn: arn }),
      faults: {
        unchanged: () =>
          new Fault(
            'concurrent_modification',
            `The OpenIDConnect Provider ${arn} is being changed, try again.`,
          ),
      },
    });
  };

  return {
    async create(accountId, { issuer, clientIds, thumbprints, tags }, makeEvent) {
      const url = issuer.replace(/^https?:\/\//, '');
      const arn = oidcProviderArn(accountId, url);
      const event = makeEvent({ openIDConnectProviderArn: arn });
      const row: ProviderRow = {
        accountId,
        providerId: providerIdOf(accountId, random.bytes(PROVIDER_ID_RANDOM_BYTES)),
        issuer,
        url,
        clientIds: [...new Set(clientIds)],
        thumbprints,
        mfaAmrValues: [],
        mfaAcrValues: [],
        tags: addTags([], tags),
        createdAtSeconds: Math.floor(event.atMilliseconds / 1000),
      };
      await writer.commit({
        queries: [...countUp(db, accountId, 'Providers'), db.insert(oidcProviders).values(row)],
        entities: [oidcProviderEntity(accountId, url)],
        event,
        faults: {
          unique: () => new Fault('entity_already_exists', `Provider with url ${issuer} already exists.`),
          withinQuota: () => overQuota(db, accountId, 'Providers', 'OpenIdConnectProvidersPerAccount'),
        },
      });
      return recordOf(row);
    },

    require,

    async list(accountId) {
      const rows = await readRows(
        db,
        db
          .select()
          .from(oidcProviders)
          .where(eq(oidcProviders.accountId, accountId))
          .orderBy(asc(oidcProviders.url)),
      );
      return rows.map(recordOf);
    },

    update,

    async remove(accountId, arn, event) {
      const url = urlOf(accountId, arn);
      if (url === null) throw noSuchProvider(arn);
      await writer.commit({
        queries: [
          ...ownedTables(db, accountId, url),
          ...guarded(db, 'found', db.delete(oidcProviders).where(byUrl(accountId, url))),
          countDown(db, accountId, 'Providers'),
        ],
        entities: [oidcProviderEntity(accountId, url)],
        event: event({ openIDConnectProviderArn: arn }),
        faults: { found: () => noSuchProvider(arn) },
      });
    },

    tag: (accountId, arn, tags, event) =>
      update(accountId, arn, (held) => ({ tags: addTags(held.tags, tags) }), event),

    untag: (accountId, arn, keys, event) =>
      update(accountId, arn, (held) => ({ tags: removeTags(held.tags, keys) }), event),
  };
}

/** Deletes what belongs to a provider: our clients' secrets, its mapping rules, and links to logins there. */
const ownedTables = (db: Database, accountId: string, url: string): readonly Query[] =>
  [providerClients, mappingRules, identityLinks].map((table) =>
    db
      .delete(table)
      .where(
        and(
          eq(table.accountId, accountId),
          eq(
            table.providerId,
            sql`(select ${oidcProviders.providerId} from ${oidcProviders} where ${oidcProviders.accountId} = ${accountId} and ${oidcProviders.url} = ${url})`,
          ),
        ),
      ),
  );

/** The provider's URL from its ARN; null for what is no provider ARN of this account. */
function urlOf(accountId: string, arn: string): string | null {
  const parsed = parseArn(arn);
  if (parsed?.service !== 'iam' || parsed.accountId !== accountId) return null;
  const url = parsed.resource.startsWith(RESOURCE) ? parsed.resource.slice(RESOURCE.length) : null;
  // Policy has decided on this very text: another partition or region would be a second name that no Deny knows.
  return url !== null && oidcProviderArn(accountId, url) === arn ? url : null;
}

const recordOf = ({ accountId, ...row }: ProviderRow): OidcProviderRecord => ({
  ...row,
  arn: oidcProviderArn(accountId, row.url),
});

const noSuchProvider = (arn: string): Fault =>
  new Fault('no_such_entity', `OpenIDConnect Provider not found for arn ${arn}`);
