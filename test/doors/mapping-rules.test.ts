/** Mapping rules choose a role where nobody names one; the role's trust policy decides all the same. */
import { CreateOpenIDConnectProviderCommand, DeleteOpenIDConnectProviderCommand } from '@aws-sdk/client-iam';
import type { JWTPayload } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { daypassQuery } from '../helpers/daypass-query.ts';
import { exchange } from '../helpers/exchange.ts';
import { CLIENT_ID, type Scenario, startScenario } from '../helpers/scenario.ts';

let scenario: Scenario;
let admin: string;
let dev: string;
let closed: string;

const inGroup = (group: string) => ({ 'ForAnyValue:StringEquals': { groups: group } });

beforeAll(async () => {
  scenario = await startScenario();
  const { prefix, makeRole } = scenario;
  const Condition = { StringEquals: { [`${prefix}:aud`]: CLIENT_ID } };
  admin = await makeRole('admin', { Condition });
  dev = await makeRole('dev', { Condition });
  closed = await makeRole('closed', { Condition: { StringEquals: { [`${prefix}:sub`]: 'nobody' } } });
});
afterAll(() => scenario.stop());

const put = (document: object, ProviderArn = scenario.providerArn) =>
  daypassQuery(scenario.daypass, 'PutMappingRules', { ProviderArn, RulesDocument: JSON.stringify(document) });
const allow = (roles: readonly string[], group: string, more: object = {}) => ({
  Effect: 'Allow',
  Condition: inGroup(group),
  Roles: roles,
  ...more,
});

/** Exchanges a login without naming a role. @returns the role of the token, or the refusal's body */
async function ask(claims: JWTPayload, parameters: Readonly<Record<string, string>> = {}) {
  const { daypass, idToken } = scenario;
  const { status, body } = await exchange(daypass, { subject_token: await idToken(claims), ...parameters });
  if (status !== 200) return body;
  const { payload } = parseJwt(String(body.access_token));
  return String(payload.daypass?.arn).split('/')[1];
}

function parseJwt(token: string): { payload: { daypass?: { arn?: string } } } {
  return { payload: JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) };
}

describe('an exchange that names no role', () => {
  test('is refused while the provider has no rules', async () => {
    expect(await ask({ groups: ['admins'] })).toEqual({
      error: 'invalid_target',
      error_description: 'no role is mapped to this login',
    });
  });

  test('gets the role of the first rule that matches', async () => {
    await put({ Rules: [allow([admin], 'admins'), allow([dev], 'engineering')] });
    expect(await ask({ groups: ['engineering'] })).toBe('dev');
    expect(await ask({ groups: ['engineering', 'admins'] })).toBe('admin');
    expect(await ask({ groups: ['support'] })).toMatchObject({ error: 'invalid_target' });
  });

  test('may name the account instead, and no other account’s rules answer', async () => {
    const { accountId } = scenario.daypass.bootstrap;
    const own = { resource: `arn:aws:iam::${accountId}:root` };
    expect(await ask({ groups: ['engineering'] }, own)).toBe('dev');
    const other = { resource: 'arn:aws:iam::999988887777:root' };
    expect(await ask({ groups: ['engineering'] }, other)).toMatchObject({ error: 'invalid_request' });
  });

  test('with several possible roles gets their list, in order; naming one is then enough', async () => {
    await put({ Rules: [allow([dev, closed, admin], 'engineering')] });
    expect(await ask({ groups: ['engineering'] })).toEqual({
      error: 'invalid_target',
      error_description: 'more than one role is possible for this login: name one of them',
      roles: [dev, admin],
    });
    expect(await ask({ groups: ['engineering'] }, { resource: admin })).toBe('admin');
  });

  test('never gets a role whose trust policy does not let it in', async () => {
    await put({ Rules: [allow([closed], 'engineering')] });
    const refused = await ask({ groups: ['engineering'] });
    await put({ Rules: [allow([closed.replace('closed', 'gone')], 'engineering')] });
    expect(refused).toEqual(await ask({ groups: ['engineering'] }));
    expect(refused).toMatchObject({ error_description: 'no role is mapped to this login' });
  });

  test('is refused by a Deny, and given the default where no rule matches', async () => {
    await put({
      Rules: [{ Effect: 'Deny', Condition: inGroup('banned') }, allow([admin], 'admins')],
      Default: { Roles: [dev] },
    });
    expect(await ask({ groups: ['admins', 'banned'] })).toMatchObject({ error: 'invalid_target' });
    expect(await ask({ groups: ['support'] })).toBe('dev');
    expect(await ask({})).toBe('dev');
  });

  test('a rule on trial changes nothing and stands in the trail', async () => {
    await put({
      Rules: [
        { Sid: 'soon', Effect: 'Deny', Condition: inGroup('admins'), Mode: 'Audit' },
        allow([admin], 'admins'),
      ],
    });
    expect(await ask({ groups: ['admins'] })).toBe('admin');
    const query =
      "select body from audit_events where event_name = 'TokenExchange' and body like '%onTrial%'";
    // The trail is a second behind.
    const trail = async () => (await scenario.daypass.d1.prepare(query).all<{ body: string }>()).results;
    await expect.poll(trail, { timeout: 20_000 }).toHaveLength(1);
    const [event] = await trail();
    expect(event?.body).toContain('"onTrial":[{"rule":"soon","effect":"Deny","roles":[]}]');
  });
});

