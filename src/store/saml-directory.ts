/** SAML providers as the snapshot holds them. */
import { and, eq, type SQL } from 'drizzle-orm';
import type { SamlProvider } from '../core/saml/provider.ts';
import type { Database } from './database.ts';
import { samlProviderEntity } from './entity.ts';
import { recordOfRow, type SamlProviderRow } from './saml-provider-rows.ts';
import { samlProviders } from './schema/saml.ts';
import type { Load } from './snapshot.ts';

/** By the name in its ARN, which compares without case. */
export const samlProviderByNameLoad = (db: Database, accountId: string, name: string): Load<SamlProvider> => {
  const nameKey = name.toLowerCase();
  return load(
    db,
    `${accountId}/saml-provider-name:${nameKey}`,
    accountId,
    eq(samlProviders.nameKey, nameKey),
  );
};

/** By its id, as paths name it. */
export const samlProviderLoad = (db: Database, accountId: string, providerId: string): Load<SamlProvider> =>
  load(db, samlProviderEntity(accountId, providerId), accountId, eq(samlProviders.providerId, providerId));

const load = (
  db: Database,
  key: Load<SamlProvider>['key'],
  accountId: string,
  which: SQL,
): Load<SamlProvider> => ({
  key,
  queries: () => [
    db
      .select()
      .from(samlProviders)
      .where(and(eq(samlProviders.accountId, accountId), which)),
  ],
  read: ([rows]) => {
    const [row] = rows as SamlProviderRow[]; // the one query above
    if (row === undefined) return null;
    const bytes = JSON.stringify(row).length + 512;
    return { value: recordOfRow(row), entities: [samlProviderEntity(accountId, row.providerId)], bytes };
  },
});
