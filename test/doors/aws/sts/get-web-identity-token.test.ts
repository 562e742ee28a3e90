import {
  CreateOpenIDConnectProviderCommand,
  CreateRoleCommand,
  DisableOutboundWebIdentityFederationCommand,
  EnableOutboundWebIdentityFederationCommand,
  GetOutboundWebIdentityFederationInfoCommand,
  PutUserPolicyCommand,
  TagUserCommand,
} from '@aws-sdk/client-iam';
import {
  AssumeRoleCommand,
  AssumeRoleWithWebIdentityCommand,
  GetCallerIdentityCommand,
  GetWebIdentityTokenCommand,
  type GetWebIdentityTokenCommandInput,
} from '@aws-sdk/client-sts';
import { createRemoteJWKSet, decodeJwt, decodeProtectedHeader, jwtVerify } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Credentials, type Daypass, startDaypass } from '../../../helpers/daypass.ts';
import { exchange } from '../../../helpers/exchange.ts';
import { jsonOf } from '../../../helpers/json.ts';
import { credentialsFrom, policy, type Scenario, startScenario } from '../../../helpers/scenario.ts';
import { postSignedForm } from '../../../helpers/signed-form.ts';
import { refusal } from '../iam/support.ts';

const AWS = 'https://sts.amazonaws.com/';
const MAY_ASK = {
  Effect: 'Allow',
  Action: ['sts:GetWebIdentityToken', 'sts:TagGetWebIdentityToken'],
  Resource: '*',
};

let scenario: Scenario;
let daypass: Daypass;
let account: string;
let alice: Credentials;
beforeAll(async () => {
  scenario = await startScenario();
  ({ daypass } = scenario);
  account = daypass.bootstrap.accountId;
  await daypass.iam().send(new EnableOutboundWebIdentityFederationCommand({}));
  alice = await scenario.makeUser('alice', MAY_ASK, {
    Effect: 'Allow',
    Action: 'sts:AssumeRole',
    Resource: '*',
  });
});
afterAll(() => scenario.stop());

const ask = (input: Partial<GetWebIdentityTokenCommandInput> = {}, credentials: Credentials = alice) =>
  daypass.sts(credentials).send(
    new GetWebIdentityTokenCommand({
      Audience: ['https://outside.example.com'],
      SigningAlgorithm: 'RS256',
      ...input,
    }),
  );

/** As an outside service does: discovery, key set, signature, audience. */
async function verifyOutside(token: string, audience = 'https://outside.example.com') {
  const discovery = await jsonOf(await daypass.fetch('/.well-known/openid-configuration'));
  const keys = createRemoteJWKSet(new URL(String(discovery.jwks_uri)));
  const algorithms = discovery.id_token_signing_alg_values_supported as string[];
  return jwtVerify(token, keys, { issuer: String(discovery.issuer), audience, algorithms });
}

