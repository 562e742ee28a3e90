import { describe, expect, test } from 'vitest';
import {
  federatedUserContext,
  roleSessionContext,
  rootSessionContext,
  userSessionContext,
} from '../../../src/core/context/session-context.ts';
import { testRole, testUser } from '../../helpers/fake-deps.ts';
import { START_SECONDS as NOW } from '../../helpers/fake-world.ts';
import { roleSession, sessionOf, USER_IDENTITY } from '../../helpers/sessions.ts';

const role = testRole({
  arn: 'arn:aws:iam::111122223333:role/team/Reader',
  tags: [{ Key: 'Team', Value: 'red' }],
});
const user = testUser({ tags: [{ Key: 'team', Value: 'red' }] });
const federated = { type: 'federated-user', name: 'bob', by: USER_IDENTITY } as const;
const BOB = 'arn:aws:sts::111122223333:federated-user/bob';

const context = (entries: readonly (readonly [string, unknown])[]) => Object.fromEntries(entries);

describe('a role session', () => {
  test("has the role's ARN with its path, and no user name", () => {
    expect(context(roleSessionContext(role, roleSession(), NOW))).toEqual({
      'aws:PrincipalArn': role.arn,
      'aws:PrincipalAccount': '111122223333',
      'aws:PrincipalType': 'AssumedRole',
      'aws:userid': 'AROAEXAMPLE:anna',
      'aws:PrincipalTag/Team': 'red',
      'aws:TokenIssueTime': '2026-11-24T12:00:00Z',
      'aws:MultiFactorAuthPresent': 'false',
    });
  });

  test('tells where its login came from', () => {
    const session = roleSession({
      sourceIdentity: 'anna',
      federation: {
        provider: 'arn:aws:iam::111122223333:oidc-provider/accounts.example.com',
        keyPrefix: 'accounts.example.com',
        audience: 'client',
        subject: 'sub-1',
        amr: ['pwd', 'mfa'],
      },
    });
    expect(context(roleSessionContext(role, session, NOW))).toMatchObject({
      'aws:SourceIdentity': 'anna',
      'aws:FederatedProvider': 'arn:aws:iam::111122223333:oidc-provider/accounts.example.com',
      'accounts.example.com:aud': 'client',
      'accounts.example.com:sub': 'sub-1',
      'accounts.example.com:amr': ['pwd', 'mfa'],
    });
  });
});

test.for([
  ['graph.facebook.com', { 'graph.facebook.com:app_id': 'app', 'graph.facebook.com:id': 'person' }],
  ['api.x.com', { 'api.x.com:client_id': 'app', 'api.x.com:id': 'person' }],
] as const)('a login with %s is known by the names that policies have for it', ([keyPrefix, own]) => {
  const federation = { provider: keyPrefix, keyPrefix, audience: 'app', subject: 'person' };
  const keys = context(roleSessionContext(role, roleSession({ federation }), NOW));
  expect(keys).toMatchObject({ ...own, [`${keyPrefix}:aud`]: 'app', [`${keyPrefix}:sub`]: 'person' });
});

describe("a user's session", () => {
  test('has the keys of the user and of a session', () => {
    expect(context(userSessionContext(user, sessionOf(USER_IDENTITY), NOW))).toEqual({
      'aws:PrincipalArn': 'arn:aws:iam::111122223333:user/anna',
      'aws:PrincipalAccount': '111122223333',
      'aws:PrincipalType': 'User',
      'aws:userid': 'AIDAEXAMPLE',
      'aws:username': 'anna',
      'aws:PrincipalTag/team': 'red',
      'aws:TokenIssueTime': '2026-11-24T12:00:00Z',
      'aws:MultiFactorAuthPresent': 'false',
    });
  });

  test('tells how long ago its second factor was proved', () => {
    const session = sessionOf(USER_IDENTITY, { mfaAtSeconds: NOW });
    expect(context(userSessionContext(user, session, NOW + 61))).toMatchObject({
      'aws:MultiFactorAuthPresent': 'true',
      'aws:MultiFactorAuthAge': '61',
    });
    // another data centre's clock may be behind
    expect(context(userSessionContext(user, session, NOW - 2))).toMatchObject({
      'aws:MultiFactorAuthAge': '0',
    });
  });
});

test('a federated user is itself: no user name, its tags over those of the user who vouched', () => {
  const session = sessionOf(federated, { tags: [{ Key: 'TEAM', Value: 'blue' }] });
  expect(context(federatedUserContext(BOB, user.tags, session, NOW))).toEqual({
    'aws:PrincipalArn': BOB,
    'aws:PrincipalAccount': '111122223333',
    'aws:PrincipalType': 'FederatedUser',
    'aws:userid': '111122223333:bob',
    'aws:PrincipalTag/TEAM': 'blue',
    'aws:TokenIssueTime': '2026-11-24T12:00:00Z',
    'aws:MultiFactorAuthPresent': 'false',
  });
});

test('root is the account', () => {
  expect(context(rootSessionContext(sessionOf({ type: 'root' }, { mfaAtSeconds: NOW }), NOW))).toEqual({
    'aws:PrincipalArn': 'arn:aws:iam::111122223333:root',
    'aws:PrincipalAccount': '111122223333',
    'aws:PrincipalType': 'Account',
    'aws:userid': '111122223333',
    'aws:TokenIssueTime': '2026-11-24T12:00:00Z',
    'aws:MultiFactorAuthPresent': 'true',
    'aws:MultiFactorAuthAge': '0',
  });
});
