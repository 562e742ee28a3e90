import { describe, expect, test } from 'vitest';
import type { Session } from '../../src/core/credentials/session.ts';
import { authorize } from '../../src/usecases/authorize.ts';
import type { Caller } from '../../src/usecases/caller.ts';
import { findSessionCaller } from '../../src/usecases/session-caller.ts';
import {
  ACCOUNT,
  fakeDirectory,
  type Holdings,
  policyOf,
  requestFacts,
  testRole,
  testUser,
} from '../helpers/fake-deps.ts';
import { START_SECONDS as NOW } from '../helpers/fake-world.ts';
import { roleSession, sessionOf, USER_IDENTITY } from '../helpers/sessions.ts';

const allow = (action: string) => policyOf('identity', { Effect: 'Allow', Action: action, Resource: '*' });
const text = (action: string) =>
  JSON.stringify({ Version: '2012-10-17', Statement: { Effect: 'Allow', Action: action, Resource: '*' } });
const bounded = testUser({ policies: { identity: [allow('s3:*')], boundary: null } });
const bob = { type: 'federated-user', name: 'bob', by: USER_IDENTITY } as const;

const find = (session: Session, held: Holdings = { users: [bounded], roles: [testRole()] }) =>
  findSessionCaller(fakeDirectory(held), session, { accessKeyId: 'ASIA1', tokenId: null, nowSeconds: NOW });

const may = (caller: Caller | null, action: string): boolean => {
  if (caller === null) throw new Error('no caller');
  try {
    authorize(caller, { action, resource: '*' }, requestFacts());
    return true;
  } catch {
    return false;
  }
};

describe("a user's own session", () => {
  test('is the user, told to the trail with session and key', async () => {
    const caller = await find(sessionOf(USER_IDENTITY, { mfaAtSeconds: NOW }));
    expect(caller).toMatchObject({
      arn: bounded.arn,
      userId: 'AIDAEXAMPLE',
      principal: { type: 'user', arn: bounded.arn, accountId: ACCOUNT, uniqueId: 'AIDAEXAMPLE' },
    });
    expect(caller?.auditIdentity).toEqual({
      type: 'IAMUser',
      principalId: 'AIDAEXAMPLE',
      arn: bounded.arn,
      accountId: ACCOUNT,
      sessionId: 'ses_1',
      accessKeyId: 'ASIA1',
      mfaAuthenticated: true,
    });
    expect(may(caller, 's3:GetObject')).toBe(true);
    expect(may(caller, 'iam:ListUsers')).toBe(false);
  });

  test('outlives a new name of the user', async () => {
    const renamed = { ...bounded, name: 'anne', arn: `arn:aws:iam::${ACCOUNT}:user/anne` };
    expect(await find(sessionOf(USER_IDENTITY), { users: [renamed] })).toMatchObject({ arn: renamed.arn });
  });

  test('ends with the user, also when a new one has the name', async () => {
    for (const users of [[], [testUser({ userId: 'AIDANEW' })]]) {
      expect(await find(sessionOf(USER_IDENTITY), { users })).toBeNull();
      expect(await find(sessionOf(bob), { users })).toBeNull();
    }
  });
});

describe('a federated user', () => {
  test('may do nothing without a session policy', async () => {
    const caller = await find(sessionOf(bob));
    expect(caller).toMatchObject({
      arn: `arn:aws:sts::${ACCOUNT}:federated-user/bob`,
      userId: `${ACCOUNT}:bob`,
      auditIdentity: { type: 'FederatedUser', principalId: `${ACCOUNT}:bob` },
    });
    expect(may(caller, 's3:GetObject')).toBe(false);
  });

  test('may do what its policies and those of the user who vouched both allow', async () => {
    const caller = await find(sessionOf(bob, { policies: { inline: text('s3:Get*'), arns: [] } }));
    expect(may(caller, 's3:GetObject')).toBe(true);
    expect(may(caller, 's3:PutObject')).toBe(false);
    const wider = await find(sessionOf(bob, { policies: { inline: text('*'), arns: [] } }));
    expect(may(wider, 'iam:ListUsers')).toBe(false);
  });

  test('of root may do what its policies allow', async () => {
    const byRoot = { type: 'federated-user', name: 'bob', by: { type: 'root' } } as const;
    const caller = await find(sessionOf(byRoot, { policies: { inline: text('s3:*'), arns: [] } }), {});
    expect(may(caller, 's3:GetObject')).toBe(true);
    expect(may(caller, 'iam:ListUsers')).toBe(false);
    expect(may(await find(sessionOf(byRoot), {}), 's3:GetObject')).toBe(false);
  });
});

test('root may do everything', async () => {
  const caller = await find(sessionOf({ type: 'root' }), {});
  expect(caller).toMatchObject({
    arn: `arn:aws:iam::${ACCOUNT}:root`,
    userId: ACCOUNT,
    auditIdentity: { type: 'Root', principalId: ACCOUNT },
  });
  expect(may(caller, 'iam:DeleteUser')).toBe(true);
});

describe('scopes', () => {
  const role = testRole({ policies: { identity: [allow('s3:*')], boundary: null } });

  test('each narrow whatever kind of session they are put upon', async () => {
    const scopes = [text('s3:Get*'), text('s3:*Object'), text('*')];
    const sessions = [
      roleSession({ scopes }),
      sessionOf(USER_IDENTITY, { scopes }),
      sessionOf(bob, { scopes, policies: { inline: text('*'), arns: [] } }),
      sessionOf({ type: 'root' }, { scopes }),
    ];
    for (const session of sessions) {
      const caller = await find(session, { users: [bounded], roles: [role] });
      const allowed = ['s3:GetObject', 's3:GetBucket', 's3:PutObject'].map((action) => may(caller, action));
      expect([session.identity.type, allowed]).toEqual([session.identity.type, [true, false, false]]);
    }
  });

  test('never widen', async () => {
    const caller = await find(roleSession({ scopes: [text('*')] }), { roles: [role] });
    expect(may(caller, 'iam:ListUsers')).toBe(false);
  });

  test('that cannot be read deny', async () => {
    const caller = await find(roleSession({ scopes: ['{'] }), { roles: [role] });
    expect(may(caller, 's3:GetObject')).toBe(false);
  });
});
