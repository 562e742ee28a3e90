import { policyArn } from '../../../../core/arn.ts';
import { action } from '../../query/action.ts';
import { optional } from '../../query/field.ts';
import { description, pathOrRoot, policyDocument, policyName, tags } from '../../query/fields.ts';
import { requestTagContext } from '../request-tags.ts';
import { policyOf, policyShape } from '../shapes.ts';
import { requireManagedDocument } from './managed-policy.ts';

export const createPolicy = action({
  name: 'CreatePolicy',
  auth: 'sigv4',
  audit: 'change',
  permission: {
    action: 'iam:CreatePolicy',
    resource: (input, caller) => policyArn(caller.accountId, input.Path, input.PolicyName),
    context: (input) => requestTagContext(input.Tags),
  },
  input: {
    PolicyName: policyName(),
    Path: pathOrRoot(),
    PolicyDocument: policyDocument(),
    Description: optional(description()),
    Tags: optional(tags()),
  },
  output: { Policy: policyShape },
  run: async (input, { caller, deps, changeEvent }) => {
    const wanted = {
      name: input.PolicyName,
      path: input.Path,
      description: input.Description ?? '',
      document: requireManagedDocument(input.PolicyDocument),
      tags: input.Tags ?? [],
    };
    return { Policy: policyOf(await deps.policies.create(caller.accountId, wanted, changeEvent)) };
  },
});
