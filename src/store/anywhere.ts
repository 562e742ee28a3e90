/** Trust anchors, their lists of revoked certificates, and profiles: three tables with the same life. */
import { and, asc, eq, sql } from 'drizzle-orm';
import type { SQLiteColumn, SQLiteTable } from 'drizzle-orm/sqlite-core';
import { anywhereArn } from '../core/arn.ts';
import { Fault } from '../core/faults.ts';
import { formatUuid } from '../core/ids.ts';
import type { Random } from '../core/ports.ts';
import type {
  Anywhere,
  AnywhereProfileRecord,
  AnywhereRows,
  CrlRecord,
  TrustAnchor,
  TrustAnchorRecord,
} from '../core/repositories/trust-anchors.ts';
import { type BatchWriter, guarded, required } from './batch.ts';
import type { Database } from './database.ts';
import { anywhereProfileEntity, type Entity, trustAnchorEntity } from './entity.ts';
import { afterKey, pageOf, rowsWanted } from './page.ts';
import { readRows } from './read.ts';
import { anywhereProfiles, revokedCertificates, trustAnchors } from './schema/trust-anchors.ts';
import type { Load } from './snapshot.ts';

const MAX_OF_A_KIND = 50;
const UUID_BYTES = 16;

interface Kind<R> {
  readonly table: SQLiteTable & { readonly accountId: SQLiteColumn };
  readonly name: string;
  readonly id: SQLiteColumn;
  readonly idOf: (record: R) => string;
  readonly recordOf: (row: Record<string, unknown>) => R;
  /** The row's own members. */
  readonly rowOf: (id: string, made: Record<string, unknown>) => Record<string, unknown>;
  readonly entity: (accountId: string, record: R) => Entity;
  readonly noun: string;
}

function createRows<R, Id extends keyof R>(
  db: Database,
  writer: BatchWriter,
  random: Random,
  kind: Kind<R>,
): AnywhereRows<R, Id> {
  const { table, id: idColumn, noun } = kind;
  const theRow = (accountId: string, id: string) => and(eq(table.accountId, accountId), eq(idColumn, id));
  const missing = (id: string) => () => new Fault('no_such_entity', `The ${noun} ${id} cannot be found.`);
  const require = async (accountId: string, id: string): Promise<R> => {
    const [row] = await readRows(db, db.select().from(table).where(theRow(accountId, id)));
    if (row === undefined) throw missing(id)();
    return kind.recordOf(row);
  };
  return {
    async create(accountId, made, makeEvent) {
      const id = formatUuid(random.bytes(UUID_BYTES));
      const event = makeEvent({ id });
      const atSeconds = Math.floor(event.atMilliseconds / 1000);
      const dated = { createdAtSeconds: atSeconds, updatedAtSeconds: atSeconds };
      const row = { accountId, ...kind.rowOf(id, made), ...dated };
      const record = kind.recordOf(row);
      await writer.commit({
        queries: [
          required(
            db,
            'withinQuota',
            sql`(select count(*) from ${table} where account_id = ${accountId}) < ${MAX_OF_A_KIND}`,
          ),
          db.insert(table).values(row),
        ],
        entities: [kind.entity(accountId, record)],
        event,
        faults: {
          withinQuota: () =>
            new Fault('limit_exceeded', `Cannot exceed quota for ${noun}s: ${MAX_OF_A_KIND}`),
        },
      });
      return record;
    },
    require,
    async list(accountId, page) {
      const rows = await readRows(
        db,
        db
          .select()
          .from(table)
          .where(and(eq(table.accountId, accountId), afterKey(idColumn, page)))
          .orderBy(asc(idColumn))
          .limit(rowsWanted(page)),
      );
      return pageOf(rows.map(kind.recordOf), page, kind.idOf);
    },
    async update(accountId, id, change, makeEvent) {
      const held = await require(accountId, id);
      const event = makeEvent({ id });
      const set = { ...change, updatedAtSeconds: Math.floor(event.atMilliseconds / 1000) };
      await writer.commit({
        queries: guarded(db, 'found', db.update(table).set(set).where(theRow(accountId, id))),
        entities: [kind.entity(accountId, held)],
        event,
        faults: { found: missing(id) },
      });
      return { ...held, ...set };
    },
    async remove(accountId, id, event) {
      const held = await require(accountId, id);
      await writer.commit({
        queries: guarded(db, 'found', db.delete(table).where(theRow(accountId, id))),
        entities: [kind.entity(accountId, held)],
        event: event({ id }),
        faults: { found: missing(id) },
      });
      return held;
    },
  };
}

