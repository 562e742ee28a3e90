import type { SignInIdentity, SignInOwner } from '../core/sign-in/identity.ts';
import type { Deps } from './deps.ts';

/**
 * The person whom a proved passkey or a linked login belongs to, as they are now.
 * @returns null where a user is gone, or has no login profile: whoever took the console from them took every way in; and for somebody
 * from outside, whose provider must vouch for them first
 */
export async function identityOfOwner(
  accountId: string,
  owner: SignInOwner,
  deps: Deps,
): Promise<SignInIdentity | null> {
  switch (owner.type) {
    case 'user': {
      const user = await deps.directory.userById(accountId, owner.id);
      if (user === null || !(await hasConsole(accountId, user.name, deps))) return null;
      return { type: 'user', accountId, userId: user.userId, userName: user.name };
    }
    case 'root': {
      const email = await deps.signInAccounts.rootEmail(accountId);
      return email === null ? null : { type: 'root', accountId, email };
    }
    case 'federated':
      return null;
  }
}

const hasConsole = async (accountId: string, userName: string, { loginProfiles }: Deps): Promise<boolean> =>
  (await loginProfiles.findState(accountId, { type: 'user', userName }))?.passwordHash != null;
