import { and, asc, eq } from 'drizzle-orm';
import { oidcProviderArn, parseArn } from '../core/arn.ts';
import { Fault } from '../core/faults.ts';
import { formatUuid } from '../core/ids.ts';
import type { Random } from '../core/ports.ts';
import type { MakeEvent } from '../core/repositories/change.ts';
import type { OidcProviderRecord, OidcProviders } from '../core/repositories/oidc-providers.ts';
import { type BatchWriter, guarded } from './batch.ts';
import { countDown, countUp, DEFAULT_QUOTAS } from './counters.ts';
import type { Database } from './database.ts';
import { oidcProviderEntity } from './entity.ts';
import { readRows } from './read.ts';
import { oidcProviders } from './schema/providers.ts';
import { addTags, removeTags } from './tags.ts';

type ProviderRow = typeof oidcProviders.$inferSelect;
type Changeable = Pick<ProviderRow, 'clientIds' | 'thumbprints' | 'tags'>;

const UUID_BYTES = 16;
const MAX_CLIENT_IDS = 100;
const MAX_THUMBPRINTS = 5;

export function createOidcProviders(db: Database, writer: BatchWriter, random: Random): OidcProviders {
  const byId = ({ accountId, providerId }: ProviderRow) =>
    and(eq(oidcProviders.accountId, accountId), eq(oidcProviders.providerId, providerId));

  const find = async (accountId: string, arn: string): Promise<ProviderRow | null> => {
    const url = urlIn(accountId, arn);
    if (url === null) return null;
    const [row] = await readRows(
      db,
      db
        .select()
        .from(oidcProviders)
        .where(and(eq(oidcProviders.accountId, accountId), eq(oidcProviders.url, url))),
    );
    return row ?? null;
  };

  const requireRow = async (accountId: string, arn: string): Promise<ProviderRow> => {
    const row = await find(accountId, arn);
    if (row === null) throw noSuchProvider(arn);
    return row;
  };

  /** Replaces what may change, unless somebody else has changed it meanwhile. */
  const replace = async (row: ProviderRow, changed: Partial<Changeable>, event: MakeEvent) => {
    const { clientIds, thumbprints, tags } = { ...row, ...changed };
    requireCounts({ clientIds, thumbprints });
    await writer.commit({
      queries: guarded(
        db,
        'unchanged',
        db
          .update(oidcProviders)
          .set({ clientIds, thumbprints, tags })
          .where(
            and(
              byId(row),
              eq(oidcProviders.clientIds, row.clientIds),
              eq(oidcProviders.thumbprints, row.thumbprints),
              eq(oidcProviders.tags, row.tags),
            ),
          ),
      ),
      entities: [oidcProviderEntity(row.accountId, row.url)],
      event: event({ providerId: row.providerId }),
      faults: {
        unchanged: () =>
          new Fault('concurrent_modification', `The provider ${row.url} is being changed, try again.`),
      },
    });
  };

  return {
    async create(accountId, { issuer, url, clientIds, thumbprints, tags }, makeEvent) {
      requireCounts({ clientIds, thumbprints });
      const providerId = formatUuid(random.bytes(UUID_BYTES));
      const event = makeEvent({ providerId, arn: oidcProviderArn(accountId, url) });
      const row: ProviderRow = {
        ...{ accountId, providerId, issuer, url, clientIds, thumbprints },
        tags: addTags([], tags),
        createdAtSeconds: Math.floor(event.atMilliseconds / 1000),
      };
      await writer.commit({
        queries: [...countUp(db, accountId, 'Providers'), db.insert(oidcProviders).values(row)],
        entities: [oidcProviderEntity(accountId, url)],
        event,
        faults: {
          unique: () => new Fault('entity_already_exists', `Provider with url ${issuer} already exists.`),
          withinQuota: () =>
            new Fault(
              'limit_exceeded',
              `Cannot exceed quota for OpenIdConnectProvidersPerAccount: ${DEFAULT_QUOTAS.Providers}`,
            ),
        },
      });
      return recordOf(row);
    },

    require: async (accountId, arn) => recordOf(await requireRow(accountId, arn)),

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

    async update(accountId, arn, change, event) {
      const row = await requireRow(accountId, arn);
      await replace(row, change(recordOf(row)), event);
    },

    async remove(accountId, arn, event) {
      const row = await find(accountId, arn);
      if (row === null) return writer.commit({ queries: [], entities: [], event: event() });
      await writer.commit({
        queries: [
          ...guarded(db, 'found', db.delete(oidcProviders).where(byId(row))),
          countDown(db, accountId, 'Providers'),
        ],
        entities: [oidcProviderEntity(accountId, row.url)],
        event: event({ providerId: row.providerId }),
        faults: { found: () => noSuchProvider(arn) },
      });
    },

    async tag(accountId, arn, tags, event) {
      const row = await requireRow(accountId, arn);
      await replace(row, { tags: addTags(row.tags, tags) }, event);
    },

    async untag(accountId, arn, keys, event) {
      const row = await requireRow(accountId, arn);
      await replace(row, { tags: removeTags(row.tags, keys) }, event);
    },
  };
}

function recordOf(row: ProviderRow): OidcProviderRecord {
  const { providerId, issuer, url, clientIds, thumbprints, tags, createdAtSeconds } = row;
  const arn = oidcProviderArn(row.accountId, url);
  return { providerId, arn, issuer, url, clientIds, thumbprints, tags, createdAtSeconds };
}

/** The issuer in a provider's ARN; null for another account's or another kind of thing. */
function urlIn(accountId: string, arn: string): string | null {
  const url = parseArn(arn)?.resource.slice('oidc-provider/'.length) ?? '';
  return url !== '' && arn === oidcProviderArn(accountId, url) ? url : null;
}

function requireCounts({ clientIds, thumbprints }: Pick<Changeable, 'clientIds' | 'thumbprints'>): void {
  if (clientIds.length > MAX_CLIENT_IDS) {
    throw new Fault(
      'limit_exceeded',
      `Cannot exceed quota for ClientIdsPerOpenIdConnectProvider: ${MAX_CLIENT_IDS}`,
    );
  }
  if (thumbprints.length > MAX_THUMBPRINTS) {
    throw new Fault('invalid_input', `Thumbprint list must contain at most ${MAX_THUMBPRINTS} entries.`);
  }
}

const noSuchProvider = (arn: string): Fault =>
  new Fault('no_such_entity', `OpenIDConnect Provider not found for arn ${arn}`);
