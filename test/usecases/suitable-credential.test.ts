import { describe, expect, test } from 'vitest';
import type { Session } from '../../src/core/credentials/session.ts';
import { Fault } from '../../src/core/faults.ts';
import { type Caller, userPrincipalCaller } from '../../src/usecases/caller.ts';
import { findSessionCaller } from '../../src/usecases/session-caller.ts';
import { requireSuitableCredential } from '../../src/usecases/suitable-credential.ts';
import { fakeDirectory, testRole, testUser } from '../helpers/fake-deps.ts';
import { START_SECONDS as NOW } from '../helpers/fake-world.ts';
import { roleSession, sessionOf, USER_IDENTITY } from '../helpers/sessions.ts';

const bob = { type: 'federated-user', name: 'bob', by: USER_IDENTITY } as const;
const sessions: Readonly<Record<string, Session | null>> = {
  key: null,
  role: roleSession(),
  own: sessionOf(USER_IDENTITY),
  'own with MFA': sessionOf(USER_IDENTITY, { mfaAtSeconds: NOW }),
  federated: sessionOf(bob, { mfaAtSeconds: NOW }),
  root: sessionOf({ type: 'root' }),
  'root with MFA': sessionOf({ type: 'root' }, { mfaAtSeconds: NOW }),
};

async function callerOf(session: Session | null): Promise<Caller> {
  if (session === null) return userPrincipalCaller(testUser());
  const directory = fakeDirectory({ users: [testUser()], roles: [testRole()] });
  const caller = await findSessionCaller(directory, session, {
    accessKeyId: 'ASIA1',
    tokenId: null,
    nowSeconds: NOW,
  });
  if (caller === null) throw new Error('no caller');
  return caller;
}

/** Which of the callers are let through, and with which codes the others are refused. */
async function outcomes(service: string, action: string) {
  const entries = Object.entries(sessions).map(async ([name, session]) => {
    const caller = await callerOf(session);
    try {
      requireSuitableCredential(caller, service, action);
      return [name, 'yes'] as const;
    } catch (error) {
      return [name, error instanceof Fault ? error.code : error] as const;
    }
  });
  return Object.fromEntries(await Promise.all(entries));
}

const everybody = Object.fromEntries(Object.keys(sessions).map((name) => [name, 'yes']));
const NO = 'access_denied';

describe('who may call', () => {
  test('IAM: keys, roles, and own sessions with a second factor', async () => {
    for (const action of ['ListUsers', 'CreateAccessKey']) {
      expect(await outcomes('iam', action)).toEqual({
        ...everybody,
        own: 'invalid_client_token_id',
        federated: 'invalid_client_token_id',
        root: 'invalid_client_token_id',
      });
    }
  });

  test.for(['GetSessionToken', 'GetFederationToken'])('%s: keys alone', async (action) => {
    expect(await outcomes('sts', action)).toEqual({
      key: 'yes',
      role: NO,
      own: NO,
      'own with MFA': NO,
      federated: NO,
      root: NO,
      'root with MFA': NO,
    });
  });

  test('GetScopedCredentials: sessions alone', async () => {
    expect(await outcomes('sts', 'GetScopedCredentials')).toEqual({
      ...everybody,
      key: 'invalid_subject_credentials',
    });
  });

  test('AssumeRole: neither federated users nor root', async () => {
    expect(await outcomes('sts', 'AssumeRole')).toEqual({
      ...everybody,
      federated: NO,
      root: NO,
      'root with MFA': NO,
    });
  });

  test('GetCallerIdentity: everybody', async () => {
    expect(await outcomes('sts', 'GetCallerIdentity')).toEqual(everybody);
  });

  test.for(['GetAccessKeyInfo', 'DecodeAuthorizationMessage', 'GetWebIdentityToken', 'WhatEverComesNext'])(
    'STS otherwise (%s): keys and roles',
    async (action) => {
      expect(await outcomes('sts', action)).toEqual({
        key: 'yes',
        role: 'yes',
        own: NO,
        'own with MFA': NO,
        federated: NO,
        root: NO,
        'root with MFA': NO,
      });
    },
  );
});
