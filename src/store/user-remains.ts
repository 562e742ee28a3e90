/** What a deleted user leaves behind that nobody has to delete first. */
import { and, eq } from 'drizzle-orm';
import { removeConsentsOf } from './consents.ts';
import type { Database, Query } from './database.ts';
import { removeLinksOf } from './identity-links.ts';
import { authenticationFailures } from './schema/mfa-devices.ts';
import { passwordHistory } from './schema/passwords.ts';
import { recoveryCodes, webauthnCredentials } from './schema/sign-in.ts';

/**
 * Removes it, in the batch that removes the user: hashes and keys of somebody who is gone are of use to a thief alone.
 * MFA devices hold the user, so that the passkeys found here are those of devices that were deactivated.
 */
export const removeRemains = (db: Database, accountId: string, userId: string): readonly Query[] => [
  db
    .delete(passwordHistory)
    .where(and(eq(passwordHistory.accountId, accountId), eq(passwordHistory.ownerId, userId))),
  db
    .delete(authenticationFailures)
    .where(
      and(
        eq(authenticationFailures.accountId, accountId),
        eq(authenticationFailures.subject, `user:${userId}`),
      ),
    ),
  removeLinksOf(db, accountId, userId),
  removeConsentsOf(db, accountId, { type: 'user', id: userId }),
  ...[recoveryCodes, webauthnCredentials].map((table) =>
    db
      .delete(table)
      .where(and(eq(table.accountId, accountId), eq(table.ownerType, 'user'), eq(table.ownerId, userId))),
  ),
];
