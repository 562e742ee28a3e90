/** The dry run of a SAML login, and trust policies on trial that see such logins. */
import { CreateAccessKeyCommand, CreateUserCommand, PutUserPolicyCommand } from '@aws-sdk/client-iam';
import { AssumeRoleCommand } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { daypassQuery } from '../../helpers/daypass-query.ts';
import { exchange } from '../../helpers/exchange.ts';
import { PageClient } from '../../helpers/page-client.ts';
import { signInBySaml } from '../../helpers/saml-browser.ts';
import { AWS_ATTRIBUTE, base64, type SamlScenario, startSamlScenario } from '../../helpers/saml-scenario.ts';
import { policy } from '../../helpers/scenario.ts';

const GROUPS = 'http://schemas.xmlsoap.org/claims/Group';

let saml: SamlScenario;
let closed: string;
beforeAll(async () => {
  saml = await startSamlScenario();
  closed = await saml.makeRole('closed', {
    Condition: { 'ForAnyValue:StringEquals': { 'SAML:groups': 'admins' } },
  });
});
afterAll(() => saml.stop());

const explain = async (xml: string, more: Readonly<Record<string, string>> = {}) => {
  const told = await daypassQuery(saml.daypass, 'ExplainLogin', { SAMLAssertion: base64(xml), ...more });
  const one = (element: string) => told.all(element)[0];
  return { ...told, one };
};

describe('the dry run of a SAML login', () => {
  test('tells what the assertion proves and what becomes of its roles, and uses nothing up', async () => {
    const attributes = {
      [`${AWS_ATTRIBUTE}Role`]: [saml.roleArn, closed, `${closed}x`].map(
        (arn) => `${arn},${saml.providerArn}`,
      ),
      [`${AWS_ATTRIBUTE}RoleSessionName`]: ['alice'],
      [GROUPS]: ['staff'],
    };
    const xml = await saml.say({ content: { attributes } });
    const told = await explain(xml);
    expect([told.one('Proof'), told.one('Provider'), told.one('Subject'), told.one('ChosenBy')]).toEqual([
      'believed',
      saml.providerArn,
      'alice',
      'assertion',
    ]);
    expect(told.all('RoleArn')).toEqual([saml.roleArn, closed, `${closed}x`]);
    expect(told.all('Result')).toEqual(['admitted', 'refused', 'not_found']);
    expect(told.all('Name')).toContain(GROUPS);
    expect((await explain(xml)).one('Proof')).toBe('believed');
    // As told, so it is.
    await expect(saml.assume(xml, { RoleArn: closed })).rejects.toThrow('Not authorized');
    expect((await saml.assume(xml)).Subject).toBe('alice');
    // What has been used up can be explained all the same.
    expect((await explain(xml)).one('Proof')).toBe('believed');
  });

  test('a role that is asked about must be one that the assertion names', async () => {
    const xml = await saml.say();
    const named = await explain(xml, { RoleArn: saml.roleArn, PrincipalArn: saml.providerArn });
    expect([named.one('ChosenBy'), named.all('Result')]).toEqual(['request', ['admitted']]);
    expect((await explain(xml, { RoleArn: closed })).all('Result')).toEqual(['not_granted']);
  });

  test('names the condition keys that a trust policy missed', async () => {
    const attributes = saml.granting(closed);
    const told = await explain(await saml.say({ content: { attributes } }));
    expect(told.all('Result')).toEqual(['refused']);
    expect(told.text).toMatch(/<MissingContextKeys><member>SAML:groups<\/member>/i);
  });

  test('follows the mapping rules where the assertion names no role', async () => {
    const { daypass, providerArn } = saml;
    const rules = [
      {
        Sid: 'admins',
        Effect: 'Allow',
        Condition: { 'ForAnyValue:StringEquals': { [GROUPS]: 'admins' } },
        Roles: closed,
      },
    ];
    const RulesDocument = JSON.stringify({ Rules: rules, Default: { Roles: saml.roleArn } });
    await daypassQuery(daypass, 'PutMappingRules', { ProviderArn: providerArn, RulesDocument });
    for (const [group, chosenBy, role] of [
      ['admins', 'rules', closed],
      ['staff', 'default', saml.roleArn],
    ]) {
      const told = await explain(await saml.say({ content: { attributes: { [GROUPS]: [group ?? ''] } } }));
      expect([told.one('ChosenBy'), told.all('Rule'), told.all('RoleArn')]).toEqual([
        chosenBy,
        ['admins'],
        [role],
      ]);
    }
    await daypassQuery(daypass, 'DeleteMappingRules', { ProviderArn: providerArn });
  });

  test.each<[string, () => Promise<string>, string]>([
    ['changed', async () => (await saml.say()).replace('>alice<', '>bob<'), 'invalid_identity_token'],
    ['no XML', async () => 'alice', 'invalid_identity_token'],
    [
      'late',
      () => saml.say({ content: { issuedAtSeconds: saml.daypass.nowSeconds() - 1000 } }),
      'expired_identity_token',
    ],
    [
      'of a failed login',
      () => saml.say({ content: { status: 'urn:oasis:names:tc:SAML:2.0:status:Requester' } }),
      'idp_rejected_claim',
    ],
    [
      'without a session name',
      () =>
        saml.say({
          content: { attributes: { [`${AWS_ATTRIBUTE}Role`]: [`${saml.roleArn},${saml.providerArn}`] } },
        }),
      'invalid_identity_token',
    ],
  ])('a response that is %s is not believed, with the reason', async (_name, say, code) => {
    const told = await explain(await say(), { PrincipalArn: saml.providerArn });
    expect([told.one('Proof'), told.one('Code'), told.all('RoleArn')]).toEqual(['refused', code, []]);
  });

  test('one kind of proof is wanted, and what belongs to it', async () => {
    const SAMLAssertion = base64(await saml.say());
    for (const parameters of [
      {},
      { SAMLAssertion, WebIdentityToken: 'a.b.c' },
      { SAMLAssertion, ProviderId: 'graph.facebook.com' },
      { WebIdentityToken: 'a.b.c', PrincipalArn: saml.providerArn },
      { SAMLAssertion, PrincipalArn: saml.roleArn },
    ] as Record<string, string>[]) {
      expect((await daypassQuery(saml.daypass, 'ExplainLogin', parameters)).code).toBe('ValidationError');
    }
  });
});

