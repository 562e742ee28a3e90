import { eq } from 'drizzle-orm';
import { Fault } from '../core/faults.ts';
import type { PasswordPolicies } from '../core/repositories/password-policy.ts';
import { type BatchWriter, guarded } from './batch.ts';
import type { Database } from './database.ts';
import { readRows } from './read.ts';
import { passwordPolicies } from './schema/password-policies.ts';

/** No decision depends on a password policy: sign-in reads it. */
export function createPasswordPolicies(db: Database, writer: BatchWriter): PasswordPolicies {
  return {
    async requirePasswordPolicy(accountId) {
      const [row] = await readRows(
        db,
        db.select().from(passwordPolicies).where(eq(passwordPolicies.accountId, accountId)),
      );
      if (row === undefined) throw noPolicy(accountId);
      const { accountId: _, ...policy } = row;
      return policy;
    },

    async setPasswordPolicy(accountId, policy, event) {
      await writer.commit({
        queries: [
          db
            .insert(passwordPolicies)
            .values({ accountId, ...policy })
            .onConflictDoUpdate({ target: passwordPolicies.accountId, set: policy }),
        ],
        entities: [],
        event: event(),
      });
    },

    async removePasswordPolicy(accountId, event) {
      await writer.commit({
        queries: guarded(
          db,
          'found',
          db.delete(passwordPolicies).where(eq(passwordPolicies.accountId, accountId)),
        ),
        entities: [],
        event: event(),
        faults: { found: () => noPolicy(accountId) },
      });
    },
  };
}

const noPolicy = (accountId: string): Fault =>
  new Fault('no_such_entity', `The Password Policy with domain name ${accountId} cannot be found.`);
