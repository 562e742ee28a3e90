import { expect, test } from 'vitest';
import { wantsSecondFactor } from '../../../src/core/context/step-up.ts';
import { contextOf } from '../../../src/core/policy/context.ts';
import { decide } from '../../../src/core/policy/decide.ts';
import { policyOf } from '../../helpers/fake-deps.ts';

const ALLOW = { Effect: 'Allow', Action: 's3:GetObject', Resource: '*' };
const present = { Bool: { 'aws:MultiFactorAuthPresent': 'true' } };
const young = { NumericLessThan: { 'aws:MultiFactorAuthAge': '3600' } };
const unlessProved = {
  Effect: 'Deny',
  Action: '*',
  Resource: '*',
  Condition: { BoolIfExists: { 'aws:MultiFactorAuthPresent': 'false' } },
};

const request = (context: Readonly<Record<string, string>>) => ({
  principal: {
    type: 'user' as const,
    arn: 'arn:aws:iam::111122223333:user/anna',
    accountId: '111122223333',
    uniqueId: 'AIDAEXAMPLE',
  },
  action: 's3:GetObject',
  resource: 'arn:aws:s3:::reports/a',
  resourceAccount: '111122223333',
  context: contextOf(Object.entries(context)),
});

test.for<[string, readonly object[], Readonly<Record<string, string>>, boolean]>([
  ['an Allow that asks for it', [{ ...ALLOW, Condition: present }], {}, true],
  ['a Deny without it', [ALLOW, unlessProved], { 'aws:MultiFactorAuthPresent': 'false' }, true],
  [
    'a proof that is too old',
    [{ ...ALLOW, Condition: young }],
    { 'aws:MultiFactorAuthPresent': 'true', 'aws:MultiFactorAuthAge': '7200' },
    true,
  ],
  ['nothing that allows', [{ ...ALLOW, Action: 's3:PutObject' }], {}, false],
  [
    'a Deny all the same',
    [
      { ...ALLOW, Condition: present },
      { ...ALLOW, Effect: 'Deny' },
    ],
    {},
    false,
  ],
  ['what is allowed', [ALLOW], {}, false],
])('%s wants a second factor: %#', ([, statements, context, wanted]) => {
  const asked = request(context);
  const policies = { identity: [policyOf('identity', ...statements)] };
  expect(wantsSecondFactor(asked, policies, decide(asked, policies))).toBe(wanted);
});
