import {
  AddRoleToInstanceProfileCommand,
  CreateOpenIDConnectProviderCommand,
  RemoveRoleFromInstanceProfileCommand,
  UpdateAssumeRolePolicyCommand,
} from '@aws-sdk/client-iam';
import { AssumeRoleCommand, GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Credentials, type Daypass, startDaypass } from '../../helpers/daypass.ts';
import { daypassQuery } from '../../helpers/daypass-query.ts';
import {
  askCredentials,
  associate,
  type DeviceKey,
  deviceKey,
  instanceArnOf,
  makeProfile,
  nonceOf,
  proofOf,
  register,
  tokenOf,
} from '../../helpers/instances.ts';
import { startOidcProvider, type TestIssuer } from '../../helpers/oidc-provider.ts';
import { policy } from '../../helpers/scenario.ts';

let daypass: Daypass;
let issuer: TestIssuer;
let account: string;

beforeAll(async () => {
  [daypass, issuer] = await Promise.all([startDaypass(), startOidcProvider()]);
  account = daypass.bootstrap.accountId;
  await makeProfile(daypass, 'sensors');
  await makeProfile(daypass, 'meters');
});
afterAll(() => Promise.all([daypass.stop(), issuer.stop()]));

interface Device {
  readonly key: DeviceKey;
  readonly id: string;
  readonly association: string;
}

/** A registered device with a profile. */
async function device(
  profile = 'sensors',
  more: Record<string, string> = {},
  algorithm?: string,
): Promise<Device> {
  const key = await deviceKey(algorithm);
  const id = await register(daypass, key, more);
  return { key, id, association: await associate(daypass, id, profile) };
}

const proof = ({ key, id }: Device, payload = {}, header = {}) =>
  proofOf(daypass, key, { sub: instanceArnOf(daypass, id), ...payload }, header);
const fetchOnce = async (of: Device) => askCredentials(daypass, await proof(of));
const call = (action: string, parameters: Record<string, string>) =>
  daypassQuery(daypass, action, parameters);

const credentialsFrom = (body: Record<string, unknown>): Credentials => ({
  accessKeyId: String(body.AccessKeyId),
  secretAccessKey: String(body.SecretAccessKey),
  sessionToken: String(body.Token),
});
const whoIs = (body: Record<string, unknown>) =>
  daypass.sts(credentialsFrom(body)).send(new GetCallerIdentityCommand({}));
const works = (body: Record<string, unknown>) =>
  whoIs(body).then(
    () => true,
    (error: { name: string }) => error.name,
  );

