import { CreatePolicyCommand } from '@aws-sdk/client-iam';
import {
  AssumeRoleWithWebIdentityCommand,
  GetCallerIdentityCommand,
  type STSClient,
} from '@aws-sdk/client-sts';
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { allow, policy, refusal } from '../doors/aws/iam/support.ts';
import { exchange } from '../helpers/exchange.ts';
import { startOidcProvider, type TestIssuer } from '../helpers/oidc-provider.ts';
import { CLIENT_ID, credentialsFrom, type Scenario, startScenario } from '../helpers/scenario.ts';

let scenario: Scenario;
let stranger: TestIssuer;
let unsigned: STSClient;
let account: string;

beforeAll(async () => {
  [scenario, stranger] = await Promise.all([startScenario(), startOidcProvider()]);
  unsigned = scenario.daypass.sts({ accessKeyId: 'none', secretAccessKey: 'none' });
  account = scenario.daypass.bootstrap.accountId;
});
afterAll(() => Promise.all([scenario.stop(), stranger.stop()]));

const assume = (over: object) =>
  unsigned.send(
    new AssumeRoleWithWebIdentityCommand({
      RoleArn: scenario.roleArn,
      RoleSessionName: 'attack',
      WebIdentityToken: 'none',
      ...over,
    }),
  );

describe('an issuer that is not registered', () => {
  test('is never asked for anything, whatever door its token comes to', async () => {
    const nowSeconds = scenario.daypass.nowSeconds();
    const token = await stranger.signIdToken({
      ...{ sub: 'alice', aud: CLIENT_ID, iat: nowSeconds, exp: nowSeconds + 600 },
    });
    expect(await refusal(assume({ WebIdentityToken: token }))).toMatchObject({
      name: 'InvalidIdentityTokenException',
      status: 400,
    });
    const exchanged = await exchange(scenario.daypass, { subject_token: token, resource: scenario.roleArn });
    expect([exchanged.status, exchanged.body.error]).toEqual([400, 'invalid_request']);
    expect(stranger.hits()).toBe(0);
  });

  test('is not mistaken for the registered one that it begins with, ends with or spells otherwise', async () => {
    const { issuer } = scenario.issuer;
    const alike = [
      `${issuer}/`,
      `${issuer}/x`,
      `${issuer}@${new URL(stranger.url).host}`,
      `${issuer}#`,
      issuer.toUpperCase(),
      issuer.replace('http:', 'https:'),
      issuer.replace('localhost', '127.0.0.1'),
      ` ${issuer}`,
      [issuer],
    ];
    for (const iss of alike) {
      const token = await scenario.idToken({ iss: iss as string });
      expect(await refusal(assume({ WebIdentityToken: token }))).toMatchObject({
        name: 'InvalidIdentityTokenException',
        status: 400,
      });
    }
    expect((await assume({ WebIdentityToken: await scenario.idToken() })).Provider).toBe(
      scenario.providerArn,
    );
  });
});

describe('a good token that no role trusts', () => {
  test('does not tell which policies, or which roles, the account has', async () => {
    const { Policy } = await scenario.daypass
      .iam()
      .send(new CreatePolicyCommand({ PolicyName: 'secret-name', PolicyDocument: policy(allow('s3:*')) }));
    const token = await scenario.idToken({ sub: 'mallory' });
    const refused = { name: 'AccessDenied', status: 403 };
    for (const arn of [Policy?.Arn, `arn:aws:iam::${account}:policy/absent`]) {
      const said = await refusal(assume({ WebIdentityToken: token, PolicyArns: [{ arn }] }));
      expect(said).toMatchObject(refused);
    }
    for (const RoleArn of [scenario.roleArn, `${scenario.roleArn}-absent`]) {
      const said = await refusal(assume({ WebIdentityToken: token, RoleArn }));
      expect(said).toMatchObject({
        ...refused,
        message: 'Not authorized to perform sts:AssumeRoleWithWebIdentity',
      });
    }
    expect(
      await refusal(
        assume({
          WebIdentityToken: await scenario.idToken(),
          PolicyArns: [{ arn: `arn:aws:iam::${account}:policy/absent` }],
        }),
      ),
    ).toMatchObject({ status: 404 });
  });
});

