import { describe, expect, test } from 'vitest';
import type { Role } from '../../src/core/account.ts';
import type { FederatedSignIn } from '../../src/core/sign-in/identity.ts';
import { takeMappedRole } from '../../src/usecases/take-mapped-role.ts';
import { ACCOUNT, fakeDeps, policyOf, requestFacts, testRole } from '../helpers/fake-deps.ts';
import { START_SECONDS as NOW } from '../helpers/fake-world.ts';

const GOOGLE = `arn:aws:iam::${ACCOUNT}:oidc-provider/accounts.google.com`;
const asked = { sessionName: 'anna', tags: [], transitiveTagKeys: [], sourceIdentity: null };
const anna: FederatedSignIn = {
  type: 'federated',
  accountId: ACCOUNT,
  subjectId: 'fed_anna',
  displayName: 'Anna',
  federation: {
    provider: 'accounts.google.com',
    keyPrefix: 'accounts.google.com',
    audience: 'web',
    subject: '1',
  },
  providerArn: GOOGLE,
  asked,
  trustAction: 'sts:AssumeRoleWithWebIdentity',
  context: [
    ['accounts.google.com:aud', 'web'],
    ['accounts.google.com:sub', '1'],
  ],
  roleArns: [testRole().arn],
  notAfterSeconds: null,
};
const trusting = (Federated: string, more: object = {}): Partial<Role> => ({
  trust: policyOf('trust', {
    Effect: 'Allow',
    Principal: { Federated },
    Action: 'sts:AssumeRoleWithWebIdentity',
    Condition: { StringEquals: { 'accounts.google.com:sub': '1' } },
    ...more,
  }),
});
const take = (
  role: Partial<Role>,
  over: Partial<FederatedSignIn> = {},
  durationSeconds: number | null = null,
) =>
  takeMappedRole(
    { ...anna, ...over },
    testRole().arn,
    durationSeconds,
    requestFacts(),
    fakeDeps({ roles: [testRole(role)] }),
  );

test.for(['accounts.google.com', GOOGLE])('a role that trusts %s is taken', async (name) => {
  const { role, session } = await take(trusting(name));
  expect(role.arn).toBe(testRole().arn);
  expect(session).toMatchObject({
    identity: { type: 'role', roleId: 'AROAEXAMPLE', sessionName: 'anna' },
    federation: anna.federation,
    expiresAtSeconds: NOW + 3600,
    mfaAtSeconds: null,
  });
});

test('what the login asks for goes with it, where trust allows', async () => {
  const tagged = { asked: { ...asked, tags: [{ Key: 'team', Value: 'red' }] } };
  await expect(take(trusting(GOOGLE), tagged)).rejects.toMatchObject({ code: 'access_denied' });
  const both = { Action: ['sts:AssumeRoleWithWebIdentity', 'sts:TagSession'] };
  expect((await take(trusting(GOOGLE, both), tagged)).session.tags).toEqual(tagged.asked.tags);
});

test('the session ends with the login that it came from', async () => {
  const { session } = await take(trusting(GOOGLE), { notAfterSeconds: NOW + 100 });
  expect(session.expiresAtSeconds).toBe(NOW + 100);
});

describe('refused is', () => {
  test.for<[string, Partial<Role>, Partial<FederatedSignIn>]>([
    ['a role that was not offered', trusting(GOOGLE), { roleArns: [] }],
    ['a role that no longer trusts', trusting('graph.facebook.com'), {}],
    ['another person', trusting(GOOGLE), { context: [['accounts.google.com:sub', '2']] }],
    ['another way in', trusting(GOOGLE), { trustAction: 'sts:AssumeRoleWithSAML' }],
    ['a role under another path', { ...trusting(GOOGLE), arn: `arn:aws:iam::${ACCOUNT}:role/x/Reader` }, {}],
  ])('%s', async ([, role, over]) => {
    await expect(take(role, over)).rejects.toMatchObject({ name: 'Fault', code: 'access_denied' });
  });

  test('a duration beyond the role’s', async () => {
    await expect(take(trusting(GOOGLE), {}, 3601)).rejects.toMatchObject({ code: 'validation_error' });
  });
});
