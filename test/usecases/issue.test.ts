import { decodeJwt } from 'jose';
import { describe, expect, test } from 'vitest';
import { Fault } from '../../src/core/faults.ts';
import { authenticateBearer, findBearer } from '../../src/usecases/authenticate-bearer.ts';
import { issueAccessToken, issueAwsCredentials } from '../../src/usecases/issue.ts';
import { findSessionCaller } from '../../src/usecases/session-caller.ts';
import {
  ACCOUNT,
  DAYPASS_ISSUER,
  fakeDeps,
  fakeDirectory,
  type policyOf,
  requestFacts,
  testRole,
} from '../helpers/fake-deps.ts';
import { incompressible, START_SECONDS as NOW } from '../helpers/fake-world.ts';
import { testKeyring } from '../helpers/keys.ts';
import { roleSession } from '../helpers/sessions.ts';

const request = {
  audience: DAYPASS_ISSUER,
  clientId: 'app',
  subject: 'fed_1',
  arn: `arn:aws:sts::${ACCOUNT}:assumed-role/Reader/anna`,
  nowSeconds: NOW,
};
const fifty = Array.from({ length: 50 }, (_, at) => ({
  Key: `${at}-${incompressible(75 + at)}`,
  Value: incompressible(200 + at),
}));
const before = fakeDeps({}, { directory: { ...fakeDirectory({}), keyring: async () => null } });

/** One keyring for issuing and believing, as one deployment has. */
async function deployment(role = testRole()) {
  const keyring = await testKeyring();
  return fakeDeps({}, { directory: { ...fakeDirectory({ roles: [role] }), keyring: async () => keyring } });
}

describe('AWS credentials', () => {
  test('of a session that does not fit a token are refused', async () => {
    await expect(issueAwsCredentials(roleSession({ tags: fifty }), await deployment())).rejects.toMatchObject(
      {
        code: 'packed_policy_too_large',
        detail: { bytes: expect.any(Number) },
      },
    );
  });

  test('are not to be had before setup', async () => {
    await expect(issueAwsCredentials(roleSession(), before)).rejects.toMatchObject({ code: 'not_set_up' });
  });

  test('are not to be had without an active key', async () => {
    const keyring = { ...(await testKeyring()), tokenSealing: null };
    const deps = fakeDeps({}, { directory: { ...fakeDirectory({}), keyring: async () => keyring } });
    await expect(issueAwsCredentials(roleSession(), deps)).rejects.toMatchObject({
      code: 'service_unavailable',
    });
  });
});

describe('an access token', () => {
  test('is believed for as long as its role is there', async () => {
    const deps = await deployment();
    const { token } = await issueAccessToken(roleSession(), request, deps);
    expect(await findBearer(token, NOW, deps)).toMatchObject({
      caller: { arn: request.arn, userId: 'AROAEXAMPLE:anna', session: roleSession() },
      token: { audience: DAYPASS_ISSUER, subject: 'fed_1' },
    });
    expect(await findBearer(token, NOW + 3600, deps)).toBeNull();
  });

  test('ends with its role, also when a new one has the name', async () => {
    const deps = await deployment();
    const { token } = await issueAccessToken(roleSession(), request, deps);
    const keyring = await deps.directory.keyring();
    for (const roles of [[], [testRole({ roleId: 'AROANEW' })]]) {
      const later = fakeDeps(
        {},
        { directory: { ...fakeDirectory({ roles }), keyring: async () => keyring } },
      );
      expect(await findBearer(token, NOW, later)).toBeNull();
    }
  });

  test('that is meant for an app opens nothing here', async () => {
    const deps = await deployment();
    const { token } = await issueAccessToken(
      roleSession(),
      { ...request, audience: 'https://app.example' },
      deps,
    );
    expect(await findBearer(token, NOW, deps)).not.toBeNull();
    await expect(authenticateBearer(token, null, requestFacts(), deps)).rejects.toMatchObject({
      code: 'missing_authentication',
    });
    const own = await issueAccessToken(roleSession(), request, deps);
    await expect(authenticateBearer(own.token, null, requestFacts(), deps)).resolves.toMatchObject({
      arn: request.arn,
    });
    const bound = await issueAccessToken(roleSession(), { ...request, keyThumbprint: 'key' }, deps);
    await expect(authenticateBearer(bound.token, null, requestFacts(), deps)).rejects.toMatchObject({
      code: 'missing_authentication',
    });
  });

  test('has an id of its own each time', async () => {
    const deps = await deployment();
    const first = await issueAccessToken(roleSession(), request, deps);
    const second = await issueAccessToken(roleSession(), request, deps);
    expect(first.tokenId).toMatch(/^[\w-]{43}$/);
    expect(second.tokenId).not.toBe(first.tokenId);
    expect(decodeJwt(first.token).jti).toBe(first.tokenId);
  });

  test('that would be too long to be believed is not issued', async () => {
    const deps = await deployment();
    const issued = issueAccessToken(roleSession({ tags: fifty }), request, deps);
    await expect(issued).rejects.toMatchObject({ name: 'Fault', code: 'packed_policy_too_large' });
    const large = await issueAccessToken(roleSession({ tags: fifty.slice(0, 25) }), request, deps);
    expect(await findBearer(large.token, NOW, deps)).not.toBeNull();
  });

  test('is not to be had before setup', async () => {
    await expect(issueAccessToken(roleSession(), request, before)).rejects.toBeInstanceOf(Fault);
    expect(await findBearer('x.y.z', NOW, before)).toBeNull();
  });
});

describe('the caller of a session', () => {
  const caller = (session = roleSession(), managed: readonly ReturnType<typeof policyOf>[] = []) =>
    findSessionCaller(fakeDirectory({ roles: [testRole()], managed }), session, {
      accessKeyId: 'ASIA1',
      nowSeconds: NOW,
      tokenId: null,
    });

  test('has no session layer where no session policy was passed', async () => {
    expect((await caller())?.policies.session).toBeUndefined();
  });

  test('has a layer that grants nothing where the policy passed is gone or unreadable', async () => {
    const gone = await caller(
      roleSession({ policies: { inline: null, arns: ['arn:aws:iam::111122223333:policy/Gone'] } }),
    );
    const unreadable = await caller(roleSession({ policies: { inline: 'no policy', arns: [] } }));
    expect(gone?.policies.session?.map(({ source }) => source)).toEqual([
      'arn:aws:iam::111122223333:policy/Gone',
    ]);
    expect(unreadable?.policies.session?.map(({ source }) => source)).toEqual(['inline session policy']);
  });

  test('is null once the role is another one', async () => {
    const session = roleSession({
      identity: { type: 'role', roleId: 'AROAOLD', roleName: 'Reader', sessionName: 'anna' },
    });
    expect(await caller(session)).toBeNull();
  });

  test('is told to the trail with its session, key and source identity', async () => {
    const found = await caller(roleSession({ sourceIdentity: 'anna' }));
    expect(found?.auditIdentity).toEqual({
      type: 'AssumedRole',
      principalId: 'AROAEXAMPLE:anna',
      arn: `arn:aws:sts::${ACCOUNT}:assumed-role/Reader/anna`,
      accountId: ACCOUNT,
      sessionId: 'ses_1',
      accessKeyId: 'ASIA1',
      sourceIdentity: 'anna',
    });
  });
});
