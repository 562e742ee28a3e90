import { Fault } from '../../../../core/faults.ts';
import type { PasswordState } from '../../../../core/repositories/login-profiles.ts';
import { choosePassword } from '../../../../usecases/choose-password.ts';
import type { Deps } from '../../../../usecases/deps.ts';
import { optional, withDefault } from '../../query/field.ts';
import { password, userName } from '../../query/fields.ts';
import { boolean } from '../../query/kinds.ts';
import { flag, maybe, moment, nothing, record, text } from '../../query/shape.ts';
import { callerUserName } from '../caller-user.ts';
import { entityAction } from '../entity-action.ts';
import { userTarget } from '../targets.ts';

const profileShape = record({ UserName: text, CreateDate: moment, PasswordResetRequired: maybe(flag) });

const profileOf = (profile: {
  readonly userName: string;
  readonly createdAtSeconds: number;
  readonly resetRequired: boolean;
}) => ({
  UserName: profile.userName,
  CreateDate: profile.createdAtSeconds,
  PasswordResetRequired: profile.resetRequired,
});

/** @throws Fault `no_such_entity` */
async function stateOf(accountId: string, name: string, deps: Deps): Promise<PasswordState> {
  const state = await deps.loginProfiles.findState(accountId, { type: 'user', userName: name });
  if (state === null) throw new Fault('no_such_entity', `The user with name ${name} cannot be found.`);
  return state;
}

/** Without a user name it is the caller's own, as in AWS; a password has to be given. */
export const createLoginProfile = entityAction({
  name: 'CreateLoginProfile',
  audit: 'change',
  permission: { action: 'iam:CreateLoginProfile', target: userTarget },
  input: {
    UserName: optional(userName()),
    Password: optional(password()),
    PasswordResetRequired: withDefault(boolean(), false),
  },
  output: { LoginProfile: profileShape },
  run: async (input, { caller, deps, changeEvent }) => {
    const { accountId } = caller;
    const name = input.UserName ?? callerUserName(caller);
    if (input.Password === undefined) throw new Fault('validation_error', 'Must specify a password');
    const state = await stateOf(accountId, name, deps);
    const wanted = {
      passwordHash: await choosePassword(state, input.Password, deps),
      resetRequired: input.PasswordResetRequired || state.rules.changeAtFirstUse,
    };
    return { LoginProfile: profileOf(await deps.loginProfiles.create(accountId, name, wanted, changeEvent)) };
  },
});

export const getLoginProfile = entityAction({
  name: 'GetLoginProfile',
  audit: 'read',
  permission: { action: 'iam:GetLoginProfile', target: userTarget },
  input: { UserName: optional(userName()) },
  output: { LoginProfile: profileShape },
  run: async ({ UserName }, { caller, deps }) => ({
    LoginProfile: profileOf(
      await deps.loginProfiles.require(caller.accountId, UserName ?? callerUserName(caller)),
    ),
  }),
});

/** A new password also forgives the wrong tries before it. */
export const updateLoginProfile = entityAction({
  name: 'UpdateLoginProfile',
  audit: 'change',
  permission: { action: 'iam:UpdateLoginProfile', target: userTarget },
  input: {
    UserName: userName(),
    Password: optional(password()),
    PasswordResetRequired: optional(boolean()),
  },
  output: nothing,
  run: async ({ UserName, Password, PasswordResetRequired }, { caller, deps, changeEvent }) => {
    const { accountId } = caller;
    await deps.loginProfiles.require(accountId, UserName);
    const state = await stateOf(accountId, UserName, deps);
    // where the first use has to change it, nobody lifts that
    const resetRequired = state.rules.changeAtFirstUse
      ? Password !== undefined || PasswordResetRequired || undefined
      : PasswordResetRequired;
    const change = {
      ...(Password !== undefined && { passwordHash: await choosePassword(state, Password, deps) }),
      ...(resetRequired !== undefined && { resetRequired }),
    };
    await deps.loginProfiles.update(accountId, UserName, change, changeEvent);
  },
});

export const deleteLoginProfile = entityAction({
  name: 'DeleteLoginProfile',
  audit: 'change',
  permission: { action: 'iam:DeleteLoginProfile', target: userTarget },
  input: { UserName: optional(userName()) },
  output: nothing,
  run: ({ UserName }, { caller, deps, changeEvent }) =>
    deps.loginProfiles.remove(caller.accountId, UserName ?? callerUserName(caller), changeEvent),
});
