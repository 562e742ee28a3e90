/** Whether principals of an account may ask for tokens for outside services: one switch, held by every isolate. */
import { and, eq } from 'drizzle-orm';
import { Fault } from '../core/faults.ts';
import type { OutboundFederation } from '../core/repositories/outbound-federation.ts';
import { type BatchWriter, guarded } from './batch.ts';
import type { Database } from './database.ts';
import { outboundFederationEntity } from './entity.ts';
import { accounts } from './schema/accounts.ts';
import type { Load } from './snapshot.ts';

export const createOutboundFederation = (db: Database, writer: BatchWriter): OutboundFederation => ({
  async setOutboundFederation(accountId, enabled, event) {
    await writer.commit({
      queries: guarded(
        db,
        'unchanged',
        db
          .update(accounts)
          .set({ outboundFederation: enabled })
          .where(and(eq(accounts.accountId, accountId), eq(accounts.outboundFederation, !enabled))),
      ),
      entities: [outboundFederationEntity(accountId)],
      event: event(),
      faults: { unchanged: () => (enabled ? enabledAlready() : disabledAlready()) },
    });
  },
});

const enabledAlready = (): Fault =>
  new Fault('feature_enabled', 'Outbound web identity federation is already enabled for this account.');
const disabledAlready = (): Fault =>
  new Fault('feature_disabled', 'Outbound web identity federation is not enabled for this account.');

/** The switch as an entry of the snapshot; null where there is no such account. */
export const outboundFederationLoad = (
  db: Database,
  accountId: string,
): Load<{ readonly enabled: boolean }> => ({
  key: outboundFederationEntity(accountId),
  queries: () => [
    db
      .select({ enabled: accounts.outboundFederation })
      .from(accounts)
      .where(eq(accounts.accountId, accountId)),
  ],
  read: ([rows]) => {
    const [row] = rows as { enabled: boolean }[]; // the one query above
    return row === undefined
      ? null
      : { value: row, entities: [outboundFederationEntity(accountId)], bytes: 128 };
  },
});
