import { isAccountId } from '../../../../core/arn.ts';
import { Fault } from '../../../../core/faults.ts';
import { action } from '../../query/action.ts';
import { accountAlias } from '../../query/fields.ts';
import { listOf, nothing, text } from '../../query/shape.ts';
import { pageFields, pageMembers, shortPage } from '../paging.ts';

export const createAccountAlias = action({
  name: 'CreateAccountAlias',
  auth: 'sigv4',
  audit: 'change',
  permission: { action: 'iam:CreateAccountAlias', resource: () => '*' },
  input: { AccountAlias: accountAlias() },
  output: nothing,
  run: async ({ AccountAlias }, { caller, deps, changeEvent }) => {
    if (isAccountId(AccountAlias)) {
      throw new Fault('invalid_input', `Account alias ${AccountAlias} must not look like an account id.`);
    }
    await deps.accountSettings.setAlias(caller.accountId, AccountAlias, changeEvent);
  },
});

export const deleteAccountAlias = action({
  name: 'DeleteAccountAlias',
  auth: 'sigv4',
  audit: 'change',
  permission: { action: 'iam:DeleteAccountAlias', resource: () => '*' },
  input: { AccountAlias: accountAlias() },
  output: nothing,
  run: ({ AccountAlias }, { caller, deps, changeEvent }) =>
    deps.accountSettings.removeAlias(caller.accountId, AccountAlias, changeEvent),
});

/** An account has one alias, or none. */
export const listAccountAliases = action({
  name: 'ListAccountAliases',
  auth: 'sigv4',
  audit: 'read',
  permission: { action: 'iam:ListAccountAliases', resource: () => '*' },
  input: { ...pageFields },
  output: { AccountAliases: listOf(text), ...pageMembers },
  run: async (input, { caller, deps }) => {
    const alias = await deps.accountSettings.alias(caller.accountId);
    const { items, end } = shortPage('account-aliases', alias === null ? [] : [alias], input);
    return { AccountAliases: items, ...end };
  },
});
