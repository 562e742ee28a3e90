/** Groups of a directory in policies: as condition keys of a login, by id and by name, and as session tags afterwards. */
import { CreateRoleCommand, ListUsersCommand, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { AssumeRoleWithWebIdentityCommand } from '@aws-sdk/client-sts';
import type { JWTPayload } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { daypassQuery } from '../helpers/daypass-query.ts';
import { exchange } from '../helpers/exchange.ts';
import { PageClient } from '../helpers/page-client.ts';
import { signInBySaml } from '../helpers/saml-browser.ts';
import { AWS_ATTRIBUTE, type SamlScenario, startSamlScenario } from '../helpers/saml-scenario.ts';
import { credentialsFrom, policy } from '../helpers/scenario.ts';
import {
  type RegisteredIssuer,
  type ScriptedIssuer,
  startScriptedIssuer,
} from '../helpers/scripted-issuer.ts';

const GROUP = 'http://schemas.xmlsoap.org/claims/Group';
const ENTRA_GROUP = 'http://schemas.microsoft.com/ws/2008/06/identity/claims/groups';
const ID = '1f0c2f6a-0c3c-4a3a-9b5e-2f4f5c8f7f10';
const NAME = 'CN=Reports Readers,OU=Groups,DC=corp,DC=example,DC=com';
const TOO_MANY = 'the identity provider left the groups out because there are too many';
const BY_TAG = policy({
  Effect: 'Allow',
  Action: 'iam:ListUsers',
  Resource: '*',
  Condition: { StringEquals: { 'aws:PrincipalTag/group': ID } },
});

let saml: SamlScenario;
let issuer: ScriptedIssuer;
let provider: RegisteredIssuer;
let samlRole: string;
let oidcRole: string;

beforeAll(async () => {
  [saml, issuer] = await Promise.all([startSamlScenario(), startScriptedIssuer()]);
  provider = await issuer.register(saml.daypass);
  const Condition = { 'ForAnyValue:StringEquals': { 'SAML:groups': [ID, NAME] } };
  samlRole = await saml.makeRole('by-group', { Condition });
  const AssumeRolePolicyDocument = policy({
    Effect: 'Allow',
    Principal: { Federated: provider.arn },
    Action: ['sts:AssumeRoleWithWebIdentity', 'sts:TagSession'],
    Condition: { 'ForAnyValue:StringEquals': { [`${issuer.prefix}:groups`]: [ID, NAME] } },
  });
  const iam = saml.daypass.iam();
  const made = await iam.send(new CreateRoleCommand({ RoleName: 'by-claim', AssumeRolePolicyDocument }));
  oidcRole = made.Role?.Arn ?? '';
  for (const RoleName of ['by-group', 'by-claim'])
    await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: 'inline', PolicyDocument: BY_TAG }));
});
afterAll(() => Promise.all([saml.stop(), issuer.stop()]));

const assumeBySaml = async (attributes: Readonly<Record<string, readonly string[]>>) => {
  const content = { attributes: saml.granting(samlRole, attributes) };
  return saml.assume(await saml.say({ content }), { RoleArn: samlRole });
};
const assumeByToken = async (claims: JWTPayload) => {
  const WebIdentityToken = await issuer.sign({ sub: 'anna', ...claims });
  const command = new AssumeRoleWithWebIdentityCommand({
    RoleArn: oidcRole,
    RoleSessionName: 'anna',
    WebIdentityToken,
  });
  return saml.daypass.sts().send(command);
};
const mayList = (answered: Parameters<typeof credentialsFrom>[0]) =>
  saml.daypass
    .iam(credentialsFrom(answered))
    .send(new ListUsersCommand({}))
    .then(
      () => true,
      () => false,
    );