describe('a token for an outside service', () => {
  test.for(['RS256', 'ES384'])('signed with %s is verified by discovery and key set', async (algorithm) => {
    const { WebIdentityToken = '', Expiration } = await ask({ SigningAlgorithm: algorithm });
    const { payload, protectedHeader } = await verifyOutside(WebIdentityToken);
    expect(protectedHeader).toEqual({ alg: algorithm, typ: 'JWT', kid: expect.any(String) });
    const arn = `arn:aws:iam::${account}:user/alice`;
    expect(payload).toEqual({
      iss: daypass.url,
      aud: 'https://outside.example.com',
      sub: arn,
      iat: expect.any(Number),
      exp: (payload.iat ?? 0) + 300,
      jti: expect.stringMatching(/^[\w-]{43}$/),
      [AWS]: { aws_account: account, principal_id: arn, source_region: 'us-east-1' },
    });
    expect(Expiration).toEqual(new Date((payload.exp ?? 0) * 1000));
  });

  test('names several audiences, and tags of principal and request, whatever they are called', async () => {
    await daypass
      .iam()
      .send(new TagUserCommand({ UserName: 'alice', Tags: [{ Key: 'team', Value: 'reports' }] }));
    const { WebIdentityToken = '' } = await ask({
      Audience: ['one', 'two'],
      DurationSeconds: 3600,
      Tags: [
        { Key: '__proto__', Value: 'own' },
        { Key: 'job', Value: '' },
      ],
    });
    const { payload } = await verifyOutside(WebIdentityToken, 'two');
    expect(payload).toMatchObject({ aud: ['one', 'two'], exp: (payload.iat ?? 0) + 3600 });
    const claims = payload[AWS] as Readonly<Record<string, object>>;
    expect(claims.principal_tags).toEqual({ team: 'reports' });
    expect(Object.entries(claims.request_tags ?? {})).toEqual([
      ['__proto__', 'own'],
      ['job', ''],
    ]);
  });

  test('of a role session speaks for the role and says which session asked; it never outlives it', async () => {
    const RoleArn = await scenario.makeRole('worker', {
      Principal: { AWS: `arn:aws:iam::${account}:root` },
      Action: 'sts:AssumeRole',
    });
    await scenario.allow('worker', MAY_ASK);
    const { Credentials: made } = await daypass
      .sts(alice)
      .send(new AssumeRoleCommand({ RoleArn, RoleSessionName: 'job-7', DurationSeconds: 900 }));
    const worker = credentialsFrom(made);
    const { WebIdentityToken = '' } = await ask({ DurationSeconds: 600 }, worker);
    const { payload } = await verifyOutside(WebIdentityToken);
    expect(payload.sub).toBe(RoleArn);
    expect(payload[AWS]).toMatchObject({
      principal_id: `arn:aws:sts::${account}:assumed-role/worker/job-7`,
    });
    expect(await refusal(ask({ DurationSeconds: 901 }, worker))).toMatchObject({
      name: 'SessionDurationEscalationException',
      status: 403,
    });
  });

  test('another deployment takes it for a login, in a role that trusts this very principal', async () => {
    const abroad = await startDaypass();
    try {
      const iam = abroad.iam();
      const { OpenIDConnectProviderArn: Federated } = await iam.send(
        new CreateOpenIDConnectProviderCommand({ Url: daypass.url, ClientIDList: ['abroad'] }),
      );
      const prefix = daypass.url.replace('http://', '');
      const { Role } = await iam.send(
        new CreateRoleCommand({
          RoleName: 'guest',
          AssumeRolePolicyDocument: policy({
            Effect: 'Allow',
            Principal: { Federated },
            Action: 'sts:AssumeRoleWithWebIdentity',
            Condition: {
              StringEquals: {
                [`${prefix}:aud`]: 'abroad',
                [`${prefix}:sub`]: `arn:aws:iam::${account}:user/alice`,
              },
            },
          }),
        }),
      );
      const enter = (WebIdentityToken: string | undefined) =>
        abroad.sts({ accessKeyId: 'none', secretAccessKey: 'none' }).send(
          new AssumeRoleWithWebIdentityCommand({
            ...{ RoleArn: Role?.Arn, RoleSessionName: 'guest', WebIdentityToken },
          }),
        );
      for (const SigningAlgorithm of ['RS256', 'ES384']) {
        const { WebIdentityToken } = await ask({ Audience: ['abroad'], SigningAlgorithm });
        const entered = await enter(WebIdentityToken);
        const { Arn } = await abroad
          .sts(credentialsFrom(entered.Credentials))
          .send(new GetCallerIdentityCommand({}));
        expect(Arn).toMatch(/assumed-role\/guest\/guest$/);
      }
      const { WebIdentityToken: elsewhere } = await ask({ Audience: ['elsewhere'] });
      expect(await refusal(enter(elsewhere))).toMatchObject({ name: 'InvalidIdentityTokenException' });
      const bob = await scenario.makeUser('bob', MAY_ASK);
      const { WebIdentityToken: ofBob } = await ask({ Audience: ['abroad'] }, bob);
      expect(await refusal(enter(ofBob))).toMatchObject({ name: 'AccessDenied' });
    } finally {
      await abroad.stop();
    }
  });
});

