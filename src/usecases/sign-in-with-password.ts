/** The first factor of a sign-in: account, name and password. Every refusal is the same and takes as long. */
import { isAccountId } from '../core/arn.ts';
import type { RequestFacts } from '../core/context/request-context.ts';
import { Fault } from '../core/faults.ts';
import { auditIdentityOf, type RootSignIn, type UserSignIn } from '../core/sign-in/identity.ts';
import type { Deps } from './deps.ts';
import { recordRefusedSignIn } from './record-sign-in.ts';
import { verifyPassword } from './verify-password.ts';

/** Who has shown the right password. */
export interface PasswordSignIn {
  readonly identity: UserSignIn | RootSignIn;
  /** True where a new password is due before anything else. */
  readonly changeRequired: boolean;
}

/** Stands for an account that nobody has: looked up like any other, and in vain. */
const NO_ACCOUNT = '000000000000';
const ALIAS = /^[a-z0-9-]{3,63}$/;

/**
 * @param account - its id or alias, as typed
 * @returns null for every refusal: unknown account, unknown user, no password, wrong password, locked
 */
export async function signInAsUser(
  shown: { readonly account: string; readonly userName: string; readonly password: string },
  nowSeconds: number,
  facts: RequestFacts,
  deps: Deps,
): Promise<PasswordSignIn | null> {
  const { userName, password } = shown;
  const accountId = await accountOf(shown.account.toLowerCase(), deps);
  const verdict = await verifyPassword({ accountId, userName, password }, nowSeconds, deps);
  // Looked up nowhere else: what this isolate holds of a user would show in the time.
  const owner = verdict.outcome === 'refused' ? (verdict.known?.owner ?? null) : verdict.owner;
  const identity: UserSignIn | null = owner?.type === 'user' ? { ...owner, accountId } : null;
  if (verdict.outcome === 'refused' || identity === null) {
    const reason = verdict.outcome === 'refused' ? verdict.reason : 'no such user';
    const arn = verdict.outcome === 'refused' ? (verdict.known?.arn ?? '') : '';
    const who =
      identity === null
        ? { accountId: await trailOf(accountId, deps) }
        : { accountId, known: auditIdentityOf(identity, arn, null) };
    await recordRefusedSignIn(who, 'password', refusal(reason), facts, deps);
    return null;
  }
  return { identity, changeRequired: verdict.outcome === 'change-required' };
}

/** As `signInAsUser`, by the e-mail address of an account's root. */
export async function signInAsRoot(
  shown: { readonly email: string; readonly password: string },
  nowSeconds: number,
  facts: RequestFacts,
  deps: Deps,
): Promise<PasswordSignIn | null> {
  const { email, password } = shown;
  const accountId = (await deps.signInAccounts.byRootEmail(email)) ?? NO_ACCOUNT;
  const verdict = await verifyPassword({ accountId, rootEmail: email, password }, nowSeconds, deps);
  const identity: RootSignIn = { type: 'root', accountId, email };
  if (verdict.outcome === 'refused') {
    const known = accountId !== NO_ACCOUNT;
    const who = known ? identity : { accountId: await trailOf(accountId, deps) };
    await recordRefusedSignIn(who, 'password', refusal(verdict.reason), facts, deps);
    return null;
  }
  return { identity, changeRequired: verdict.outcome === 'change-required' };
}

async function accountOf(account: string, deps: Deps): Promise<string> {
  if (isAccountId(account)) return account;
  return (ALIAS.test(account) ? await deps.signInAccounts.byAlias(account) : null) ?? NO_ACCOUNT;
}

/** A try at an account that nobody has stands in the trail of the account that this deployment was set up with. */
const trailOf = async (accountId: string, deps: Deps): Promise<string> =>
  accountId === NO_ACCOUNT ? ((await deps.directory.setUpAccount()) ?? NO_ACCOUNT) : accountId;

const refusal = (reason: string): Fault => new Fault('access_denied', 'the sign-in was refused', { reason });