describe('an instance with a key', () => {
  test.for(['ES256', 'ES384', 'EdDSA', 'RS256'])('gets credentials for a proof by %s', async (algorithm) => {
    const own = await device('sensors', {}, algorithm);
    const { status, body } = await fetchOnce(own);
    expect([status, body]).toEqual([
      200,
      {
        AccessKeyId: expect.stringMatching(/^ASIA/),
        SecretAccessKey: expect.any(String),
        Token: expect.any(String),
        Expiration: expect.stringMatching(/Z$/),
        RoleArn: `arn:aws:iam::${account}:role/sensors`,
        AccountId: account,
      },
    ]);
    expect(await whoIs(body)).toMatchObject({
      Arn: `arn:aws:sts::${account}:assumed-role/sensors/${own.id}`,
      Account: account,
    });
  });

  test('has its tags in the session', async () => {
    const own = await device('sensors', { 'Tags.member.1.Key': 'site', 'Tags.member.1.Value': 'north' });
    const tagless = policy({
      Effect: 'Allow',
      Principal: { Service: 'daypass.amazonaws.com' },
      Action: 'sts:AssumeRole',
    });
    await makeProfile(daypass, 'tagless', { trust: tagless });
    expect((await fetchOnce(own)).status).toBe(200);
    await call('ReplaceInstanceProfileAssociation', {
      AssociationId: own.association,
      InstanceProfileName: 'tagless',
    });
    const refused = await fetchOnce(own);
    expect([refused.status, refused.body]).toEqual([
      403,
      {
        Code: 'AccessDenied',
        Message: 'the trust policy of the role does not allow sts:TagSession to this service',
        RequestId: expect.any(String),
      },
    ]);
  });

  test('is let in by the trust policy of its role alone', async () => {
    const own = await device('meters');
    const trust = (statement: object) =>
      daypass
        .iam()
        .send(new UpdateAssumeRolePolicyCommand({ RoleName: 'meters', PolicyDocument: policy(statement) }));
    const service = {
      Effect: 'Allow',
      Principal: { Service: 'daypass.amazonaws.com' },
      Action: 'sts:AssumeRole',
    };
    const forInstance = (arn: string) => ({ Condition: { ArnLike: { 'aws:SourceArn': arn } } });
    const cases: readonly (readonly [object, number])[] = [
      [{ ...service, Principal: { Service: 'ec2.amazonaws.com' } }, 403],
      [{ ...service, Principal: { AWS: account } }, 403],
      [{ ...service, Action: 'sts:AssumeRoleWithWebIdentity' }, 403],
      [{ ...service, ...forInstance(instanceArnOf(daypass, 'i-00000000000000000')) }, 403],
      [{ ...service, ...forInstance(instanceArnOf(daypass, own.id)) }, 200],
      [service, 200],
    ];
    for (const [statement, status] of cases) {
      await trust(statement);
      expect([statement, (await fetchOnce(own)).status]).toEqual([statement, status]);
    }
  });

  test('leaves its issuances and refusals in the trail, without secrets', async () => {
    const own = await device();
    const { body } = await fetchOnce(own);
    await call('DisassociateInstanceProfile', { AssociationId: own.association });
    const refused = await fetchOnce(own);
    expect([refused.status, refused.body.Message]).toEqual([403, 'no role is attached to the instance']);
    const rows = async () => {
      const { results } = await daypass.d1
        .prepare(
          'SELECT event_name AS name, outcome, body FROM audit_events WHERE principal_arn = ? ORDER BY name, outcome',
        )
        .bind(instanceArnOf(daypass, own.id))
        .all<{ name: string; outcome: string; body: string }>();
      return results;
    };
    // The buffer drains within about a second.
    await expect.poll(async () => (await rows()).length, { timeout: 20_000 }).toBe(2);
    const found = await rows();
    expect(found.map(({ name, outcome }) => [name, outcome])).toEqual([
      ['GetInstanceCredentials', 'access_denied'],
      ['GetInstanceCredentials', 'success'],
    ]);
    const text = found.map((row) => row.body).join('\n');
    expect(text).toContain(String(body.AccessKeyId));
    for (const secret of [body.SecretAccessKey, body.Token]) expect(text).not.toContain(String(secret));
  });
});