describe('it opens nothing here', () => {
  let token: string;
  beforeAll(async () => {
    token = (await ask()).WebIdentityToken ?? '';
  });

  test('as a bearer token, or as the subject of a question', async () => {
    const question = (subject: object) =>
      JSON.stringify({ subject, action: { name: 's3:GetObject' }, resource: { type: 'arn', id: '*' } });
    const post = (body: string, headers: Record<string, string> = {}) =>
      daypass.fetch('/access/v1/evaluation', { method: 'POST', body, headers });
    const asBearer = await post(question({ type: 'principal', id: `arn:aws:iam::${account}:user/alice` }), {
      authorization: `Bearer ${token}`,
    });
    expect(asBearer.status).toBe(401);
    const asSubject = await jsonOf(await post(question({ type: 'access_token', id: token })));
    expect(asSubject.decision).toBe(false);
  });

  test('by being meant for the issuer', async () => {
    for (const Audience of [[daypass.url], ['https://outside.example.com', daypass.url]]) {
      expect(await refusal(ask({ Audience }))).toMatchObject({ name: 'InvalidParameterValue', status: 400 });
    }
  });

  test('as the ID token of a client of ours: none has it as its audience', async () => {
    const clientId = `dpc-${account}-${'A'.repeat(22)}`;
    for (const Audience of [[clientId], ['https://outside.example.com', clientId]]) {
      expect(await refusal(ask({ Audience }))).toMatchObject({ name: 'InvalidParameterValue', status: 400 });
    }
  });

  test('as a login, though this deployment were registered with itself', async () => {
    await daypass
      .iam()
      .send(new CreateOpenIDConnectProviderCommand({ Url: daypass.url, ClientIDList: ['myself'] }));
    const RoleArn = await scenario.makeRole('self', {
      Principal: { Federated: `arn:aws:iam::${account}:oidc-provider/${daypass.url.replace('http://', '')}` },
    });
    const { WebIdentityToken = '' } = await ask({ Audience: ['myself'] });
    const enter = daypass
      .sts()
      .send(new AssumeRoleWithWebIdentityCommand({ RoleArn, RoleSessionName: 'me', WebIdentityToken }));
    expect(await refusal(enter)).toMatchObject({ name: 'InvalidIdentityTokenException', status: 400 });
    const exchanged = await exchange(daypass, { subject_token: WebIdentityToken, resource: RoleArn });
    expect([exchanged.status, exchanged.body.error]).toEqual([400, 'invalid_request']);
  });

  test('and an access token is none of these', async () => {
    const { body } = await exchange(daypass, {
      ...{ subject_token: await scenario.idToken(), resource: scenario.roleArn },
    });
    expect(decodeProtectedHeader(String(body.access_token)).typ).not.toBe(decodeProtectedHeader(token).typ);
    expect(decodeJwt(token)).not.toHaveProperty('urn:daypass:session');
  });
});

describe('policies decide', () => {
  const only = (name: string, Condition: object, Action = 'sts:GetWebIdentityToken') =>
    scenario.makeUser(name, { Effect: 'Allow', Action, Resource: '*', Condition });

  test('which audiences', async () => {
    const user = await only('one-audience', {
      'ForAllValues:StringEquals': { 'sts:IdentityTokenAudience': ['https://outside.example.com'] },
    });
    await ask({}, user);
    for (const Audience of [['other'], ['https://outside.example.com', 'other']]) {
      expect(await refusal(ask({ Audience }, user))).toMatchObject({ name: 'AccessDenied', status: 403 });
    }
  });

  test('which algorithm and how long', async () => {
    const user = await only('short-es384', {
      StringEquals: { 'sts:SigningAlgorithm': 'ES384' },
      NumericLessThanEquals: { 'sts:DurationSeconds': '300' },
    });
    await ask({ SigningAlgorithm: 'ES384' }, user);
    expect(await refusal(ask({}, user))).toMatchObject({ name: 'AccessDenied' });
    const long = ask({ SigningAlgorithm: 'ES384', DurationSeconds: 301 }, user);
    expect(await refusal(long)).toMatchObject({ name: 'AccessDenied' });
  });

  test('whether there may be tags, and which', async () => {
    const Tags = [{ Key: 'job', Value: '7' }];
    const user = await only('tagless', {});
    await ask({}, user);
    expect(await refusal(ask({ Tags }, user))).toMatchObject({
      name: 'AccessDenied',
      message: expect.stringContaining('sts:TagGetWebIdentityToken'),
    });
    await daypass.iam().send(
      new PutUserPolicyCommand({
        ...{ UserName: 'tagless', PolicyName: 'tags' },
        PolicyDocument: policy({
          Effect: 'Allow',
          Action: 'sts:TagGetWebIdentityToken',
          Resource: '*',
          Condition: { StringEquals: { 'aws:RequestTag/job': '7' } },
        }),
      }),
    );
    await ask({ Tags }, user);
    expect(await refusal(ask({ Tags: [{ Key: 'job', Value: '8' }] }, user))).toMatchObject({
      name: 'AccessDenied',
    });
  });

  test('nothing is given without a permission', async () => {
    const nobody = await scenario.makeUser('nobody');
    expect(await refusal(ask({}, nobody))).toMatchObject({ name: 'AccessDenied', status: 403 });
  });
});

