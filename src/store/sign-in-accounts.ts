import { and, asc, eq, sql } from 'drizzle-orm';
import type { LoginProvider, SignInAccounts } from '../core/repositories/sign-in-accounts.ts';
import { type Database, runBatch } from './database.ts';
import { readRows } from './read.ts';
import { accounts } from './schema/accounts.ts';
import { mappingRules, providerClients } from './schema/federation.ts';
import { oidcProviders } from './schema/providers.ts';
import { samlProviders } from './schema/saml.ts';

const MAX_PROVIDERS = 10;

/** An OIDC provider that has a client secret or mapping rules. */
const forPeople = sql`(exists (select 1 from ${providerClients} where ${providerClients.accountId} = ${oidcProviders.accountId} and ${providerClients.providerId} = ${oidcProviders.providerId}) or exists (select 1 from ${mappingRules} where ${mappingRules.accountId} = ${oidcProviders.accountId} and ${mappingRules.providerId} = ${oidcProviders.providerId}))`;

export function createSignInAccounts(db: Database): SignInAccounts {
  const one = async (where: ReturnType<typeof sql>): Promise<string | null> => {
    const query = db.select({ accountId: accounts.accountId }).from(accounts).where(where).limit(1);
    const [row] = await readRows(db, query);
    return row?.accountId ?? null;
  };
  return {
    byAlias: (alias) => one(eq(accounts.alias, alias)),
    byRootEmail: (email) => one(sql`lower(${accounts.rootEmail}) = lower(${email})`),
    async rootEmail(accountId) {
      const query = db
        .select({ email: accounts.rootEmail })
        .from(accounts)
        .where(eq(accounts.accountId, accountId));
      const [row] = await readRows(db, query);
      return row?.email ?? null;
    },
    async providers(accountId) {
      const [oidc, saml] = await runBatch(db, [
        db
          .select({ providerId: oidcProviders.providerId, name: oidcProviders.url })
          .from(oidcProviders)
          .where(and(eq(oidcProviders.accountId, accountId), forPeople))
          .orderBy(asc(oidcProviders.url))
          .limit(MAX_PROVIDERS),
        db
          .select({ providerId: samlProviders.providerId, name: samlProviders.name })
          .from(samlProviders)
          .where(and(eq(samlProviders.accountId, accountId), sql`${samlProviders.signOnEndpoints} <> '[]'`))
          .orderBy(asc(samlProviders.nameKey))
          .limit(MAX_PROVIDERS),
      ]);
      const named = (rows: unknown, kind: LoginProvider['kind']) =>
        (rows as Omit<LoginProvider, 'kind'>[]).map((row) => ({ kind, ...row })); // the two queries above
      return [...named(oidc, 'oidc'), ...named(saml, 'saml')].slice(0, MAX_PROVIDERS);
    },
  };
}
