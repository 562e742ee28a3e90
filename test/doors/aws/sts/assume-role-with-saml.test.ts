import { createHash } from 'node:crypto';
import { CreateRoleCommand, ListUsersCommand } from '@aws-sdk/client-iam';
import { AssumeRoleCommand, GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { daypassQuery } from '../../../helpers/daypass-query.ts';
import {
  AWS_ATTRIBUTE,
  base64,
  type SamlScenario,
  startSamlScenario,
} from '../../../helpers/saml-scenario.ts';
import { credentialsFrom } from '../../../helpers/scenario.ts';
import { refusal } from '../iam/support.ts';

let saml: SamlScenario;
beforeAll(async () => {
  saml = await startSamlScenario();
});
afterAll(() => saml.stop());

const invalid = (message: string) => ({ name: 'InvalidIdentityTokenException', status: 400, message });

test('an assertion becomes a session, and the answer has every member', async () => {
  const { daypass, roleArn, providerArn } = saml;
  const answer = await saml.assume(await saml.say());
  const account = daypass.bootstrap.accountId;
  expect(answer).toMatchObject({
    AssumedRoleUser: { Arn: `arn:aws:sts::${account}:assumed-role/reader/alice` },
    Subject: 'alice',
    SubjectType: 'persistent',
    Issuer: 'https://idp.example.com/metadata',
    Audience: saml.target().assertionConsumerUrl,
    NameQualifier: createHash('sha1')
      .update(`https://idp.example.com/metadata${account}/idp`)
      .digest('base64'),
  });
  expect(answer).not.toHaveProperty('SourceIdentity');
  expect(answer).not.toHaveProperty('PackedPolicySize');
  const expires = (answer.Credentials?.Expiration?.getTime() ?? 0) / 1000 - daypass.nowSeconds();
  expect(Math.abs(expires - 3600)).toBeLessThan(5);
  const credentials = credentialsFrom(answer.Credentials);
  expect((await daypass.sts(credentials).send(new GetCallerIdentityCommand({}))).Arn).toBe(
    `arn:aws:sts::${account}:assumed-role/reader/alice`,
  );
  expect((await daypass.iam(credentials).send(new ListUsersCommand({}))).Users?.length).toBeGreaterThan(0);
  expect([roleArn, providerArn].every((arn) => arn.includes(account))).toBe(true);
});

test.each(['assertion', 'response', 'both'] as const)('the signature may be on: %s', async (signed) => {
  expect(await saml.assume(await saml.say({ signed }))).toMatchObject({ Subject: 'alice' });
});

test('base64 may be broken into lines, and a response may answer a request of another flow', async () => {
  const SAMLAssertion = base64(await saml.say()).replace(/.{76}/g, '$&\r\n');
  expect(await saml.assume('', { SAMLAssertion })).toMatchObject({ Subject: 'alice' });
  expect(await saml.assume(await saml.say({ content: { inResponseTo: '_elsewhere' } }))).toMatchObject({
    Subject: 'alice',
  });
});

describe('what the assertion asks for', () => {
  const role = (value: string) => ({ [`${AWS_ATTRIBUTE}Role`]: [value] });
  const say = (attributes: Record<string, readonly string[]>) =>
    saml.say({ content: { attributes: { ...saml.granting(saml.roleArn), ...attributes } } });

  test('the two ARNs of a role may stand in either order, with space around, among others', async () => {
    const { roleArn, providerArn } = saml;
    for (const value of [`${providerArn},${roleArn}`, ` ${roleArn} , ${providerArn} `]) {
      expect(await saml.assume(await say(role(value)))).toMatchObject({ Subject: 'alice' });
    }
    const several = { [`${AWS_ATTRIBUTE}Role`]: [`${roleArn}x,${providerArn}`, `${roleArn},${providerArn}`] };
    expect(await saml.assume(await say(several))).toMatchObject({ Subject: 'alice' });
  });

  test('a role that is not granted, or granted by another provider, or not at all, is denied', async () => {
    const { roleArn, providerArn } = saml;
    const denied = {
      name: 'AccessDenied',
      status: 403,
      message: 'Not authorized to perform sts:AssumeRoleWithSAML',
    };
    for (const value of [`${roleArn}x,${providerArn}`, `${roleArn},${providerArn}x`]) {
      expect(await refusal(saml.assume(await say(role(value))))).toEqual(denied);
    }
    const { [`${AWS_ATTRIBUTE}Role`]: _, ...none } = saml.granting(roleArn);
    const without = await saml.say({ content: { attributes: none } });
    expect(await refusal(saml.assume(without))).toEqual(denied);
    // no such role, though the provider grants it
    expect(
      await refusal(saml.assume(await say(role(`${roleArn}x,${providerArn}`)), { RoleArn: `${roleArn}x` })),
    ).toEqual(denied);
  });

  test('tags, transitive tags and a source identity come with the session and are asked of the trust policy', async () => {
    const attributes = {
      [`${AWS_ATTRIBUTE}PrincipalTag:Team`]: ['it'],
      [`${AWS_ATTRIBUTE}PrincipalTag:Cost`]: ['7'],
      [`${AWS_ATTRIBUTE}TransitiveTagKeys`]: ['Team'],
      [`${AWS_ATTRIBUTE}SourceIdentity`]: ['alice@example.com'],
    };
    const answer = await saml.assume(await say(attributes));
    expect(answer).toMatchObject({ SourceIdentity: 'alice@example.com' });
    expect(answer.PackedPolicySize).toBeGreaterThan(0);
    const strict = await saml.makeRole('untagged', { Action: 'sts:AssumeRoleWithSAML' });
    const refused = await saml.say({ content: { attributes: { ...saml.granting(strict), ...attributes } } });
    expect(await refusal(saml.assume(refused, { RoleArn: strict }))).toMatchObject({ name: 'AccessDenied' });
    const plain = await saml.say({ content: { attributes: saml.granting(strict) } });
    expect(await saml.assume(plain, { RoleArn: strict })).toMatchObject({ Subject: 'alice' });
  });

  test.for<[string, Record<string, readonly string[]>]>([
    ['a Role without its provider', { Role: ['arn:aws:iam::111122223333:role/reader'] }],
    ['a Role of three parts', { Role: ['a,b,c'] }],
    ['no RoleSessionName', { RoleSessionName: [] }],
    ['two RoleSessionNames', { RoleSessionName: ['alice', 'bob'] }],
    ['a RoleSessionName of one character', { RoleSessionName: ['a'] }],
    ['a RoleSessionName with a space', { RoleSessionName: ['a b'] }],
    ['a short SessionDuration', { SessionDuration: ['899'] }],
    ['a long SessionDuration', { SessionDuration: ['43201'] }],
    ['a SessionDuration that is no number', { SessionDuration: ['1h'] }],
    ['a SourceIdentity of AWS', { SourceIdentity: ['aws:x'] }],
    ['a tag with two values', { 'PrincipalTag:Team': ['a', 'b'] }],
    ['a tag key of AWS', { 'PrincipalTag:aws:x': ['a'] }],
    ['a tag twice, but for its case', { 'PrincipalTag:A': ['a'], 'PrincipalTag:a': ['a'] }],
    ['a transitive key that is no tag', { TransitiveTagKeys: ['Team'] }],
  ])('%s is refused', async ([, attributes]) => {
    const named = Object.entries(attributes).map(([name, values]) => [AWS_ATTRIBUTE + name, values] as const);
    expect(await refusal(saml.assume(await say(Object.fromEntries(named))))).toMatchObject({
      name: 'InvalidIdentityTokenException',
      status: 400,
    });
  });

  test('groups that Entra ID left out give a clear error', async () => {
    const xml = await say({
      'http://schemas.microsoft.com/claims/groups.link': ['https://graph.windows.net/x'],
    });
    expect(await refusal(saml.assume(xml))).toEqual(
      invalid(
        'the identity provider left the groups out because there are too many: let it send only the groups that are assigned to this application',
      ),
    );
  });
});

describe('the trust policy', () => {
  test('decides on the SAML keys: who, of which kind, from where, in which groups', async () => {
    const { daypass, providerId } = saml;
    const account = daypass.bootstrap.accountId;
    const GROUP = 'http://schemas.xmlsoap.org/claims/Group';
    const roleArn = await saml.makeRole('conditional', {
      Condition: {
        StringEquals: {
          'SAML:aud': `${daypass.url}/saml/${providerId}/acs`,
          'SAML:iss': 'https://idp.example.com/metadata',
          'SAML:sub': 'alice',
          'SAML:sub_type': 'persistent',
          'SAML:doc': `${account}/idp`,
          'SAML:mail': 'alice@example.com',
          'SAML:namequalifier': createHash('sha1')
            .update(`https://idp.example.com/metadata${account}/idp`)
            .digest('base64'),
        },
        'ForAnyValue:StringEquals': { 'SAML:groups': 'admins' },
      },
    });
    const ask = async (nameId: string, groups: readonly string[], mail = 'alice@example.com') => {
      const attributes = saml.granting(roleArn, {
        [GROUP]: groups,
        'urn:oid:0.9.2342.19200300.100.1.3': [mail],
      });
      return saml.assume(await saml.say({ content: { nameId, attributes } }), { RoleArn: roleArn });
    };
    expect(await ask('alice', ['users', 'admins'])).toMatchObject({ Subject: 'alice' });
    for (const refused of [
      () => ask('bob', ['admins']),
      () => ask('alice', ['users']),
      () => ask('alice', []),
      () => ask('alice', ['admins'], 'x@example.com'),
    ]) {
      expect(await refusal(refused())).toMatchObject({ name: 'AccessDenied', status: 403 });
    }
  });

  test('must name this provider', async () => {
    const other = await saml.makeRole('other', { Principal: { Federated: `${saml.providerArn}x` } });
    const xml = await saml.say({ content: { attributes: saml.granting(other) } });
    expect(await refusal(saml.assume(xml, { RoleArn: other }))).toMatchObject({ name: 'AccessDenied' });
  });
});

test('where the assertion names no role, the provider’s mapping rules may, and the subject names the session', async () => {
  const { daypass, providerArn } = saml;
  const [mapped, other] = [await saml.makeRole('mapped'), await saml.makeRole('unmapped')];
  const GROUP = 'http://schemas.xmlsoap.org/claims/Group';
  const Condition = {
    'ForAnyValue:StringEquals': { [GROUP]: 'admins' },
    StringEquals: { 'SAML:sub': 'alice' },
  };
  const RulesDocument = JSON.stringify({ Rules: [{ Effect: 'Allow', Condition, Roles: [mapped] }] });
  const put = await daypassQuery(daypass, 'PutMappingRules', { ProviderArn: providerArn, RulesDocument });
  expect([put.status, put.code]).toEqual([200, null]);
  const ask = async (RoleArn: string, group: string, more: Record<string, readonly string[]> = {}) =>
    saml.assume(await saml.say({ content: { attributes: { [GROUP]: [group], ...more } } }), { RoleArn });
  expect((await ask(mapped, 'admins')).AssumedRoleUser?.Arn).toMatch(/assumed-role\/mapped\/alice$/);
  // whoever names roles is believed in what it leaves out; and no attribute can stand in for the subject
  const named = {
    [`${AWS_ATTRIBUTE}Role`]: [`${other},${providerArn}`],
    [`${AWS_ATTRIBUTE}RoleSessionName`]: ['alice'],
  };
  // one after the other: a refusal that nobody awaits yet would end the run
  for (const askFor of [
    () => ask(other, 'admins'),
    () => ask(mapped, 'users'),
    () => ask(mapped, 'admins', named),
  ]) {
    expect(await refusal(askFor())).toMatchObject({ name: 'AccessDenied', status: 403 });
  }
  const asAlice = await saml.say({
    content: { nameId: 'bob', attributes: { [GROUP]: ['admins'], 'SAML:sub': ['alice'] } },
  });
  expect(await refusal(saml.assume(asAlice, { RoleArn: mapped }))).toMatchObject({ name: 'AccessDenied' });
  expect((await daypassQuery(daypass, 'DeleteMappingRules', { ProviderArn: providerArn })).status).toBe(200);
});

describe('how long the session lasts', () => {
  const lifeOf = async (xml: string, over: object = {}): Promise<number> => {
    const { Credentials } = await saml.assume(xml, over);
    return Math.round((Credentials?.Expiration?.getTime() ?? 0) / 1000 - saml.daypass.nowSeconds());
  };
  const near = (seconds: number) => ({ asymmetricMatch: (given: number) => Math.abs(given - seconds) < 5 });

  test('nor does what is chained from it last longer', async () => {
    const { daypass, roleArn } = saml;
    const AssumeRolePolicyDocument = JSON.stringify({
      Version: '2012-10-17',
      Statement: { Effect: 'Allow', Principal: { AWS: roleArn }, Action: 'sts:AssumeRole' },
    });
    const made = await daypass
      .iam()
      .send(new CreateRoleCommand({ RoleName: 'next', AssumeRolePolicyDocument }));
    const next = made.Role?.Arn ?? '';
    const take = async (content: object) => {
      const { Credentials } = await saml.assume(await saml.say({ content }));
      const sts = daypass.sts(credentialsFrom(Credentials));
      const taken = await sts.send(new AssumeRoleCommand({ RoleArn: next, RoleSessionName: 'next' }));
      return Math.round((taken.Credentials?.Expiration?.getTime() ?? 0) / 1000 - daypass.nowSeconds());
    };
    expect(await take({})).toEqual(near(3600));
    expect(await take({ sessionNotOnOrAfterSeconds: daypass.nowSeconds() + 1200 })).toEqual(near(1200));
  });

  test('never past SessionNotOnOrAfter, nor past what the role allows', async () => {
    const sessionNotOnOrAfterSeconds = saml.daypass.nowSeconds() + 600;
    expect(await lifeOf(await saml.say({ content: { sessionNotOnOrAfterSeconds } }))).toEqual(near(600));
    expect(await lifeOf(await saml.say(), { DurationSeconds: 900 })).toEqual(near(900));
    expect(await refusal(saml.assume(await saml.say(), { DurationSeconds: 3601 }))).toMatchObject({
      name: 'ValidationError',
    });
    const SessionDuration = { [`${AWS_ATTRIBUTE}SessionDuration`]: ['7200'] };
    const attributes = saml.granting(saml.roleArn, SessionDuration);
    expect(await lifeOf(await saml.say({ content: { attributes } }))).toEqual(near(3600));
    const long = await saml.makeRole('long', {}, { maxSeconds: 43_200 });
    const longer = await saml.say({ content: { attributes: saml.granting(long, SessionDuration) } });
    expect(await lifeOf(longer, { RoleArn: long })).toEqual(near(7200));
    const gone = await saml.say({ content: { sessionNotOnOrAfterSeconds: saml.daypass.nowSeconds() - 1 } });
    expect(await refusal(saml.assume(gone))).toMatchObject({ name: 'ExpiredTokenException', status: 400 });
  });
});

describe('one use for each assertion and role', () => {
  test('the second is refused, and another role is another use', async () => {
    const second = await saml.makeRole('second');
    const { roleArn, providerArn } = saml;
    const attributes = {
      ...saml.granting(roleArn),
      [`${AWS_ATTRIBUTE}Role`]: [roleArn, second].map((arn) => `${arn},${providerArn}`),
    };
    const xml = await saml.say({ content: { attributes } });
    await saml.assume(xml);
    expect(await refusal(saml.assume(xml))).toEqual(invalid('the SAML response has been used before'));
    expect(await saml.assume(xml, { RoleArn: second })).toMatchObject({ Subject: 'alice' });
  });

  test('of fifty at once one wins', async () => {
    const xml = await saml.say();
    const all = await Promise.allSettled(Array.from({ length: 50 }, () => saml.assume(xml)));
    expect(all.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });
});

test('a status other than success is the provider refusing', async () => {
  const xml = await saml.say({ content: { status: 'urn:oasis:names:tc:SAML:2.0:status:Responder' } });
  expect(await refusal(saml.assume(xml))).toMatchObject({ name: 'IDPRejectedClaimException', status: 403 });
});

test('a session policy narrows it, and a bad one is not looked at before trust', async () => {
  const { daypass } = saml;
  const Policy = JSON.stringify({
    Version: '2012-10-17',
    Statement: { Effect: 'Allow', Action: 'iam:GetUser', Resource: '*' },
  });
  const { Credentials } = await saml.assume(await saml.say(), { Policy });
  expect(
    await refusal(daypass.iam(credentialsFrom(Credentials)).send(new ListUsersCommand({}))),
  ).toMatchObject({ name: 'AccessDenied' });
  expect(await refusal(saml.assume(await saml.say(), { Policy: '{}' }))).toMatchObject({
    name: 'MalformedPolicyDocumentException',
  });
});

test('no such provider: another name, another case, another account', async () => {
  const { providerArn } = saml;
  for (const PrincipalArn of [
    `${providerArn}x`,
    providerArn.replace('/idp', '/IDP'),
    providerArn.replace(/[0-9]{12}/, '999988887777'),
  ]) {
    expect(await refusal(saml.assume(await saml.say(), { PrincipalArn }))).toEqual(
      invalid('no SAML provider found in your account for this assertion'),
    );
  }
  expect(await refusal(saml.assume(await saml.say(), { PrincipalArn: saml.roleArn }))).toMatchObject({
    name: 'ValidationError',
  });
});

test('the trail names the person and the session, and never holds the assertion', async () => {
  const { daypass } = saml;
  const xml = await saml.say({ content: { nameId: 'trail-reader' } });
  await saml.assume(xml);
  const { results } = await daypass.d1
    .prepare("SELECT body FROM audit_events WHERE event_name = 'AssumeRoleWithSAML'")
    .all<{ body: string }>();
  expect(results.some(({ body }) => body.includes(base64(xml).slice(200, 400)))).toBe(false);
  expect(daypass.logs.some((line) => line.includes(base64(xml).slice(200, 400)))).toBe(false);
});
