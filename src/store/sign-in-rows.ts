import type { SignInSession } from '../core/sign-in/session.ts';
import type { signInSessions } from './schema/sign-in.ts';

/** @returns the session of a row, without what only the database needs */
export const sessionOf = ({
  accountId: _a,
  secretHash: _h,
  ownerType: _t,
  ownerId: _i,
  ...session
}: typeof signInSessions.$inferSelect): SignInSession => session;
