import { and, eq } from 'drizzle-orm';
import { Fault } from '../core/faults.ts';
import type { AccountSettings } from '../core/repositories/account-settings.ts';
import { type BatchWriter, guarded } from './batch.ts';
import { type CounterName, DEFAULT_QUOTAS } from './counters.ts';
import { type Database, runBatch } from './database.ts';
import { createPasswordPolicies } from './password-policies.ts';
import { readRows } from './read.ts';
import { accounts, counters } from './schema/accounts.ts';

const COUNTED: readonly CounterName[] = [
  'Users',
  'Groups',
  'Roles',
  'Policies',
  'Providers',
  'InstanceProfiles',
];

export function createAccountSettings(db: Database, writer: BatchWriter): AccountSettings {
  return {
    async alias(accountId) {
      const [row] = await readRows(
        db,
        db.select({ alias: accounts.alias }).from(accounts).where(eq(accounts.accountId, accountId)),
      );
      return row?.alias ?? null;
    },

    async setAlias(accountId, alias, event) {
      await writer.commit({
        queries: guarded(
          db,
          'found',
          db.update(accounts).set({ alias }).where(eq(accounts.accountId, accountId)),
        ),
        entities: [],
        event: event(),
        faults: {
          unique: () => new Fault('entity_already_exists', `The account alias ${alias} already exists.`),
        },
      });
    },

    async removeAlias(accountId, alias, event) {
      await writer.commit({
        queries: guarded(
          db,
          'found',
          db
            .update(accounts)
            .set({ alias: null })
            .where(and(eq(accounts.accountId, accountId), eq(accounts.alias, alias))),
        ),
        entities: [],
        event: event(),
        faults: {
          found: () => new Fault('no_such_entity', `The account alias ${alias} cannot be found.`),
        },
      });
    },

    ...createPasswordPolicies(db, writer),

    async counts(accountId) {
      const [counted, account] = await runBatch(db, [
        db
          .select({ name: counters.name, value: counters.value })
          .from(counters)
          .where(eq(counters.accountId, accountId)),
        db.select({ quotas: accounts.quotas }).from(accounts).where(eq(accounts.accountId, accountId)),
      ]);
      const rows = counted as { name: string; value: number }[]; // the two queries above, in order
      const [settings] = account as { quotas: Readonly<Record<string, number>> }[];
      const values = new Map(rows.map(({ name, value }) => [name, value]));
      const quotas = new Map(Object.entries(settings?.quotas ?? {}));
      return COUNTED.map((name) => ({
        name,
        count: values.get(name) ?? 0,
        quota: quotas.get(name) ?? DEFAULT_QUOTAS[name],
      }));
    },
  };
}