describe('what cannot be asked for', () => {
  test.for<[string, Partial<GetWebIdentityTokenCommandInput>]>([
    ['no audience', { Audience: [] }],
    ['eleven audiences', { Audience: Array.from({ length: 11 }, (_, at) => `a${at}`) }],
    ['an empty audience', { Audience: [''] }],
    ['a long audience', { Audience: ['a'.repeat(1001)] }],
    ['the default algorithm of access tokens', { SigningAlgorithm: 'ES256' }],
    ['no algorithm', { SigningAlgorithm: 'none' }],
    ['another spelling', { SigningAlgorithm: 'rs256' }],
    ['a short life', { DurationSeconds: 59 }],
    ['a long life', { DurationSeconds: 3601 }],
    ['a scope without an origin', { Scope: 'read' }],
    ['an origin that the session has not', { SubjectMode: 'OriginIdentity' }],
    ['a tag twice', { Tags: ['job', 'Job'].map((Key) => ({ Key, Value: '1' })) }],
    ['a reserved tag', { Tags: [{ Key: 'aws:job', Value: '1' }] }],
    ['too many tags', { Tags: Array.from({ length: 51 }, (_, at) => ({ Key: `k${at}`, Value: '' })) }],
  ])('%s', async ([, input]) => {
    expect(await refusal(ask(input))).toMatchObject({ name: 'ValidationError', status: 400 });
  });

  test('without any audience or algorithm at all', async () => {
    const form = { Action: 'GetWebIdentityToken', Version: '2011-06-15', SigningAlgorithm: 'RS256' };
    const answer = await postSignedForm(daypass, form, { credentials: alice, service: 'sts' });
    expect([answer.status, /<Code>([^<]+)/.exec(await answer.text())?.[1]]).toEqual([400, 'ValidationError']);
  });

  test('more than fits the place where such tokens are taken', async () => {
    const Tags = Array.from({ length: 40 }, (_, at) => ({ Key: `key-${at}`, Value: 'v'.repeat(256) }));
    const { WebIdentityToken = '' } = await ask({ Tags });
    expect(WebIdentityToken.length).toBeLessThan(20_000);
    const more = [...Tags, ...Tags.slice(0, 10).map(({ Value }, at) => ({ Key: `more-${at}`, Value }))];
    expect(await refusal(ask({ Tags: more }))).toMatchObject({
      name: 'JWTPayloadSizeExceededException',
      status: 400,
    });
  });
});

test('the trail tells who asked for what, and never the token', async () => {
  const { WebIdentityToken = '' } = await ask({ Tags: [{ Key: 'job', Value: 'trail' }] });
  await expect
    .poll(
      async () => {
        const { results } = await daypass.d1
          .prepare("SELECT body FROM audit_events WHERE event_name = 'GetWebIdentityToken'")
          .all<{ body: string }>();
        return results.map(({ body }) => body).filter((body) => body.includes('"trail"'));
      },
      { timeout: 20_000 },
    )
    .toHaveLength(1);
  const { results } = await daypass.d1.prepare('SELECT body FROM audit_events').all<{ body: string }>();
  const [, , signature = ''] = WebIdentityToken.split('.');
  for (const { body } of results) expect(body).not.toContain(signature);
  for (const line of daypass.logs) expect(line).not.toContain(signature);
});

describe('the switch of the account', () => {
  const iam = () => daypass.iam();
  const info = () => iam().send(new GetOutboundWebIdentityFederationInfoCommand({}));

  test('tells the issuer while it is on, and cannot be turned on twice', async () => {
    expect(await info()).toMatchObject({ IssuerIdentifier: daypass.url, JwtVendingEnabled: true });
    expect(await refusal(iam().send(new EnableOutboundWebIdentityFederationCommand({})))).toMatchObject({
      name: 'FeatureEnabledException',
      status: 409,
    });
  });

  test('turned off, nobody gets a token, and what was issued stays valid outside', async () => {
    const { WebIdentityToken = '' } = await ask();
    await iam().send(new DisableOutboundWebIdentityFederationCommand({}));
    expect(await refusal(ask())).toMatchObject({
      name: 'OutboundWebIdentityFederationDisabledException',
      status: 403,
    });
    await verifyOutside(WebIdentityToken);
    const off = { name: 'FeatureDisabledException', status: 404 };
    expect(await refusal(info())).toMatchObject(off);
    const again = iam().send(new DisableOutboundWebIdentityFederationCommand({}));
    expect(await refusal(again)).toMatchObject(off);
    const racers = Array.from({ length: 20 }, () =>
      iam()
        .send(new EnableOutboundWebIdentityFederationCommand({}))
        .then(
          (answer) => answer.IssuerIdentifier,
          (error: Error) => error.name,
        ),
    );
    const answers = await Promise.all(racers);
    expect(answers.filter((answer) => answer === daypass.url)).toHaveLength(1);
    expect(answers.filter((answer) => answer === 'FeatureEnabledException')).toHaveLength(19);
    await ask();
  });

  test('is not for everybody', async () => {
    const clerk = await scenario.makeUser('clerk', MAY_ASK);
    for (const command of [
      new EnableOutboundWebIdentityFederationCommand({}),
      new DisableOutboundWebIdentityFederationCommand({}),
      new GetOutboundWebIdentityFederationInfoCommand({}),
    ]) {
      const sent = daypass.iam(clerk).send(command as EnableOutboundWebIdentityFederationCommand);
      expect(await refusal(sent)).toMatchObject({ name: 'AccessDenied', status: 403 });
    }
  });
});