describe('a proof', () => {
  let own: Device;
  beforeAll(async () => {
    own = await device();
  });

  const refusedBy = async (authorization: string) => {
    const { status, body } = await askCredentials(daypass, authorization);
    return [status, body.Code, body.Message];
  };
  const NOT_VALID = [401, 'InvalidClient', 'the proof or token of the instance is not valid'];

  test('is good once', async () => {
    const used = await proof(own);
    const answers = await Promise.all(Array.from({ length: 20 }, () => askCredentials(daypass, used)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(await refusedBy(used)).toEqual(NOT_VALID);
    const nonce = await nonceOf(daypass);
    expect((await askCredentials(daypass, await proof(own, { nonce }))).status).toBe(200);
    expect(await refusedBy(await proof(own, { nonce }))).toEqual(NOT_VALID);
  });

  test('may come with Bearer before it', async () => {
    expect((await askCredentials(daypass, `Bearer ${await proof(own)}`)).status).toBe(200);
  });

  test('of anything else than this instance’s key, for anything else than this broker, is refused the same way', async () => {
    const other = await device();
    const stranger: Device = { ...own, key: await deviceKey() };
    const rsa: Device = { ...own, key: await deviceKey('RS256') };
    const arn = instanceArnOf(daypass, own.id);
    const foreign = arn.replace(account, '999999999999');
    const nonce = await nonceOf(daypass);
    const proofs = [
      await proof(stranger),
      await proof(rsa),
      await proof({ ...own, key: other.key }),
      await proof(own, {}, { typ: 'daypass-proof+jwt', jwk: other.key.publicJwk }).then(
        (text) => `${text.slice(0, -4)}AAAA`,
      ),
      await proof(stranger, {}, { jwk: stranger.key.publicJwk }),
      await proof(own, { sub: foreign }),
      await proof(own, { sub: instanceArnOf(daypass, 'i-00000000000000000') }),
      await proof(own, { sub: `${arn}x` }),
      await proof(own, { sub: 'i-1' }),
      await proof(own, { aud: daypass.url }),
      await proof(own, { aud: 'https://other.example.com/credentials' }),
      await proof(own, { nonce: 'made-up' }),
      await proof(own, { nonce: `${nonce}A` }),
      await proof(own, { nonce: nonce.replace(/.$/, (last) => (last === 'A' ? 'Q' : 'A')) }),
      await proof(own, { nonce: 'x'.repeat(3000) }),
    ];
    for (const [index, text] of proofs.entries()) {
      expect([index, await refusedBy(text)]).toEqual([index, NOT_VALID]);
    }
  });

  test('of another type is none', async () => {
    for (const typ of ['JWT', 'daypass-enrolment+jwt', 'at+jwt', 'dpop+jwt']) {
      const [status] = await refusedBy(await proof(own, {}, { typ }));
      expect([typ, status]).toEqual([typ, 401]);
    }
    for (const text of [
      'x',
      'a.b.c',
      '...',
      'dpi.',
      'dpi.1.2.3.4',
      `dpi.${account}.${own.id}.k.AAAA`,
      'Basic YTpi',
    ]) {
      const [status] = await refusedBy(text);
      expect([text, status]).toEqual([text, 401]);
    }
    const none = await daypass.fetch('/credentials');
    expect([none.status, (await none.json()) as object]).toMatchObject([
      401,
      { Code: 'MissingAuthentication' },
    ]);
  });

  test('lives five minutes, by the broker’s clock alone', async () => {
    const late = await proof(own);
    const skewed = await proof(own, { iat: 1, exp: 2, nbf: 9_999_999_999 });
    expect((await askCredentials(daypass, skewed)).status).toBe(200);
    await daypass.advance(270);
    expect((await askCredentials(daypass, late)).status).toBe(200);
    const tooLate = await proof(own);
    await daypass.advance(300);
    expect(await refusedBy(tooLate)).toEqual(NOT_VALID);
  });

  test('of a disabled instance is answered with no credentials; enabled again, it gets them', async () => {
    const lost = await device();
    await call('DisableInstance', { InstanceId: lost.id });
    const refused = await fetchOnce(lost);
    expect([refused.status, refused.body.Message]).toEqual([403, 'the instance is disabled']);
    await call('EnableInstance', { InstanceId: lost.id });
    expect((await fetchOnce(lost)).status).toBe(200);
  });
});

describe('a role changed while the instance runs', () => {
  test('replaced: the next refresh has the new role, the old credentials stop at once where it was written', async () => {
    const own = await device();
    const { body } = await fetchOnce(own);
    expect(await works(body)).toBe(true);
    await call('ReplaceInstanceProfileAssociation', {
      AssociationId: own.association,
      InstanceProfileName: 'meters',
    });
    expect(await works(body)).toBe('InvalidClientTokenId');
    const next = await fetchOnce(own);
    expect(next.body.RoleArn).toBe(`arn:aws:iam::${account}:role/meters`);
    expect(await works(next.body)).toBe(true);
  });

  test('replaced or detached with leave to live on: the old credentials work to their end', async () => {
    const own = await device();
    const { body: first } = await fetchOnce(own);
    const replaced = await call('ReplaceInstanceProfileAssociation', {
      AssociationId: own.association,
      InstanceProfileName: 'meters',
      CredentialsLiveOn: 'true',
    });
    const { body: second } = await fetchOnce(own);
    await call('DisassociateInstanceProfile', {
      AssociationId: replaced.all('AssociationId')[0] ?? '',
      CredentialsLiveOn: 'true',
    });
    expect([await works(first), await works(second)]).toEqual([true, true]);
    expect((await fetchOnce(own)).status).toBe(403);
    await call('DisableInstance', { InstanceId: own.id });
    expect([await works(first), await works(second)]).toEqual(Array(2).fill('InvalidClientTokenId'));
  });

  test.for(['DisassociateInstanceProfile', 'DisableInstance', 'DeregisterInstance'])(
    'after %s its credentials stop',
    async (action) => {
      const own = await device();
      const { body } = await fetchOnce(own);
      expect(await works(body)).toBe(true);
      const named =
        action === 'DisassociateInstanceProfile'
          ? { AssociationId: own.association }
          : { InstanceId: own.id };
      expect((await call(action, named)).status).toBe(200);
      expect(await works(body)).toBe('InvalidClientTokenId');
    },
  );

  test('the role of the profile itself taken away or changed: its credentials stop too', async () => {
    await makeProfile(daypass, 'swapped');
    const own = await device('swapped');
    const { body } = await fetchOnce(own);
    const iam = daypass.iam();
    const InstanceProfileName = 'swapped';
    await iam.send(new RemoveRoleFromInstanceProfileCommand({ InstanceProfileName, RoleName: 'swapped' }));
    expect(await works(body)).toBe('InvalidClientTokenId');
    expect((await fetchOnce(own)).status).toBe(403);
    await iam.send(new AddRoleToInstanceProfileCommand({ InstanceProfileName, RoleName: 'sensors' }));
    expect((await fetchOnce(own)).body.RoleArn).toBe(`arn:aws:iam::${account}:role/sensors`);
    expect(await works(body)).toBe('InvalidClientTokenId');
  });
});

test('a session that an instance’s session began ends with the instance too', async () => {
  await makeProfile(daypass, 'climber', { allow: 'sts:AssumeRole' });
  await makeProfile(daypass, 'next', {
    trust: policy({
      Effect: 'Allow',
      Principal: { AWS: `arn:aws:iam::${account}:role/climber` },
      Action: 'sts:AssumeRole',
    }),
  });
  const own = await device('climber');
  const { body } = await fetchOnce(own);
  const { Credentials } = await daypass
    .sts(credentialsFrom(body))
    .send(new AssumeRoleCommand({ RoleArn: `arn:aws:iam::${account}:role/next`, RoleSessionName: 'up' }));
  const chained = { ...Credentials, Token: Credentials?.SessionToken };
  expect(await works(chained)).toBe(true);
  await call('DisableInstance', { InstanceId: own.id });
  expect(await works(chained)).toBe('InvalidClientTokenId');
});

describe('a token for unmodified SDKs', () => {
  test('fetches credentials again and again for an hour', async () => {
    const own = await device();
    const token = await tokenOf(daypass, own.key, own.id);
    expect((await askCredentials(daypass, token)).status).toBe(200);
    expect((await askCredentials(daypass, `Bearer ${token}`)).status).toBe(200);
    await daypass.advance(3600);
    expect((await askCredentials(daypass, token)).status).toBe(401);
  });

  test('of another instance, changed, disabled, or with another key by now is worth nothing', async () => {
    const [own, other] = [await device(), await device()];
    const token = await tokenOf(daypass, own.key, own.id);
    for (const wrong of [
      token.replace(own.id, other.id),
      token.replace(account, '999999999999'),
      `${token}A`,
    ]) {
      expect((await askCredentials(daypass, wrong)).status).toBe(401);
    }
    await call('DisableInstance', { InstanceId: own.id });
    expect((await askCredentials(daypass, token)).status).toBe(403);
    await call('EnableInstance', { InstanceId: own.id });
    expect((await askCredentials(daypass, token)).status).toBe(200);
    const PublicKey = JSON.stringify((await deviceKey()).publicJwk);
    await call('UpdateInstance', { InstanceId: own.id, PublicKey });
    expect((await askCredentials(daypass, token)).status).toBe(401);
  });

  test('is given for a proof, which is used up', async () => {
    const own = await device();
    const used = await proof(own);
    const ask = (body: string) => daypass.fetch('/credentials/token', { method: 'POST', body });
    expect((await ask(JSON.stringify({ proof: used }))).status).toBe(200);
    expect((await ask(JSON.stringify({ proof: used }))).status).toBe(401);
    expect((await askCredentials(daypass, used)).status).toBe(401);
    for (const body of ['', '{}', '[]', '{"proof":5}', '{"proof":"a.b.c"}', 'x'.repeat(37_000)]) {
      expect([400, 413]).toContain((await ask(body)).status);
    }
  });
});

describe('a workload', () => {
  const SUBJECT = 'system:serviceaccount:prod:app';
  const token = (claims = {}) =>
    issuer.signIdToken({
      ...{ sub: SUBJECT, aud: 'daypass', iat: daypass.nowSeconds(), exp: daypass.nowSeconds() + 600 },
      ...claims,
    });

  test('gets credentials for its own OIDC token, by its exact subject and a registered audience', async () => {
    const { OpenIDConnectProviderArn = '' } = await daypass
      .iam()
      .send(new CreateOpenIDConnectProviderCommand({ Url: issuer.issuer, ClientIDList: ['daypass'] }));
    const made = await call('RegisterInstance', {
      'Workload.OpenIDConnectProviderArn': OpenIDConnectProviderArn,
      'Workload.Subject': SUBJECT,
    });
    const [id = ''] = made.all('InstanceId');
    await associate(daypass, id, 'sensors');
    for (const query of ['', `?account=${account}`]) {
      const { status, body } = await askCredentials(daypass, await token(), query);
      expect([status, body.RoleArn]).toEqual([200, `arn:aws:iam::${account}:role/sensors`]);
      expect((await whoIs(body)).Arn).toBe(`arn:aws:sts::${account}:assumed-role/sensors/${id}`);
    }
    const wrong = [
      [await token({ sub: `${SUBJECT}2` }), ''],
      [await token({ sub: SUBJECT.toUpperCase() }), ''],
      [await token({ aud: 'other' }), ''],
      [await token({ exp: daypass.nowSeconds() - 61 }), ''],
      [await token({ act: { sub: 'somebody' } }), ''],
      [await token({ iss: 'https://other.example.com' }), ''],
      [await token(), '?account=999999999999'],
    ] as const;
    for (const [text, query] of wrong) expect((await askCredentials(daypass, text, query)).status).toBe(401);
    expect((await askCredentials(daypass, await token(), '?account=x')).status).toBe(400);
    await call('DisableInstance', { InstanceId: id });
    expect((await askCredentials(daypass, await token())).status).toBe(403);
  });
});

describe('with the database out of reach', () => {
  test('a proof is refused with 503, never believed', async () => {
    const own = await device();
    const text = await proof(own);
    await daypass.setD1Reachable(false);
    try {
      const { status, body } = await askCredentials(daypass, text);
      expect([status, body.Code]).toEqual([503, 'ServiceUnavailable']);
    } finally {
      await daypass.setD1Reachable(true);
    }
    expect((await askCredentials(daypass, text)).status).toBe(200);
  });

  test('what was held is believed within the freshness bound, then refused', async () => {
    const own = await device();
    const { body } = await fetchOnce(own);
    expect(await works(body)).toBe(true);
    const calls = await daypass.countD1(() => works(body));
    expect(calls).toEqual([]);
    await daypass.setD1Reachable(false);
    try {
      await daypass.advance(6);
      expect(await works(body)).toBe('ServiceUnavailable');
    } finally {
      await daypass.setD1Reachable(true);
    }
  });
});
