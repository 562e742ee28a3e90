import { describe, expect, test } from 'vitest';
import type { IdentityLinks } from '../../src/core/repositories/identity-links.ts';
import type { SignInSession } from '../../src/core/sign-in/session.ts';
import {
  type FreshLogin,
  linkedIdentities,
  linkIdentity,
  unlinkIdentity,
} from '../../src/usecases/link-identity.ts';
import { ACCOUNT, fakeDeps, requestFacts, testUser } from '../helpers/fake-deps.ts';
import { START_SECONDS as NOW } from '../helpers/fake-world.ts';

const anna = { type: 'user', accountId: ACCOUNT, userId: 'AIDAEXAMPLE', userName: 'anna' } as const;
const session = (over: Partial<SignInSession> = {}): SignInSession => ({
  sessionId: 'sis_1',
  identity: anna,
  amr: ['pwd'],
  authAtSeconds: NOW - 10,
  mfaAtSeconds: null,
  createdAtSeconds: NOW - 1000,
  lastSeenAtSeconds: NOW,
  expiresAtSeconds: NOW + 1000,
  sourceIp: null,
  userAgent: null,
  ...over,
});
const login: FreshLogin = { accountId: ACCOUNT, providerId: 'op1', subject: '1098', authAtSeconds: NOW - 20 };

function world() {
  const done: unknown[] = [];
  const identityLinks: IdentityLinks = {
    link: async (...call) => {
      done.push(['link', ...call.slice(0, 3), call[3]().eventName]);
    },
    unlink: async (...call) => {
      done.push(['unlink', ...call.slice(0, 3), call[3]().eventName]);
    },
    find: async () => null,
    listOf: async (_account, userId) => [{ ...login, userId, linkedAtSeconds: 1 }],
  };
  return { done, deps: fakeDeps({ users: [testUser()] }, { identityLinks }) };
}

describe('a login is linked', () => {
  test('by its owner, when both proofs are fresh', async () => {
    const { done, deps } = world();
    await linkIdentity(session(), login, requestFacts(), deps);
    const identity = { providerId: 'op1', subject: '1098' };
    expect(done).toEqual([['link', ACCOUNT, identity, 'AIDAEXAMPLE', 'LinkIdentity']]);
  });

  test.for<[string, Partial<SignInSession>, Partial<FreshLogin>]>([
    ['the user signed in five minutes ago', { authAtSeconds: NOW - 300 }, {}],
    ['the provider saw the person five minutes ago', {}, { authAtSeconds: NOW - 300 }],
    ['the provider does not say when', {}, { authAtSeconds: null }],
    ['the provider is of another account', {}, { accountId: '999988887777' }],
    ['root asks', { identity: { type: 'root', accountId: ACCOUNT, email: 'r@example.com' } }, {}],
  ])('not where %s', async ([, over, loginOver]) => {
    const { done, deps } = world();
    const linking = linkIdentity(session(over), { ...login, ...loginOver }, requestFacts(), deps);
    await expect(linking).rejects.toMatchObject({ code: 'access_denied' });
    expect(done).toEqual([]);
  });
});

test('a link is taken away after a fresh proof alone', async () => {
  const { done, deps } = world();
  const stale = unlinkIdentity(session({ authAtSeconds: NOW - 301 }), login, requestFacts(), deps);
  await expect(stale).rejects.toMatchObject({ code: 'access_denied' });
  await unlinkIdentity(session(), login, requestFacts(), deps);
  expect(done).toMatchObject([['unlink', ACCOUNT, login, 'AIDAEXAMPLE', 'UnlinkIdentity']]);
});

test('a user sees their own', async () => {
  const { deps } = world();
  expect(await linkedIdentities(session(), deps)).toHaveLength(1);
  const root = session({ identity: { type: 'root', accountId: ACCOUNT, email: 'r@example.com' } });
  expect(await linkedIdentities(root, deps)).toEqual([]);
});
