import { action } from '../query/action.ts';
import { text } from '../query/shape.ts';

export const getCallerIdentity = action({
  name: 'GetCallerIdentity',
  auth: 'sigv4',
  audit: 'read',
  permission: { exempt: 'any signed caller may ask who it is, even under an explicit deny' },
  input: {},
  output: { UserId: text, Account: text, Arn: text },
  run: async (_input, { caller }) => ({ UserId: caller.userId, Account: caller.accountId, Arn: caller.arn }),
});
