import { eq, sql } from 'drizzle-orm';
import type { SignInAccounts } from '../core/repositories/sign-in-accounts.ts';
import type { Database } from './database.ts';
import { readRows } from './read.ts';
import { accounts } from './schema/accounts.ts';

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
  };
}
