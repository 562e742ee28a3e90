import { expect, test } from 'vitest';
import { callerText, principalNamed } from '../../../src/core/policy/request-principal.ts';

const accountId = '111122223333';

test.each([
  [`arn:aws:iam::${accountId}:root`, { type: 'root' }],
  [`arn:aws:iam::${accountId}:user/team/alice`, { type: 'user' }],
  [
    `arn:aws:iam::${accountId}:role/team/app`,
    { type: 'role-session', roleArn: `arn:aws:iam::${accountId}:role/team/app` },
  ],
  [`arn:aws:sts::${accountId}:assumed-role/app/one`, { type: 'role-session' }],
  [
    `arn:aws:sts::${accountId}:federated-user/bob`,
    { type: 'federated-user', userArn: `arn:aws:iam::${accountId}:user/bob` },
  ],
])('%s', (arn, expected) => {
  expect(principalNamed(arn)).toEqual({ arn, accountId, ...expected });
  expect(callerText(principalNamed(arn))).toBe(arn);
});

test('a service', () => {
  expect(principalNamed('events.amazonaws.com')).toEqual({ type: 'service', name: 'events.amazonaws.com' });
});

test.each([
  '',
  '*',
  accountId,
  'alice',
  `arn:aws:iam::${accountId}:group/admins`,
  `arn:aws:iam::${accountId}:user/`,
  'arn:aws:iam::1:user/alice',
  `arn:aws:sts::${accountId}:assumed-role/app`,
  `arn:aws:sts::${accountId}:assumed-role/app/one/two`,
  `arn:aws:sts::${accountId}:federated-user/`,
  `x:arn:aws:iam::${accountId}:root`,
  'events.amazonaws.com.example.org',
  'amazonaws.com',
])('`%s` is nobody', (name) => {
  expect(principalNamed(name)).toBeNull();
});

test('the others as text', () => {
  expect(callerText(null)).toBe('anonymous');
  expect(callerText({ type: 'federated', provider: 'accounts.google.com' })).toBe('accounts.google.com');
});