describe('a trust policy on trial', () => {
  const onTrial = (name: string, action: string, trustPolicyOf = saml.roleArn) =>
    expect
      .poll(
        async () => {
          const query = `select body from audit_events where event_name = '${name}' and body like '%onTrial%'`;
          const { results } = await saml.daypass.d1.prepare(query).all<{ body: string }>();
          return results.map(({ body }) => body);
        },
        { timeout: 20_000 },
      )
      .toContainEqual(
        expect.stringContaining(JSON.stringify([{ trustPolicyOf, action, effect: 'ImplicitDeny' }])),
      );

  test('sees SAML logins, at the API, in an exchange and in the browser', async () => {
    const { daypass, providerArn, roleArn } = saml;
    const PolicyDocument = policy({
      Effect: 'Allow',
      Principal: { Federated: providerArn },
      Action: ['sts:AssumeRoleWithSAML'],
      Condition: { StringEquals: { 'SAML:sub': 'carol' } },
    });
    await daypassQuery(daypass, 'PutTrustPolicyTrial', { RoleArn: roleArn, PolicyDocument });
    await saml.assume(await saml.say());
    await onTrial('AssumeRoleWithSAML', 'sts:AssumeRoleWithSAML');
    const subject_token = Buffer.from(await saml.say()).toString('base64url');
    const subject_token_type = 'urn:ietf:params:oauth:token-type:saml2';
    expect((await exchange(daypass, { subject_token, subject_token_type, resource: roleArn })).status).toBe(
      200,
    );
    await onTrial('TokenExchange', 'sts:AssumeRoleWithSAML');
    await daypass.d1.prepare('delete from audit_events').run();
    const client = new PageClient(daypass);
    await signInBySaml(saml, client);
    expect((await client.post('/me/roles', { role: roleArn, duration: '3600' })).status).toBe(200);
    await onTrial('AssumeRoleWithSAML', 'sts:AssumeRoleWithSAML');
  });

  test('sees AssumeRole too', async () => {
    const { daypass, providerArn } = saml;
    const account = daypass.bootstrap.accountId;
    const AWS = `arn:aws:iam::${account}:root`;
    const trust = { Principal: { AWS }, Action: 'sts:AssumeRole', Condition: {} };
    const RoleArn = await saml.makeRole('for-users', trust);
    const iam = daypass.iam();
    await iam.send(new CreateUserCommand({ UserName: 'clerk' }));
    const may = policy({ Effect: 'Allow', Action: 'sts:AssumeRole', Resource: RoleArn });
    await iam.send(new PutUserPolicyCommand({ UserName: 'clerk', PolicyName: 'p', PolicyDocument: may }));
    const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: 'clerk' }));
    const clerk = {
      accessKeyId: AccessKey?.AccessKeyId ?? '',
      secretAccessKey: AccessKey?.SecretAccessKey ?? '',
    };
    const PolicyDocument = policy({
      Effect: 'Allow',
      Principal: { AWS, Federated: providerArn },
      Action: 'sts:AssumeRole',
      Condition: { Bool: { 'aws:MultiFactorAuthPresent': 'true' } },
    });
    expect((await daypassQuery(daypass, 'PutTrustPolicyTrial', { RoleArn, PolicyDocument })).code).toBeNull();
    const sent = new AssumeRoleCommand({ RoleArn, RoleSessionName: 'clerk' });
    expect((await daypass.sts(clerk).send(sent)).Credentials?.AccessKeyId).toMatch(/^ASIA/);
    await onTrial('AssumeRole', 'sts:AssumeRole', RoleArn);
  });
});