const anchorOf = (row: Record<string, unknown>): TrustAnchorRecord => {
  const { accountId, ...shown } = row as typeof trustAnchors.$inferSelect; // a row of that table
  return { ...shown, arn: anywhereArn(accountId, 'trust-anchor', shown.anchorId) };
};
const crlOf = (row: Record<string, unknown>): CrlRecord => {
  const { accountId, ...shown } = row as typeof revokedCertificates.$inferSelect; // a row of that table
  return { ...shown, arn: anywhereArn(accountId, 'crl', shown.crlId) };
};
const profileOf = (row: Record<string, unknown>): AnywhereProfileRecord => {
  const { accountId, ...shown } = row as typeof anywhereProfiles.$inferSelect; // a row of that table
  return { ...shown, arn: anywhereArn(accountId, 'profile', shown.profileId) };
};

export function createAnywhere(db: Database, writer: BatchWriter, random: Random): Anywhere {
  return {
    trustAnchors: createRows<TrustAnchorRecord, 'anchorId'>(db, writer, random, {
      ...{ table: trustAnchors, name: 'trust_anchors', id: trustAnchors.anchorId, noun: 'trust anchor' },
      ...{ recordOf: anchorOf, idOf: ({ anchorId }) => anchorId },
      rowOf: (anchorId, made) => ({ anchorId, ...made }),
      entity: (accountId, { anchorId }) => trustAnchorEntity(accountId, anchorId),
    }),
    crls: createRows<CrlRecord, 'crlId'>(db, writer, random, {
      ...{ table: revokedCertificates, name: 'revoked_certificates', id: revokedCertificates.crlId },
      ...{ noun: 'CRL', recordOf: crlOf, idOf: ({ crlId }) => crlId },
      rowOf: (crlId, made) => ({ crlId, ...made }),
      entity: (accountId, { anchorId }) => trustAnchorEntity(accountId, anchorId),
    }),
    profiles: createRows<AnywhereProfileRecord, 'profileId'>(db, writer, random, {
      ...{ table: anywhereProfiles, name: 'anywhere_profiles', id: anywhereProfiles.profileId },
      ...{ noun: 'profile', recordOf: profileOf, idOf: ({ profileId }) => profileId },
      rowOf: (profileId, made) => ({ profileId, ...made }),
      entity: (accountId, { profileId }) => anywhereProfileEntity(accountId, profileId),
    }),
  };
}

/** A trust anchor with what its enabled lists revoke. */
export const trustAnchorLoad = (db: Database, accountId: string, anchorId: string): Load<TrustAnchor> => ({
  key: trustAnchorEntity(accountId, anchorId),
  queries: () => [
    db
      .select()
      .from(trustAnchors)
      .where(and(eq(trustAnchors.accountId, accountId), eq(trustAnchors.anchorId, anchorId))),
    db
      .select()
      .from(revokedCertificates)
      .where(
        and(
          eq(revokedCertificates.accountId, accountId),
          eq(revokedCertificates.anchorId, anchorId),
          eq(revokedCertificates.enabled, true),
        ),
      ),
  ],
  read: ([anchorRows, crlRows]) => {
    const [row] = anchorRows as Record<string, unknown>[]; // the queries above, in order
    if (row === undefined) return null;
    const { arn, enabled, bundle } = anchorOf(row);
    const revoked = (crlRows as Record<string, unknown>[]).map(crlOf);
    return {
      value: { arn, enabled, bundle, revoked },
      entities: [trustAnchorEntity(accountId, anchorId)],
      bytes: 1024 + 2 * bundle.length + 64 * revoked.reduce((sum, { serials }) => sum + serials.length, 0),
    };
  },
});

export const anywhereProfileLoad = (
  db: Database,
  accountId: string,
  profileId: string,
): Load<AnywhereProfileRecord> => ({
  key: anywhereProfileEntity(accountId, profileId),
  queries: () => [
    db
      .select()
      .from(anywhereProfiles)
      .where(and(eq(anywhereProfiles.accountId, accountId), eq(anywhereProfiles.profileId, profileId))),
  ],
  read: ([rows]) => {
    const [row] = rows as Record<string, unknown>[]; // the one query above
    return row === undefined
      ? null
      : {
          value: profileOf(row),
          entities: [anywhereProfileEntity(accountId, profileId)],
          bytes: 1024 + 2 * JSON.stringify(row).length,
        };
  },
});