describe('by SAML', () => {
  test.each<[string, string, string]>([
    ['an object id of Entra ID', ENTRA_GROUP, ID],
    ['a name of the directory', GROUP, NAME],
    ['the attribute memberOf', 'memberOf', NAME],
  ])('%s opens the role that asks for it', async (_name, attribute, group) => {
    expect((await assumeBySaml({ [attribute]: ['other', group] })).Subject).toBe('alice');
    await expect(assumeBySaml({ [attribute]: [`${group}x`] })).rejects.toThrow('Not authorized');
  });

  test('a group as a session tag is seen by the role’s own policies', async () => {
    const tagged = await assumeBySaml({ [GROUP]: [NAME], [`${AWS_ATTRIBUTE}PrincipalTag:group`]: [ID] });
    const untagged = await assumeBySaml({ [GROUP]: [NAME] });
    expect([await mayList(tagged.Credentials), await mayList(untagged.Credentials)]).toEqual([true, false]);
  });

  test('rules over groups are asked again while the browser is signed in', async () => {
    const rules = (group: string) =>
      daypassQuery(saml.daypass, 'PutMappingRules', {
        ProviderArn: saml.providerArn,
        RulesDocument: JSON.stringify({
          Rules: [
            {
              Effect: 'Allow',
              Condition: { 'ForAnyValue:StringEquals': { [GROUP]: group } },
              Roles: samlRole,
            },
          ],
        }),
      });
    await rules(NAME);
    const client = new PageClient(saml.daypass);
    await signInBySaml(saml, client, { content: { attributes: { [GROUP]: [NAME] } } });
    const take = async () => (await client.post('/me/roles', { role: samlRole, duration: '3600' })).status;
    expect(await take()).toBe(200);
    await rules('another group');
    await client.get('/me/roles');
    expect(await take()).toBe(400);
  });
});

describe('by OpenID Connect', () => {
  test.each([ID, NAME])('the group %s opens the role that asks for it', async (group) => {
    const answer = await assumeByToken({ groups: ['other', group] });
    expect(answer.SubjectFromWebIdentityToken).toBe('anna');
    await expect(assumeByToken({ groups: [`${group}x`] })).rejects.toThrow('Not authorized');
  });

  test('a group as a session tag is seen by the role’s own policies', async () => {
    const tag = { 'https://aws.amazon.com/tags/principal_tags/group': ID };
    const tagged = await assumeByToken({ groups: [NAME], ...tag });
    const untagged = await assumeByToken({ groups: [NAME] });
    expect([await mayList(tagged.Credentials), await mayList(untagged.Credentials)]).toEqual([true, false]);
  });

  test.each<[string, JWTPayload]>([
    [
      'a link in their place',
      { _claim_names: { groups: 'src1' }, _claim_sources: { src1: { endpoint: 'x' } } },
    ],
    ['a word that there are any', { hasgroups: true }],
  ])('too many groups are said to be too many: %s', async (_name, claims) => {
    await expect(assumeByToken(claims)).rejects.toThrow(TOO_MANY);
    const subject_token = await issuer.sign({ sub: 'anna', ...claims });
    const told = async (resource: string | null) =>
      String((await exchange(saml.daypass, { subject_token, resource })).body.error_description);
    expect([await told(oidcRole), await told(null)]).toEqual([
      expect.stringContaining(TOO_MANY),
      expect.stringContaining(TOO_MANY),
    ]);
    const client = new PageClient(saml.daypass);
    const { location } = await client.get(`/login/${provider.providerId}`);
    const page = await client.get(issuer.answer(location, { sub: 'anna', ...claims }));
    expect([page.status, page.text.includes(TOO_MANY)]).toEqual([403, true]);
  });

  test('a role that does not ask for groups is had all the same, and other refusals say nothing of them', async () => {
    await expect(assumeByToken({ groups: [] })).rejects.toThrow(/sts:AssumeRoleWithWebIdentity$/);
    await expect(assumeByToken({ _claim_names: 'groups' })).rejects.toThrow(/sts:AssumeRoleWithWebIdentity$/);
    await expect(assumeByToken({ _claim_names: [] })).rejects.toThrow(/sts:AssumeRoleWithWebIdentity$/);
    const answer = await assumeByToken({ groups: [ID], _claim_names: { address: 'src1' } });
    expect(answer.SubjectFromWebIdentityToken).toBe('anna');
  });
});
