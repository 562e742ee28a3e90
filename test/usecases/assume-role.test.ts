import { describe, expect, test } from 'vitest';
import type { Role } from '../../src/core/account.ts';
import type { RoleIdentity, Session } from '../../src/core/credentials/session.ts';
import { type AssumeRoleInput, assumeRole } from '../../src/usecases/assume-role.ts';
import { type Caller, userPrincipalCaller } from '../../src/usecases/caller.ts';
import { roleSessionCaller, rootSessionCaller } from '../../src/usecases/session-callers.ts';
import {
  ACCOUNT,
  fakeDeps,
  type Holdings,
  policyOf,
  requestFacts,
  testRole,
  testUser,
} from '../helpers/fake-deps.ts';
import { START_SECONDS as NOW } from '../helpers/fake-world.ts';
import { roleSession } from '../helpers/sessions.ts';

const input = (over: Partial<AssumeRoleInput> = {}): AssumeRoleInput => ({
  roleArn: testRole().arn,
  sessionName: 'work',
  durationSeconds: null,
  inlinePolicy: null,
  policyArns: [],
  tags: [],
  transitiveTagKeys: [],
  externalId: null,
  sourceIdentity: null,
  serialNumber: null,
  tokenCode: null,
  ...over,
});

interface Case {
  readonly role?: Partial<Role>;
  readonly caller?: Caller;
  readonly input?: Partial<AssumeRoleInput>;
  readonly held?: Holdings;
}

const user = userPrincipalCaller(testUser());
const assume = ({ role = {}, caller = user, input: over = {}, held = {} }: Case) =>
  assumeRole(input(over), caller, requestFacts(), fakeDeps({ roles: [testRole(role)], ...held }));

/** A caller that is itself a session of another role which may do everything at STS. */
function sessionCaller(over: Partial<Session<RoleIdentity>> = {}): Caller {
  const allowed = policyOf('identity', { Effect: 'Allow', Action: 'sts:*', Resource: '*' });
  const role = testRole({
    roleId: 'AROAFIRST',
    name: 'First',
    policies: { identity: [allowed], boundary: null },
  });
  const part = { policies: null, scopes: [], accessKeyId: 'ASIAEXAMPLE', tokenId: null, nowSeconds: NOW };
  return roleSessionCaller(role, roleSession(over), part);
}

const trust = (...statements: readonly object[]) => ({ trust: policyOf('trust', ...statements) });
const anna = { AWS: `arn:aws:iam::${ACCOUNT}:user/anna` };

describe('a role assumed', () => {
  test('begins a session with everything asked for', async () => {
    const inlinePolicy = JSON.stringify(
      { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] },
      null,
      2,
    );
    const { session, role } = await assume({
      input: {
        durationSeconds: 900,
        sourceIdentity: 'anna',
        tags: [{ Key: 'team', Value: 'red' }],
        transitiveTagKeys: ['team'],
        inlinePolicy,
      },
    });
    expect(role.roleId).toBe('AROAEXAMPLE');
    expect(session).toEqual({
      sessionId: expect.stringMatching(/^ses_[\w-]{22}$/),
      accountId: ACCOUNT,
      identity: { type: 'role', roleId: 'AROAEXAMPLE', roleName: 'Reader', sessionName: 'work' },
      issuedAtSeconds: NOW,
      expiresAtSeconds: NOW + 900,
      policies: { inline: JSON.stringify(JSON.parse(inlinePolicy)), arns: [] },
      tags: [{ Key: 'team', Value: 'red' }],
      transitiveTagKeys: ['team'],
      sourceIdentity: 'anna',
      federation: null,
      chained: false,
      scopes: [],
      mfaAtSeconds: null,
      lineage: { origin: { type: 'user', userId: 'AIDAEXAMPLE' }, ancestors: [] },
    });
  });

  test('hands on transitive tags and the source identity of the session that asks', async () => {
    const caller = sessionCaller({
      tags: [
        { Key: 'org', Value: 'o' },
        { Key: 'own', Value: 'x' },
      ],
      transitiveTagKeys: ['org'],
      sourceIdentity: 'anna',
    });
    const { session } = await assume({ caller });
    expect(session).toMatchObject({
      tags: [{ Key: 'org', Value: 'o' }],
      transitiveTagKeys: ['org'],
      sourceIdentity: 'anna',
      chained: true,
      expiresAtSeconds: NOW + 3600,
    });
  });

  test('ends where the login or certificate behind the session that asks ends, and says so to what comes after', async () => {
    const caller = sessionCaller({ notAfterSeconds: NOW + 700 });
    const { session } = await assume({ caller });
    expect(session).toMatchObject({ expiresAtSeconds: NOW + 700, notAfterSeconds: NOW + 700 });
    const short = await assume({ caller, input: { durationSeconds: 900 } });
    expect(short.session.expiresAtSeconds).toBe(NOW + 700);
  });

  test('with an external id that the trust policy asks for', async () => {
    const role = trust({
      Effect: 'Allow',
      Principal: anna,
      Action: 'sts:AssumeRole',
      Condition: { StringEquals: { 'sts:ExternalId': 'e1' } },
    });
    await expect(assume({ role, input: { externalId: 'e1' } })).resolves.toMatchObject({});
    await expect(assume({ role, input: { externalId: 'e2' } })).rejects.toMatchObject({
      code: 'access_denied',
    });
    await expect(assume({ role })).rejects.toMatchObject({ code: 'access_denied' });
  });
});

