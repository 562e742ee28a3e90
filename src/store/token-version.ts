import { eq } from 'drizzle-orm';
import { Fault } from '../core/faults.ts';
import type { TokenVersions } from '../core/repositories/token-version.ts';
import { type BatchWriter, guarded } from './batch.ts';
import type { Database } from './database.ts';
import { readRows } from './read.ts';
import { accounts } from './schema/accounts.ts';

/** Nothing that decides reads it: no isolate has to learn of a change. */
export const createTokenVersions = (db: Database, writer: BatchWriter): TokenVersions => ({
  async tokenVersion(accountId) {
    const [row] = await readRows(
      db,
      db
        .select({ version: accounts.globalTokenVersion })
        .from(accounts)
        .where(eq(accounts.accountId, accountId)),
    );
    return row?.version === 2 ? 2 : 1;
  },

  async setTokenVersion(accountId, globalTokenVersion, event) {
    await writer.commit({
      queries: guarded(
        db,
        'found',
        db.update(accounts).set({ globalTokenVersion }).where(eq(accounts.accountId, accountId)),
      ),
      entities: [],
      event: event(),
      faults: { found: () => new Fault('no_such_entity', 'the account does not exist') },
    });
  },
});
