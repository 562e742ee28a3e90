/** Root's recovery: one batch that leaves nothing of what root had but its name. */
import { and, eq, sql } from 'drizzle-orm';
import { Fault } from '../core/faults.ts';
import type { RootRecovery, RootRecoveryPlan } from '../core/repositories/root-recovery.ts';
import { ROOT_MARK } from '../core/revocation/marks.ts';
import { forgiveQuery } from './authentication-failures.ts';
import { type BatchWriter, guarded } from './batch.ts';
import type { Database, Query } from './database.ts';
import { revocationsEntity } from './entity.ts';
import { remember } from './login-profiles.ts';
import { ofOwner } from './mfa-rows.ts';
import { useOnce } from './one-time-values.ts';
import { revokeQueries } from './revocations.ts';
import { accounts, counters } from './schema/accounts.ts';
import { mfaDevices } from './schema/mfa-devices.ts';
import { recoveryCodes, webauthnCredentials } from './schema/sign-in.ts';
import { endSignInsOf } from './sign-in-sessions.ts';

const ROOT = { type: 'root' } as const;

export function createRootRecovery(db: Database, writer: BatchWriter): RootRecovery {
  return {
    async recover(plan) {
      const { accountId } = plan;
      const event = plan.event();
      const nowSeconds = Math.floor(event.atMilliseconds / 1000);
      await writer.commit({
        queries: [
          // First, so that of many at once all but one abort here.
          ...useOnce(db, 'unused', plan.deploymentAccountId, plan.token),
          ...newPassword(db, plan, nowSeconds),
          ...withoutFactors(db, accountId),
          forgiveQuery(db, accountId, ROOT, 'password'),
          forgiveQuery(db, accountId, ROOT, 'mfa'),
          ...endSignInsOf(db, accountId, { type: 'root', id: accountId }),
          ...revokeQueries(db, accountId, {
            marks: [ROOT_MARK],
            issuedUntilSeconds: nowSeconds,
            expiresAtSeconds: plan.revokedUntilSeconds,
          }),
        ],
        entities: [revocationsEntity(accountId)],
        event,
        faults: {
          unused: () =>
            new Fault('missing_authentication', 'this recovery token was used before: set another one'),
          unchanged: () => new Fault('concurrent_modification', 'the password is being changed, try again'),
        },
      });
    },
  };
}

const newPassword = (
  db: Database,
  { accountId, before, passwordHash }: RootRecoveryPlan,
  nowSeconds: number,
): readonly Query[] => [
  ...guarded(
    db,
    'unchanged',
    db
      .update(accounts)
      .set({
        rootPasswordHash: passwordHash,
        rootPasswordChangedAtSeconds: nowSeconds,
        rootPasswordResetRequired: true,
      })
      .where(and(eq(accounts.accountId, accountId), eq(accounts.rootPasswordHash, before))),
  ),
  ...remember(db, accountId, accountId, before, nowSeconds),
];

/** Passkeys are gone, apps are nobody's any more, and the counts say so. */
function withoutFactors(db: Database, accountId: string): readonly Query[] {
  const devices = ofOwner(accountId, ROOT);
  const keys = and(devices, eq(mfaDevices.kind, 'webauthn'));
  const fewer = (name: string, gone: typeof devices): Query =>
    db
      .update(counters)
      .set({ value: sql`max(0, ${counters.value} - (select count(*) from ${mfaDevices} where ${gone}))` })
      .where(and(eq(counters.accountId, accountId), eq(counters.name, name)));
  return [
    fewer('MFADevicesInUse', devices),
    fewer('MFADevices', keys),
    db.delete(mfaDevices).where(keys),
    db.update(mfaDevices).set({ ownerType: null, ownerId: null, enabledAtSeconds: null }).where(devices),
    db
      .delete(webauthnCredentials)
      .where(and(eq(webauthnCredentials.accountId, accountId), eq(webauthnCredentials.ownerType, 'root'))),
    db
      .delete(recoveryCodes)
      .where(and(eq(recoveryCodes.accountId, accountId), eq(recoveryCodes.ownerType, 'root'))),
  ];
}
