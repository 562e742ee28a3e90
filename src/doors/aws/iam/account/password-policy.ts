import type { PasswordPolicy } from '../../../../core/repositories/password-policy.ts';
import { action } from '../../query/action.ts';
import { optional, withDefault } from '../../query/field.ts';
import { boolean, integer } from '../../query/kinds.ts';
import { flag, maybe, nothing, record, wholeNumber } from '../../query/shape.ts';

const unlessSent = () => withDefault(boolean(), false);

const passwordPolicyShape = record({
  MinimumPasswordLength: wholeNumber,
  RequireSymbols: flag,
  RequireNumbers: flag,
  RequireUppercaseCharacters: flag,
  RequireLowercaseCharacters: flag,
  AllowUsersToChangePassword: flag,
  ExpirePasswords: flag,
  MaxPasswordAge: maybe(wholeNumber),
  PasswordReusePrevention: maybe(wholeNumber),
  HardExpiry: flag,
});

const shown = (policy: PasswordPolicy) => ({
  MinimumPasswordLength: policy.minimumLength,
  RequireSymbols: policy.requireSymbols,
  RequireNumbers: policy.requireNumbers,
  RequireUppercaseCharacters: policy.requireUppercase,
  RequireLowercaseCharacters: policy.requireLowercase,
  AllowUsersToChangePassword: policy.allowUsersToChange,
  ExpirePasswords: policy.maxAgeDays !== null,
  MaxPasswordAge: policy.maxAgeDays,
  PasswordReusePrevention: policy.reusePrevention,
  HardExpiry: policy.hardExpiry,
});

/** What is not sent goes back to its default, as in AWS: there is no partial update. */
export const updateAccountPasswordPolicy = action({
  name: 'UpdateAccountPasswordPolicy',
  auth: 'sigv4',
  audit: 'change',
  permission: { action: 'iam:UpdateAccountPasswordPolicy', resource: () => '*' },
  input: {
    MinimumPasswordLength: withDefault(integer({ min: 6, max: 128 }), 6),
    RequireSymbols: unlessSent(),
    RequireNumbers: unlessSent(),
    RequireUppercaseCharacters: unlessSent(),
    RequireLowercaseCharacters: unlessSent(),
    AllowUsersToChangePassword: unlessSent(),
    MaxPasswordAge: optional(integer({ min: 1, max: 1095 })),
    PasswordReusePrevention: optional(integer({ min: 1, max: 24 })),
    HardExpiry: unlessSent(),
  },
  output: nothing,
  run: (input, { caller, deps, changeEvent }) => {
    const policy = {
      minimumLength: input.MinimumPasswordLength,
      requireSymbols: input.RequireSymbols,
      requireNumbers: input.RequireNumbers,
      requireUppercase: input.RequireUppercaseCharacters,
      requireLowercase: input.RequireLowercaseCharacters,
      allowUsersToChange: input.AllowUsersToChangePassword,
      maxAgeDays: input.MaxPasswordAge ?? null,
      reusePrevention: input.PasswordReusePrevention ?? null,
      hardExpiry: input.HardExpiry,
    };
    return deps.accountSettings.setPasswordPolicy(caller.accountId, policy, changeEvent);
  },
});

export const getAccountPasswordPolicy = action({
  name: 'GetAccountPasswordPolicy',
  auth: 'sigv4',
  audit: 'read',
  permission: { action: 'iam:GetAccountPasswordPolicy', resource: () => '*' },
  input: {},
  output: { PasswordPolicy: passwordPolicyShape },
  run: async (_input, { caller, deps }) => ({
    PasswordPolicy: shown(await deps.accountSettings.requirePasswordPolicy(caller.accountId)),
  }),
});

export const deleteAccountPasswordPolicy = action({
  name: 'DeleteAccountPasswordPolicy',
  auth: 'sigv4',
  audit: 'change',
  permission: { action: 'iam:DeleteAccountPasswordPolicy', resource: () => '*' },
  input: {},
  output: nothing,
  run: (_input, { caller, deps, changeEvent }) =>
    deps.accountSettings.removePasswordPolicy(caller.accountId, changeEvent),
});