describe('identities never cross', () => {
  const PEOPLE = ['alice', 'bob'] as const;

  beforeAll(async () => {
    await scenario.makeRole('shared', {
      Condition: { StringEquals: { [`${scenario.prefix}:sub`]: PEOPLE } },
    });
    await scenario.allow(
      'shared',
      ...PEOPLE.map((person) => ({
        ...allow('s3:GetObject', `arn:aws:s3:::home/${person}`),
        Condition: { StringEquals: { [`${scenario.prefix}:sub`]: person } },
      })),
    );
  });

  const roleArn = () => `arn:aws:iam::${account}:role/shared`;

  test('of two access tokens a thousand times by turns', async () => {
    const tokens = await Promise.all(
      PEOPLE.map(async (sub) => {
        const { body } = await exchange(scenario.daypass, {
          subject_token: await scenario.idToken({ sub }),
          resource: roleArn(),
        });
        return String(body.access_token);
      }),
    );
    const evaluations = Array.from({ length: 200 }, (_, at) => ({
      subject: { type: 'access_token', id: tokens[at % 2] },
      resource: { type: 'arn', id: `arn:aws:s3:::home/${PEOPLE[(at >> 1) % 2]}` },
    }));
    const wanted = evaluations.map((_, at) => at % 2 === (at >> 1) % 2);
    for (let turn = 0; turn < 5; turn += 1) {
      const answer = await scenario.daypass.fetch('/access/v1/evaluations', {
        method: 'POST',
        body: JSON.stringify({ action: { name: 's3:GetObject' }, evaluations }),
      });
      const { evaluations: answers } = (await answer.json()) as { evaluations: { decision: boolean }[] };
      expect(answers.map(({ decision }) => decision)).toEqual(wanted);
    }
  });

  test('of two ID tokens that share header and length, nor of the sessions made of them', async () => {
    const tokens = await Promise.all(
      ['alice', 'malic'].map((sub) => scenario.idToken({ sub, pad: 'x'.repeat(999) })),
    );
    for (let turn = 0; turn < 20; turn += 1) {
      const [good, bad] = await Promise.allSettled(
        tokens.map((token) => assume({ WebIdentityToken: token, RoleArn: roleArn() })),
      );
      expect([good?.status, bad?.status]).toEqual(['fulfilled', 'rejected']);
    }
    const sessions = await Promise.all(
      PEOPLE.map(async (sub) => {
        const made = await assume({
          ...{ WebIdentityToken: await scenario.idToken({ sub }), RoleArn: roleArn() },
          RoleSessionName: sub,
        });
        return scenario.daypass.sts(credentialsFrom(made.Credentials));
      }),
    );
    for (let turn = 0; turn < 50; turn += 1) {
      const answers = await Promise.all(sessions.map((sts) => sts.send(new GetCallerIdentityCommand({}))));
      expect(answers.map(({ Arn }) => Arn?.split('/').at(-1))).toEqual([...PEOPLE]);
    }
  });

  test('of two subjects whose letters make the same session name', async () => {
    const long = 'x'.repeat(64);
    const groups = [
      ['a/b', 'a:b', 'a-b', 'a=b', 'a b'],
      [long, `${long}1`, `${long}2`],
      ['é', 'è', '-', '--'],
    ];
    for (const subjects of groups) {
      await scenario.makeRole(`names-${groups.indexOf(subjects)}`, {
        Condition: { StringEquals: { [`${scenario.prefix}:aud`]: CLIENT_ID } },
      });
      const arns = await Promise.all(
        subjects.map(async (sub) => {
          const { body } = await exchange(scenario.daypass, {
            subject_token: await scenario.idToken({ sub }),
            resource: `arn:aws:iam::${account}:role/names-${groups.indexOf(subjects)}`,
          });
          const { daypass } = decodeJwt<{ daypass: { arn: string } }>(String(body.access_token));
          expect(daypass.arn.split('/').at(-1)).toMatch(/^[\w+=,.@-]{2,64}$/);
          return daypass.arn;
        }),
      );
      expect(new Set(arns).size).toBe(subjects.length);
    }
  });

  test('when the token of one comes with the key of the other', async () => {
    const made = await Promise.all(
      PEOPLE.map(async (sub) =>
        assume({
          WebIdentityToken: await scenario.idToken({ sub }),
          RoleArn: roleArn(),
          RoleSessionName: sub,
        }),
      ),
    );
    const [alice, bob] = made.map(({ Credentials }) => credentialsFrom(Credentials));
    if (alice === undefined || bob === undefined) throw new Error('two sessions');
    const { daypass } = scenario;
    // Both tokens have been opened and are held by now.
    await Promise.all([alice, bob].map((own) => daypass.sts(own).send(new GetCallerIdentityCommand({}))));
    const mixed = [
      { ...alice, sessionToken: bob.sessionToken },
      { ...alice, accessKeyId: bob.accessKeyId },
      { ...alice, secretAccessKey: bob.secretAccessKey },
      { ...daypass.bootstrap.admin, sessionToken: alice.sessionToken },
      { accessKeyId: alice.accessKeyId, secretAccessKey: alice.secretAccessKey },
    ];
    for (const credentials of mixed) {
      expect(await refusal(daypass.sts(credentials).send(new GetCallerIdentityCommand({})))).toMatchObject({
        status: 403,
      });
    }
  });
});

