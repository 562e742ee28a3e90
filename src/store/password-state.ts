/** Reads in one batch what checking a password needs. */
import { and, desc, eq, sql } from 'drizzle-orm';
import { rootArn, userArn } from '../core/arn.ts';
import type { FactorOwner } from '../core/mfa/device.ts';
import { MAX_REMEMBERED, rulesOf } from '../core/passwords/rules.ts';
import type { Login, PasswordState } from '../core/repositories/login-profiles.ts';
import { type Database, runBatch } from './database.ts';
import { accounts } from './schema/accounts.ts';
import { users } from './schema/identities.ts';
import { mfaDevices } from './schema/mfa-devices.ts';
import { passwordPolicies } from './schema/password-policies.ts';
import { loginProfiles, passwordHistory } from './schema/passwords.ts';

type UserRow = typeof users.$inferSelect;
type AccountRow = typeof accounts.$inferSelect;
type ProfileRow = typeof loginProfiles.$inferSelect;
type PolicyRow = typeof passwordPolicies.$inferSelect;

/** The same queries are made for a name that nobody has. */
export async function findPasswordState(
  db: Database,
  accountId: string,
  login: Login,
): Promise<PasswordState | null> {
  const nameKey = login.type === 'user' ? login.userName.toLowerCase() : '';
  const ofName = and(eq(users.accountId, accountId), eq(users.nameKey, nameKey));
  const userId = sql`(select ${users.userId} from ${users} where ${ofName})`;
  const ownerId = login.type === 'root' ? sql`${accountId}` : userId;
  const results = await runBatch(db, [
    db.select().from(accounts).where(eq(accounts.accountId, accountId)),
    db.select().from(users).where(ofName),
    db
      .select()
      .from(loginProfiles)
      .where(and(eq(loginProfiles.accountId, accountId), eq(loginProfiles.userId, userId))),
    db.select().from(passwordPolicies).where(eq(passwordPolicies.accountId, accountId)),
    db
      .select({ passwordHash: passwordHistory.passwordHash })
      .from(passwordHistory)
      .where(and(eq(passwordHistory.accountId, accountId), eq(passwordHistory.ownerId, ownerId)))
      .orderBy(desc(passwordHistory.setAtSeconds))
      .limit(MAX_REMEMBERED),
    db
      .select({ serialKey: mfaDevices.serialKey })
      .from(mfaDevices)
      .where(
        and(
          eq(mfaDevices.accountId, accountId),
          eq(mfaDevices.ownerType, login.type),
          eq(mfaDevices.ownerId, ownerId),
        ),
      )
      .limit(1),
  ]);
  // the six queries above, in order
  const [[account], [user], [profile], [policy], history, devices] = results as [
    AccountRow[],
    UserRow[],
    ProfileRow[],
    PolicyRow[],
    { passwordHash: string }[],
    unknown[],
  ];
  if (account === undefined) return null;
  const shared = {
    history: history.map(({ passwordHash }) => passwordHash),
    rules: rulesOf({
      policy: policy ?? null,
      preset: account.securityPreset,
      hasMfa: devices.length > 0,
    }),
  };
  const place = account.alias === null ? [] : [account.alias];
  if (login.type === 'root') {
    if (!isRootEmail(account, login.email)) return null;
    return {
      ...shared,
      owner: { type: 'root' },
      arn: rootArn(accountId),
      disabled: false,
      passwordHash: account.rootPasswordHash,
      resetRequired: account.rootPasswordResetRequired,
      changedAtSeconds: account.rootPasswordChangedAtSeconds ?? account.createdAtSeconds,
      words: [account.rootEmail, ...place],
    };
  }
  if (user === undefined) return null;
  const owner: FactorOwner = { type: 'user', userId: user.userId, userName: user.name };
  return {
    ...shared,
    owner,
    arn: userArn(accountId, user.path, user.name),
    disabled: user.disabledAtSeconds !== null,
    passwordHash: profile?.passwordHash ?? null,
    resetRequired: profile?.resetRequired ?? false,
    changedAtSeconds: profile?.changedAtSeconds ?? 0,
    words: [user.name, ...place],
  };
}

const isRootEmail = ({ rootEmail }: AccountRow, email: string): boolean =>
  rootEmail.toLowerCase() === email.toLowerCase();