describe('the rules of a provider', () => {
  test('come back as they were written, and go', async () => {
    const document = { Rules: [allow([dev], 'engineering')] };
    const ProviderArn = scenario.providerArn;
    await put(document);
    const found = await daypassQuery(scenario.daypass, 'GetMappingRules', { ProviderArn });
    expect(decodeURIComponent(found.all('RulesDocument')[0] ?? '')).toBe(JSON.stringify(document));
    expect((await daypassQuery(scenario.daypass, 'DeleteMappingRules', { ProviderArn })).status).toBe(200);
    for (const action of ['GetMappingRules', 'DeleteMappingRules']) {
      expect((await daypassQuery(scenario.daypass, action, { ProviderArn })).code).toBe('NoSuchEntity');
    }
    expect(await ask({ groups: ['engineering'] })).toMatchObject({ error: 'invalid_target' });
  });

  test.for<[string, object, string]>([
    ['a document that cannot be read', { Rules: [{ Effect: 'Allow' }] }, 'MalformedPolicyDocument'],
    [
      'a role of another account',
      { Rules: [], Default: { Roles: ['arn:aws:iam::1:role/a'] } },
      'MalformedPolicyDocument',
    ],
  ])('%s is refused', async ([, document, code]) => {
    expect((await put(document)).code).toBe(code);
  });

  test('belong to a provider of the account', async () => {
    for (const arn of [
      scenario.providerArn.replace(/[^/]+$/, 'elsewhere.example.com'),
      scenario.providerArn.replace(/::[0-9]+:/, '::999988887777:'),
    ]) {
      expect(['NoSuchEntity', 'AccessDenied']).toContain((await put({ Rules: [] }, arn)).code);
    }
  });

  test('are for those who may', async () => {
    const nobody = await scenario.makeUser('nobody');
    const parameters = { ProviderArn: scenario.providerArn };
    for (const action of ['GetMappingRules', 'DeleteMappingRules', 'PutMappingRules']) {
      const all =
        action === 'PutMappingRules' ? { ...parameters, RulesDocument: '{"Rules":[]}' } : parameters;
      expect((await daypassQuery(scenario.daypass, action, all, nobody)).code, action).toBe('AccessDenied');
    }
  });
});

describe('a dry run', () => {
  const explain = async (claims: JWTPayload, parameters: Readonly<Record<string, string>> = {}) =>
    daypassQuery(scenario.daypass, 'ExplainLogin', {
      WebIdentityToken: await scenario.idToken(claims),
      ...parameters,
    });

  test('shows proof, rules, trust and roles, and mints nothing', async () => {
    await put({
      Rules: [
        { Sid: 'banned', Effect: 'Deny', Condition: inGroup('banned') },
        allow([dev, closed], 'engineering', { Sid: 'devs' }),
        allow([admin], 'admins'),
      ],
    });
    const told = await explain({ groups: ['engineering'], email: 'a@example.com' });
    expect([told.all('Proof'), told.all('Subject'), told.all('ChosenBy')]).toEqual([
      ['believed'],
      ['alice'],
      ['rules'],
    ]);
    expect(told.all('Rule')).toEqual(['banned', 'devs', 'Rules[2]']);
    expect(told.all('Result')).toEqual(['not_matched', 'matched', 'not_asked', 'admitted', 'refused']);
    expect(told.all('Reason')).toEqual([
      `allowed by statement 0 of the resource policy \`trust policy of ${dev}\``,
      'implicitly denied: no resource policy allows it',
    ]);
    expect(told.text).not.toContain('a@example.com'); // nobody has verified it, so no rule sees it
    expect(told.text).not.toMatch(/ASIA|SessionToken|SecretAccessKey/);
  });

  test('tries a role that is named, and says when there is none', async () => {
    expect((await explain({}, { RoleArn: closed })).all('Result')).toEqual(['refused']);
    expect((await explain({}, { RoleArn: `${closed}x` })).all('Result')).toEqual(['not_found']);
    expect((await explain({ sub: 'nobody' }, { RoleArn: closed })).all('Result')).toEqual(['admitted']);
  });

  test('says why a proof is not believed', async () => {
    const told = await explain({ aud: 'stranger' });
    expect([told.status, told.all('Proof'), told.all('Code')[0], told.all('Reason')]).toEqual([
      200,
      ['refused'],
      'invalid_identity_token',
      ['incorrect token audience'],
    ]);
    const expired = await explain({ exp: scenario.daypass.nowSeconds() - 3600 });
    expect(expired.all('Reason')).toEqual(['the token has expired']);
  });

  test('is for those who may', async () => {
    const clerk = await scenario.makeUser('clerk');
    const parameters = { WebIdentityToken: await scenario.idToken() };
    expect((await daypassQuery(scenario.daypass, 'ExplainLogin', parameters, clerk)).code).toBe(
      'AccessDenied',
    );
  });
});

test('a provider that is made anew inherits no rules', async () => {
  const { daypass, providerArn, issuer } = scenario;
  await put({ Rules: [allow([dev], 'engineering')] });
  expect(await ask({ groups: ['engineering'] })).toBe('dev');
  await daypass.iam().send(new DeleteOpenIDConnectProviderCommand({ OpenIDConnectProviderArn: providerArn }));
  const { results } = await daypass.d1.prepare('select * from mapping_rules').all();
  expect(results).toEqual([]);
  const url = issuer.issuer;
  await daypass.iam().send(new CreateOpenIDConnectProviderCommand({ Url: url, ClientIDList: [CLIENT_ID] }));
  expect(await ask({ groups: ['engineering'] })).toMatchObject({ error: 'invalid_target' });
});