describe('addresses that a resource server tells', () => {
  let token: string;

  beforeAll(async () => {
    await scenario.makeRole('networked', {
      Condition: { StringEquals: { [`${scenario.prefix}:sub`]: 'alice' } },
    });
    await scenario.allow('networked', allow('s3:GetObject'), {
      ...{ Effect: 'Deny', Action: '*', Resource: '*' },
      Condition: { IpAddress: { 'aws:SourceIp': ['192.0.2.0/24', '2001:db8::/32'] } },
    });
    const { body } = await exchange(scenario.daypass, {
      subject_token: await scenario.idToken(),
      resource: `arn:aws:iam::${account}:role/networked`,
    });
    token = String(body.access_token);
  });

  const ask = async (sourceIp: unknown) => {
    const answer = await scenario.daypass.fetch('/access/v1/evaluation', {
      method: 'POST',
      body: JSON.stringify({
        subject: { type: 'access_token', id: token },
        action: { name: 's3:GetObject' },
        resource: { type: 'arn', id: 'arn:aws:s3:::reports/1' },
        context: { 'AWS:sourceIP': sourceIp },
      }),
    });
    const body = (await answer.json()) as { decision?: boolean };
    return answer.status === 200 ? body.decision : answer.status;
  };

  test.for([
    '192.0.2.1',
    '::ffff:192.0.2.1',
    '::FFFF:192.0.2.1',
    '::ffff:c000:201',
    '0000:0000:0000:0000:0000:ffff:c000:0201',
    '0:0:0:0:0:FFFF:192.0.2.1',
    '2001:db8::1',
    '2001:DB8::1',
    '2001:0db8:0000:0000:0000:0000:0000:0001',
  ])('%s is in the range that is denied, however it is spelt', async (address) => {
    expect(await ask(address)).toBe(false);
  });

  test.for(['198.51.100.1', '::ffff:198.51.100.1', '2001:db9::1'])('%s is not', async (address) => {
    expect(await ask(address)).toBe(true);
  });

  test.for([
    '192.0.2.01',
    '192.0.2.1 ',
    '192.0.2',
    '0xc0000201',
    '3221225985',
    '[2001:db8::1]',
    '2001:db8::1%eth0',
    '192.0.2.1:443',
    '192.0.2.1, 198.51.100.1',
    '192.0.2.0/24',
    '',
    7,
    null,
  ])('what is no address, %j, is refused: a deny could not see it', async (address) => {
    expect(await ask(address)).toBe(400);
  });

  test('an address does not hide among others', async () => {
    for (const addresses of [[], ['192.0.2.1'], ['198.51.100.1', '192.0.2.1'], [['192.0.2.1']]]) {
      expect(await ask(addresses)).toBe(400);
    }
  });
});
