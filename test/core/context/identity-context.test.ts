import { describe, expect, test } from 'vitest';
import type { Role } from '../../../src/core/account.ts';
import { roleContext, userContext } from '../../../src/core/context/identity-context.ts';
import { requestContext } from '../../../src/core/context/request-context.ts';
import { denyEverything } from '../../../src/core/policy/compile.ts';
import { START_SECONDS } from '../../helpers/fake-world.ts';

const role: Role = {
  accountId: '111122223333',
  roleId: 'AROAEXAMPLE',
  name: 'Reader',
  arn: 'arn:aws:iam::111122223333:role/team/Reader',
  trust: { source: 'trust', policy: denyEverything('test') },
  maxSessionSeconds: 3600,
  tags: [
    { Key: 'Team', Value: 'red' },
    { Key: 'cost', Value: 'c1' },
  ],
  policies: { identity: [], boundary: null },
};

test('a user has its own keys and no MFA keys', () => {
  const context = userContext({
    accountId: '111122223333',
    userId: 'AIDAEXAMPLE',
    name: 'anna',
    arn: 'arn:aws:iam::111122223333:user/anna',
    tags: [{ Key: 'team', Value: 'red' }],
    policies: { identity: [], boundary: null },
  });
  expect(Object.fromEntries(context)).toEqual({
    'aws:PrincipalArn': 'arn:aws:iam::111122223333:user/anna',
    'aws:PrincipalAccount': '111122223333',
    'aws:PrincipalType': 'User',
    'aws:userid': 'AIDAEXAMPLE',
    'aws:username': 'anna',
    'aws:PrincipalTag/team': 'red',
  });
});

test("a session's tags lie over the role's, whatever the case of their keys", () => {
  const context = roleContext(role, 'AROAEXAMPLE', [{ Key: 'TEAM', Value: 'blue' }]);
  expect(context.filter(([key]) => key.startsWith('aws:PrincipalTag/'))).toEqual([
    ['aws:PrincipalTag/cost', 'c1'],
    ['aws:PrincipalTag/TEAM', 'blue'],
  ]);
});

describe('a request', () => {
  const facts = {
    requestId: 'r',
    nowMilliseconds: START_SECONDS * 1000 + 999,
    sourceIp: '192.0.2.1',
    userAgent: 'test',
    secureTransport: true,
    near: null,
  };

  test('has time in whole seconds, address, agent and transport', () => {
    expect(Object.fromEntries(requestContext(facts))).toEqual({
      'aws:CurrentTime': '2026-11-24T12:00:00Z',
      'aws:EpochTime': String(START_SECONDS),
      'aws:SecureTransport': 'true',
      'aws:ViaAWSService': 'false',
      'aws:PrincipalIsAWSService': 'false',
      'aws:SourceIp': '192.0.2.1',
      'aws:UserAgent': 'test',
    });
  });

  test('leaves out what is not known', () => {
    const keys = requestContext({ ...facts, sourceIp: null, userAgent: null }).map(([key]) => key);
    expect(keys).not.toContain('aws:SourceIp');
    expect(keys).not.toContain('aws:UserAgent');
  });
});
