import { isAccountId } from '../core/arn.ts';
import type { LoginProvider } from '../core/repositories/sign-in-accounts.ts';
import type { Deps } from './deps.ts';

/**
 * The providers that the sign-in page offers: those of the account that was named, or of the one that this deployment was set up with.
 * An alias that nobody has shows what the deployment's own does; an id is taken as it is, and one that nobody has shows none.
 * @param account - id or alias in lower case, or empty
 */
export async function providersOf(account: string, deps: Deps): Promise<readonly LoginProvider[]> {
  const named = isAccountId(account) ? account : await deps.signInAccounts.byAlias(account);
  const accountId = named ?? (await deps.directory.setUpAccount());
  return accountId === null ? [] : deps.signInAccounts.providers(accountId);
}
