import { requirePolicySource } from '../../../../usecases/policy-source.ts';
import { contextKeysIn, readSimulated } from '../../../../usecases/simulate.ts';
import { action } from '../../query/action.ts';
import { optional } from '../../query/field.ts';
import { arn, policyDocument } from '../../query/fields.ts';
import { list } from '../../query/kinds.ts';
import { listOf, text } from '../../query/shape.ts';

const given = (documents: readonly string[]) =>
  documents.map((document, index) => readSimulated(document, 'identity', `PolicyInputList.${index + 1}`));

export const getContextKeysForCustomPolicy = action({
  name: 'GetContextKeysForCustomPolicy',
  auth: 'sigv4',
  audit: 'read',
  permission: { action: 'iam:GetContextKeysForCustomPolicy', resource: () => '*' },
  input: { PolicyInputList: list(policyDocument(), { max: 50 }) },
  output: { ContextKeyNames: listOf(text) },
  run: async ({ PolicyInputList }) => ({ ContextKeyNames: contextKeysIn(given(PolicyInputList)) }),
});

export const getContextKeysForPrincipalPolicy = action({
  name: 'GetContextKeysForPrincipalPolicy',
  auth: 'sigv4',
  audit: 'read',
  permission: { action: 'iam:GetContextKeysForPrincipalPolicy', resource: (input) => input.PolicySourceArn },
  input: { PolicySourceArn: arn(), PolicyInputList: optional(list(policyDocument(), { max: 50 })) },
  output: { ContextKeyNames: listOf(text) },
  run: async ({ PolicySourceArn, PolicyInputList = [] }, { caller, deps }) => {
    const { policies } = await requirePolicySource(PolicySourceArn, caller.accountId, deps);
    return { ContextKeyNames: contextKeysIn([...policies, ...given(PolicyInputList)]) };
  },
});