describe('a role refused', () => {
  const denied = { name: 'Fault', code: 'access_denied' };

  test.for<[string, Case]>([
    [
      'whose trust policy names somebody else',
      {
        role: trust({
          Effect: 'Allow',
          Principal: { AWS: `arn:aws:iam::${ACCOUNT}:user/bob` },
          Action: 'sts:AssumeRole',
        }),
      },
    ],
    [
      'whose trust policy names nobody',
      { role: trust({ Effect: 'Deny', Principal: '*', Action: 'sts:TagSession' }) },
    ],
    [
      'whose trust policy denies',
      {
        role: trust(
          { Effect: 'Allow', Principal: anna, Action: 'sts:*' },
          { Effect: 'Deny', Principal: anna, Action: 'sts:AssumeRole' },
        ),
      },
    ],
    [
      'with tags, where trust does not say TagSession',
      {
        role: trust({ Effect: 'Allow', Principal: anna, Action: 'sts:AssumeRole' }),
        input: { tags: [{ Key: 'a', Value: 'b' }] },
      },
    ],
    [
      'with a source identity, where trust does not say SetSourceIdentity',
      {
        role: trust({ Effect: 'Allow', Principal: anna, Action: 'sts:AssumeRole' }),
        input: { sourceIdentity: 'anna' },
      },
    ],
    [
      'to a user whom nothing allows, where trust names the account alone',
      { caller: userPrincipalCaller(testUser({ policies: { identity: [], boundary: null } })) },
    ],
    [
      'beyond the permissions boundary',
      {
        caller: userPrincipalCaller(
          testUser({
            policies: {
              ...testUser().policies,
              boundary: policyOf('permissions-boundary', { Effect: 'Allow', Action: 's3:*', Resource: '*' }),
            },
          }),
        ),
      },
    ],
    ['under another path', { input: { roleArn: `arn:aws:iam::${ACCOUNT}:role/team/Reader` } }],
    ['in other case', { input: { roleArn: `arn:aws:iam::${ACCOUNT}:role/READER` } }],
    ['of another account', { input: { roleArn: 'arn:aws:iam::999988887777:role/Reader' } }],
    [
      'that changes the source identity of a chain',
      { caller: sessionCaller({ sourceIdentity: 'anna' }), input: { sourceIdentity: 'bob' } },
    ],
  ])('%s', async ([, each]) => {
    await expect(assume(each)).rejects.toMatchObject(denied);
  });

  test('that does not exist answers as one that trusts nobody', async () => {
    const roleArn = `arn:aws:iam::${ACCOUNT}:role/Gone`;
    const absent = assume({ input: { roleArn } }).catch((error: unknown) => error);
    const stranger = trust({
      Effect: 'Allow',
      Principal: { AWS: `arn:aws:iam::${ACCOUNT}:user/bob` },
      Action: 'sts:AssumeRole',
    });
    const present = assume({ input: { roleArn }, role: { name: 'Gone', arn: roleArn, ...stranger } }).catch(
      (error: unknown) => error,
    );
    const [left, right] = await Promise.all([absent, present]);
    expect(String(left)).toBe(String(right));
    expect(String(left)).toContain('is not authorized to perform: sts:AssumeRole on resource');
  });

  test.for<[string, string, Case]>([
    ['longer than the role allows', 'validation_error', { input: { durationSeconds: 3601 } }],
    [
      'longer than an hour in a chain',
      'validation_error',
      { caller: sessionCaller(), role: { maxSessionSeconds: 43_200 }, input: { durationSeconds: 3601 } },
    ],
    ['for what is no role', 'validation_error', { input: { roleArn: `arn:aws:iam::${ACCOUNT}:user/anna` } }],
    ['for what is no ARN', 'validation_error', { input: { roleArn: 'Reader' } }],
    [
      'with a tag twice',
      'validation_error',
      {
        input: {
          tags: [
            { Key: 'a', Value: '1' },
            { Key: 'A', Value: '2' },
          ],
        },
      },
    ],
    [
      'with a tag that the chain hands on',
      'validation_error',
      {
        caller: sessionCaller({ tags: [{ Key: 'org', Value: 'o' }], transitiveTagKeys: ['org'] }),
        input: { tags: [{ Key: 'Org', Value: 'mine' }] },
      },
    ],
    [
      'with a session policy that is no policy',
      'malformed_policy_document',
      { input: { inlinePolicy: '{"Statement":"all"}' } },
    ],
    [
      'with a session policy too large',
      'packed_policy_too_large',
      {
        input: {
          inlinePolicy: JSON.stringify({
            Version: '2012-10-17',
            Statement: [
              { Effect: 'Allow', Action: 's3:GetObject', Resource: `arn:aws:s3:::${'x'.repeat(2048)}` },
            ],
          }),
        },
      },
    ],
    [
      'with a managed session policy that does not exist',
      'no_such_entity',
      { input: { policyArns: [`arn:aws:iam::${ACCOUNT}:policy/Gone`] } },
    ],
  ])('%s: %s', async ([, code, each]) => {
    await expect(assume(each)).rejects.toMatchObject({ name: 'Fault', code });
  });
});

test('root takes no role, whichever door it came by and whatever trust says', async () => {
  const session: Session = { ...roleSession(), identity: { type: 'root' } };
  const shown = { policies: null, scopes: [], accessKeyId: null, tokenId: null, nowSeconds: NOW };
  const trust = policyOf('trust', {
    Effect: 'Allow',
    Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` },
    Action: 'sts:AssumeRole',
  });
  await expect(assume({ role: { trust }, caller: rootSessionCaller(session, shown) })).rejects.toMatchObject({
    name: 'Fault',
    code: 'access_denied',
  });
});
