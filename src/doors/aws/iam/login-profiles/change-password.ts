import { nowSecondsOf } from '../../../../core/context/request-context.ts';
import { AccessDenied, authorize } from '../../../../usecases/authorize.ts';
import { changePassword as change } from '../../../../usecases/choose-password.ts';
import { action } from '../../query/action.ts';
import { password } from '../../query/fields.ts';
import { nothing } from '../../query/shape.ts';
import { callerUserName } from '../caller-user.ts';
import { userTarget } from '../targets.ts';

/**
 * The caller's own password. The account's password policy may allow it to all users; a Deny still binds, and so does a boundary.
 * @see IAM User Guide, "Permit IAM users to change their own passwords"
 */
export const changePassword = action({
  name: 'ChangePassword',
  auth: 'sigv4',
  audit: 'change',
  permission: {
    exempt: 'iam:ChangePassword is asked below, where the password policy may stand in for an Allow',
  },
  input: { OldPassword: password(), NewPassword: password() },
  output: nothing,
  run: async ({ OldPassword, NewPassword }, { caller, deps, facts, changeEvent }) => {
    const { accountId } = caller;
    const userName = callerUserName(caller);
    const target = await userTarget({ UserName: userName }, caller, deps);
    try {
      authorize(caller, { action: 'iam:ChangePassword', ...target }, facts);
    } catch (error) {
      const state = await deps.loginProfiles.findState(accountId, { type: 'user', userName });
      if (!wantsOnlyAnAllow(error) || state?.rules.mayChange !== true) throw error;
    }
    const input = { accountId, userName, password: OldPassword, newPassword: NewPassword };
    await change(input, nowSecondsOf(facts), deps, changeEvent);
  },
});

/** Whether nothing denies, and all that is missing is an Allow of the user's own policies. */
const wantsOnlyAnAllow = (error: unknown): boolean =>
  error instanceof AccessDenied &&
  error.detail.effect === 'ImplicitDeny' &&
  (error.detail.layer ?? 'identity') === 'identity';
