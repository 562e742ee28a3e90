/** What a person let a client keep: the role, and how they had signed in when they agreed. Every refresh decides anew by it. */
import type { SignInOwner } from '../sign-in/identity.ts';
import type { SignInSession } from '../sign-in/session.ts';
import type { PersonalGrant } from './personal-grant.ts';
import type { RefreshState } from './refresh-token.ts';

/** A sign-in as it was when its person agreed. */
export type RecordedSignIn = Pick<
  SignInSession,
  'sessionId' | 'identity' | 'amr' | 'authAtSeconds' | 'mfaAtSeconds' | 'createdAtSeconds'
>;

/** @returns what is kept of a sign-in: not where it came from, nor how long the browser's session lasts */
export const recordSignIn = ({
  sessionId,
  identity,
  amr,
  authAtSeconds,
  mfaAtSeconds,
  createdAtSeconds,
}: SignInSession): RecordedSignIn => ({
  ...{ sessionId, identity, amr },
  ...{ authAtSeconds, mfaAtSeconds, createdAtSeconds },
});

/** The tokens that one agreement gives, one after another. */
export interface RefreshFamily extends RefreshState {
  readonly accountId: string;
  /** Public; it leads to no token. */
  readonly familyId: string;
  readonly handleHash: string;
  readonly clientId: string;
  readonly owner: SignInOwner;
  readonly grant: PersonalGrant;
  readonly roleArn: string;
  readonly signIn: RecordedSignIn;
  /** Of the key that the first tokens were bound to; null where they were bound to none. @see RFC 9449 section 5 */
  readonly keyThumbprint: string | null;
  readonly createdAtSeconds: number;
  /** Of the newest session that it gave. */
  readonly lastSessionId: string;
  /** The newest token, under the one before it; null before the first use. */
  readonly sealedSuccessor: string | null;
}
