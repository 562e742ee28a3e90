import { nowSecondsOf, type RequestFacts } from '../core/context/request-context.ts';
import { auditIdentityOf, type RootSignIn, type UserSignIn } from '../core/sign-in/identity.ts';
import { changePassword } from './choose-password.ts';
import type { Deps } from './deps.ts';
import { eventOf } from './record.ts';
import { arnOf } from './sign-in-session.ts';

/**
 * Sets a new password in the place of one that is due to be changed. Whoever has to change it, may.
 * @throws Fault `access_denied` for a wrong old password, `password_policy_violation`, `concurrent_modification`
 */
export async function replaceDuePassword(
  identity: UserSignIn | RootSignIn,
  passwords: { readonly old: string; readonly next: string },
  facts: RequestFacts,
  deps: Deps,
): Promise<void> {
  const { accountId } = identity;
  const whose = identity.type === 'root' ? { rootEmail: identity.email } : { userName: identity.userName };
  const operation = {
    accountId,
    source: 'iam.amazonaws.com',
    name: 'ChangePassword',
    identity: auditIdentityOf(identity, (await arnOf(identity, deps)) ?? '', null),
    readOnly: false,
    parameters: null,
  };
  await changePassword(
    { accountId, ...whose, password: passwords.old, newPassword: passwords.next },
    nowSecondsOf(facts),
    deps,
    (elements) => eventOf(operation, { elements: elements ?? null }, facts, deps.random),
  );
}
