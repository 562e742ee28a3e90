/** A trust policy on trial tells what it would refuse, and lets nobody in and keeps nobody out. */
import { DeleteRoleCommand } from '@aws-sdk/client-iam';
import { AssumeRoleWithWebIdentityCommand } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { daypassQuery } from '../helpers/daypass-query.ts';
import { makePerson, makeRoleFor, registerClient } from '../helpers/oauth-person.ts';
import { CLIENT_ID, policy, type Scenario, startScenario } from '../helpers/scenario.ts';

let scenario: Scenario;
let roleArn: string;

const trusting = (condition: object): string =>
  policy({
    Effect: 'Allow',
    Principal: { Federated: scenario.providerArn },
    Action: 'sts:AssumeRoleWithWebIdentity',
    Condition: { StringEquals: condition },
  });
const ask = (action: string, parameters: Readonly<Record<string, string>> = {}) =>
  daypassQuery(scenario.daypass, action, { RoleArn: roleArn, ...parameters });
const assume = async (sub: string): Promise<string> => {
  const WebIdentityToken = await scenario.idToken({ sub });
  return scenario.daypass
    .sts()
    .send(new AssumeRoleWithWebIdentityCommand({ RoleArn: roleArn, RoleSessionName: sub, WebIdentityToken }))
    .then(
      () => 'accepted',
      (error: Error) => error.name,
    );
};

beforeAll(async () => {
  scenario = await startScenario();
  const Condition = {
    StringEquals: { [`${scenario.prefix}:aud`]: CLIENT_ID },
    StringNotEquals: { [`${scenario.prefix}:sub`]: 'eve' },
  };
  roleArn = await scenario.makeRole('tried', { Condition });
});
afterAll(() => scenario.stop());

test('who is let in is still let in, who is not is still not, and the trail tells of whom it would refuse', async () => {
  const PolicyDocument = trusting({ [`${scenario.prefix}:sub`]: ['alice', 'eve'] });
  expect((await ask('PutTrustPolicyTrial', { PolicyDocument })).status).toBe(200);
  expect([await assume('alice'), await assume('bob'), await assume('eve')]).toEqual([
    'accepted',
    'accepted',
    'AccessDenied',
  ]);
  const query =
    "select body from audit_events where event_name = 'AssumeRoleWithWebIdentity' and body like '%onTrial%'";
  const told = async () => (await scenario.daypass.d1.prepare(query).all<{ body: string }>()).results;
  await expect.poll(told, { timeout: 20_000 }).toHaveLength(1);
  const [event] = await told();
  expect(event?.body).toContain('"userName":"bob"');
  expect(event?.body).toContain(
    JSON.stringify({
      onTrial: [{ trustPolicyOf: roleArn, action: 'sts:AssumeRoleWithWebIdentity', effect: 'ImplicitDeny' }],
    }).slice(1, -1),
  );
});

test('it comes back as it was written, and goes', async () => {
  const PolicyDocument = trusting({ [`${scenario.prefix}:sub`]: 'alice' });
  await ask('PutTrustPolicyTrial', { PolicyDocument });
  const found = await ask('GetTrustPolicyTrial');
  expect(decodeURIComponent(found.all('PolicyDocument')[0] ?? '')).toBe(PolicyDocument);
  expect((await ask('DeleteTrustPolicyTrial')).status).toBe(200);
  for (const action of ['GetTrustPolicyTrial', 'DeleteTrustPolicyTrial'])
    expect((await ask(action)).code).toBe('NoSuchEntity');
});

test('it is checked like one that is to hold', async () => {
  const open = policy({
    Effect: 'Allow',
    Principal: { Federated: 'accounts.google.com' },
    Action: 'sts:AssumeRoleWithWebIdentity',
  });
  for (const PolicyDocument of ['{', open, policy({ Effect: 'Allow', Action: '*', Resource: '*' })]) {
    expect((await ask('PutTrustPolicyTrial', { PolicyDocument })).code).toBe('MalformedPolicyDocument');
  }
  const elsewhere = { RoleArn: `${roleArn}x`, PolicyDocument: trusting({ [`${scenario.prefix}:sub`]: 'a' }) };
  expect((await ask('PutTrustPolicyTrial', elsewhere)).code).toBe('NoSuchEntity');
});

test('it is for those who may', async () => {
  const clerk = await scenario.makeUser('clerk');
  const parameters = { RoleArn: roleArn, PolicyDocument: trusting({ [`${scenario.prefix}:sub`]: 'a' }) };
  for (const action of ['PutTrustPolicyTrial', 'GetTrustPolicyTrial', 'DeleteTrustPolicyTrial']) {
    const { PolicyDocument: _, ...named } = parameters;
    const all = action === 'PutTrustPolicyTrial' ? parameters : named;
    expect((await daypassQuery(scenario.daypass, action, all, clerk)).code, action).toBe('AccessDenied');
  }
});

test('it goes with its role', async () => {
  await ask('PutTrustPolicyTrial', { PolicyDocument: trusting({ [`${scenario.prefix}:sub`]: 'alice' }) });
  await scenario.daypass.iam().send(new DeleteRoleCommand({ RoleName: 'tried' }));
  const { results } = await scenario.daypass.d1.prepare('select * from trust_trials').all();
  expect(results).toEqual([]);
});

test('it sees what a person lets an application have', async () => {
  const { daypass } = scenario;
  const wanda = await makePerson(scenario, 'wanda', false);
  const RoleArn = await makeRoleFor(scenario, 'wanda', 'web');
  const redirect_uri = 'https://app.example/cb';
  const client_id = await registerClient(daypass, 'authorization_code', {
    'RedirectUris.member.1': redirect_uri,
  });
  const PolicyDocument = policy({
    Effect: 'Allow',
    Principal: { AWS: `arn:aws:iam::${daypass.bootstrap.accountId}:user/wanda` },
    Action: 'sts:AssumeRole',
    Condition: { Bool: { 'aws:MultiFactorAuthPresent': 'true' } },
  });
  await daypassQuery(daypass, 'PutTrustPolicyTrial', { RoleArn, PolicyDocument });
  const { client } = await wanda.signIn();
  const asked = new URLSearchParams({
    ...{ client_id, redirect_uri, response_type: 'code', state: 's' },
    ...{ code_challenge_method: 'S256', code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM' },
  });
  const page = await client.get(`/oauth/authorize?${asked}`);
  const [, request = ''] = /name="request" value="([\w-]+)"/.exec(page.text) ?? [];
  const decided = await client.post('/oauth/authorize/decide', { request, role: RoleArn, decision: 'allow' });
  expect(new URL(decided.location ?? 'about:blank').searchParams.get('code')).not.toBeNull();
  const query = "select body from audit_events where event_name = 'AuthorizeClient'";
  const { results } = await daypass.d1.prepare(query).all<{ body: string }>();
  expect(results.map(({ body }) => body)).toEqual([
    expect.stringContaining(
      JSON.stringify([{ trustPolicyOf: RoleArn, action: 'sts:AssumeRole', effect: 'ImplicitDeny' }]),
    ),
  ]);
});
