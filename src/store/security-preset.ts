import { eq } from 'drizzle-orm';
import { Fault } from '../core/faults.ts';
import type { SecurityPresets } from '../core/repositories/security-preset.ts';
import { type BatchWriter, guarded } from './batch.ts';
import type { Database } from './database.ts';
import { readRows } from './read.ts';
import { accounts } from './schema/accounts.ts';

/** Passwords and sign-in sessions read it anew each time: no isolate has to learn of a change. */
export const createSecurityPresets = (db: Database, writer: BatchWriter): SecurityPresets => ({
  async securityPreset(accountId) {
    const [row] = await readRows(
      db,
      db.select({ preset: accounts.securityPreset }).from(accounts).where(eq(accounts.accountId, accountId)),
    );
    return row?.preset ?? null;
  },

  async setSecurityPreset(accountId, securityPreset, event) {
    await writer.commit({
      queries: guarded(
        db,
        'found',
        db.update(accounts).set({ securityPreset }).where(eq(accounts.accountId, accountId)),
      ),
      entities: [],
      event: event(),
      faults: { found: () => new Fault('no_such_entity', 'the account does not exist') },
    });
  },
});
