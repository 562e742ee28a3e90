import { and, eq } from 'drizzle-orm';
import { Fault } from '../core/faults.ts';
import type { QuotaName } from '../core/quotas.ts';
import type { AccountSettings } from '../core/repositories/account-settings.ts';
import { type BatchWriter, guarded } from './batch.ts';
import { type Database, runBatch } from './database.ts';
import { createOutboundFederation } from './outbound-federation.ts';
import { createPasswordPolicies } from './password-policies.ts';
import { createQuotas, quotaRecords } from './quotas.ts';
import { readRows } from './read.ts';
import { accounts, counters } from './schema/accounts.ts';
import { createSecurityPresets } from './security-preset.ts';
import { createTokenVersions } from './token-version.ts';

/** What AWS's GetAccountSummary does not know. */
const NOT_IN_SUMMARY: readonly QuotaName[] = [
  'Audiences',
  'Instances',
  'SAMLProviders',
  'OAuthClients',
  'OAuthScopes',
];
/** Quotas of each owner: nothing of the account is counted. */
const OF_OWNERS: readonly QuotaName[] = [
  'AttachedPoliciesPerUser',
  'AttachedPoliciesPerGroup',
  'AttachedPoliciesPerRole',
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

    ...createOutboundFederation(db, writer),
    ...createPasswordPolicies(db, writer),
    ...createQuotas(db, writer),
    ...createSecurityPresets(db, writer),
    ...createTokenVersions(db, writer),

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
      // AWS counts both kinds of provider under one name, each with its own quota.
      values.set('Providers', (values.get('Providers') ?? 0) + (values.get('SAMLProviders') ?? 0));
      return quotaRecords(settings?.quotas ?? {})
        .filter(({ name }) => !NOT_IN_SUMMARY.includes(name))
        .map(({ name, value }) => ({
          name,
          count: OF_OWNERS.includes(name) ? null : (values.get(name) ?? 0),
          quota: value,
        }));
    },
  };
}
