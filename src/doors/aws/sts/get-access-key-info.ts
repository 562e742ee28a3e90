import { Fault } from '../../../core/faults.ts';
import { accountOfAccessKeyId } from '../../../core/ids.ts';
import { action } from '../query/action.ts';
import { accessKeyIdField } from '../query/fields.ts';
import { text } from '../query/shape.ts';

export const getAccessKeyInfo = action({
  name: 'GetAccessKeyInfo',
  auth: 'sigv4',
  audit: 'read',
  permission: { action: 'sts:GetAccessKeyInfo', resource: () => '*' },
  input: { AccessKeyId: accessKeyIdField() },
  output: { Account: text },
  run: async ({ AccessKeyId }) => {
    const account = accountOfAccessKeyId(AccessKeyId);
    if (account === null) throw new Fault('validation_error', `\`${AccessKeyId}\` is not an access key id`);
    return { Account: account };
  },
});
