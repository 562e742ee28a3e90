/**
 * A sign-in that is under way. It lives in a sealed cookie of the browser that began it, so nobody can begin one and let another
 * browser finish it.
 */
import { toBase64Url } from '../core/bytes.ts';
import { digestOf } from '../core/digest.ts';
import type { RootSignIn, UserSignIn } from '../core/sign-in/identity.ts';
import { DEFAULT_NEXT, type NextStep } from '../core/sign-in/next-step.ts';
import { openFromBrowser, sealForBrowser } from './browser-seal.ts';
import type { Deps } from './deps.ts';
import type { SignInProof } from './sign-in-session.ts';

/** Who has shown the right password, or a login that the user has linked; and what is still owed. */
export interface PassedPassword
  extends Pick<SignInProof, 'amr' | 'authAtSeconds' | 'notAfterSeconds' | 'through'> {
  readonly identity: UserSignIn | RootSignIn;
  readonly atSeconds: number;
  /** True where the password must be changed before anything else. */
  readonly changeRequired: boolean;
  /** True once the second factor has been proved as well, where there is one. */
  readonly secondFactor: 'owed' | 'proved' | 'none';
}

export interface LoginTransaction {
  /** Random; the form's token comes of it. */
  readonly id: string;
  readonly startedAtSeconds: number;
  readonly next: NextStep;
  readonly passed: PassedPassword | null;
}

/** A person needs a while to find a key; an abandoned sign-in must not wait for somebody else. */
export const LOGIN_SECONDS = 900;
/** After the right password, the rest must follow sooner. */
const PASSED_SECONDS = 300;
const ID_BYTES = 16;

export const newTransaction = (
  nowSeconds: number,
  deps: Deps,
  next: NextStep = DEFAULT_NEXT,
): LoginTransaction => ({
  id: toBase64Url(deps.random.bytes(ID_BYTES)),
  startedAtSeconds: nowSeconds,
  next,
  passed: null,
});

/** @returns the cookie's value */
export const sealTransaction = (transaction: LoginTransaction, deps: Deps): Promise<string> =>
  sealForBrowser('login', transaction, deps);

/** @returns the sign-in under way; null where there is none, or it has taken too long. A late second step forgets the first. */
export async function openTransaction(
  cookie: string | null,
  nowSeconds: number,
  deps: Deps,
): Promise<LoginTransaction | null> {
  const opened = await openFromBrowser('login', cookie, nowSeconds, deps);
  if (opened === null) return null;
  const transaction = opened as LoginTransaction; // authentic: only `sealTransaction` seals for this purpose
  if (nowSeconds - transaction.startedAtSeconds >= LOGIN_SECONDS) return null;
  const { passed } = transaction;
  const late = passed !== null && nowSeconds - passed.atSeconds >= PASSED_SECONDS;
  return late ? { ...transaction, passed: null } : transaction;
}

/** The token that a form of this browser must carry: known to the page and to the holder of the cookie alone. */
export const csrfOf = (secret: string): Promise<string> => digestOf(`daypass form ${secret}`);
