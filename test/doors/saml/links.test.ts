/** SAML logins that IAM users link to themselves. */
import { CreateLoginProfileCommand, CreateUserCommand, DeleteSAMLProviderCommand } from '@aws-sdk/client-iam';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ResponseContent } from '../../../dev/peers/saml/response.ts';
import { daypassQuery } from '../../helpers/daypass-query.ts';
import { PageClient } from '../../helpers/page-client.ts';
import { answerSamlRequest, readSamlRequest, signInBySaml } from '../../helpers/saml-browser.ts';
import { base64, type SamlScenario, startSamlScenario } from '../../helpers/saml-scenario.ts';

const PASSWORD = 'seven quiet otters under the old mill';
const LINK = '__Host-daypass-link';
const FORMAT = 'urn:oasis:names:tc:SAML:2.0:nameid-format:';

let saml: SamlScenario;
beforeAll(async () => {
  saml = await startSamlScenario();
  const iam = saml.daypass.iam();
  await iam.send(new CreateUserCommand({ UserName: 'anna' }));
  await iam.send(new CreateLoginProfileCommand({ UserName: 'anna', Password: PASSWORD }));
});
afterAll(() => saml.stop());

async function anna(): Promise<PageClient> {
  const client = new PageClient(saml.daypass);
  await client.get('/login');
  const account = saml.daypass.bootstrap.accountId;
  await client.post('/login', { account, username: 'anna', password: PASSWORD });
  await client.get('/me');
  return client;
}
const begin = async (client: PageClient): Promise<string> => {
  const { text } = await client.post('/me/links', { provider: saml.providerId });
  return (/content="0; url=([^"]+)"/.exec(text)?.[1] ?? '').replaceAll('&amp;', '&');
};
const twoMinutesAgo = (): string => new Date((saml.daypass.nowSeconds() - 120) * 1000).toISOString();
const me = async (client: PageClient) => (await client.get('/me')).text;

test('a login is asked for anew, and then signs the user in, whether it grants a role or none', async () => {
  const client = await anna();
  const location = await begin(client);
  expect(readSamlRequest(location).xml).toContain(' ForceAuthn="true"');
  const back = await answerSamlRequest(saml, client, location, { content: { attributes: {} } });
  expect([back.status, back.location]).toEqual([303, '/me/links/confirm']);
  await client.get('/me/links/confirm');
  expect((await client.post('/me/links/confirm', {})).location).toBe('/me?done=linked');
  for (const attributes of [{}, saml.granting(saml.roleArn)]) {
    const visitor = new PageClient(saml.daypass);
    const answer = await signInBySaml(saml, visitor, { content: { attributes } });
    expect([answer.status, answer.location]).toEqual([303, '/me/roles']);
    expect(await me(visitor)).toContain(':user/anna');
  }
  const other = new PageClient(saml.daypass);
  await signInBySaml(saml, other, { content: { nameId: 'bob', attributes: saml.granting(saml.roleArn) } });
  expect(await me(other)).not.toContain(':user/anna');
});

test('a session that a linked login began ends with the session at the identity provider', async () => {
  const visitor = new PageClient(saml.daypass);
  const sessionNotOnOrAfterSeconds = saml.daypass.nowSeconds() + 300;
  await signInBySaml(saml, visitor, { content: { attributes: {}, sessionNotOnOrAfterSeconds } });
  expect(await me(visitor)).toContain(':user/anna');
  await saml.daypass.advance(301);
  expect((await visitor.get('/me')).location).toBe('/login?next=me');
});

test('a plain login asks for no new sign-in', async () => {
  const { location } = await new PageClient(saml.daypass).get(`/saml/${saml.providerId}/login`);
  expect(readSamlRequest(location).xml).not.toContain('ForceAuthn');
});

test('the same name in another format is another login', async () => {
  const visitor = new PageClient(saml.daypass);
  const nameIdFormat = 'urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified';
  await signInBySaml(saml, visitor, { content: { nameIdFormat, attributes: saml.granting(saml.roleArn) } });
  expect(await me(visitor)).not.toContain(':user/anna');
});

describe('what is not linked', () => {
  test.for<[string, () => Partial<ResponseContent>, ((xml: string) => string)?]>([
    ['that is named anew each time', () => ({ nameIdFormat: `${FORMAT}transient` })],
    [
      'that is named by an e-mail address',
      () => ({
        nameIdFormat: 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress',
        nameId: 'a@example.com',
      }),
    ],
    [
      'of a session that the provider still had',
      () => ({}),
      (xml) => xml.replace(/AuthnInstant="[^"]*"/, `AuthnInstant="${twoMinutesAgo()}"`),
    ],
    ['that answers another request', () => ({ inResponseTo: '_other' })],
  ])('a login %s', async ([, content, editAssertion = (xml) => xml]) => {
    const client = await anna();
    const saying = { content: { attributes: {}, ...content() }, editAssertion };
    const answer = await answerSamlRequest(saml, client, await begin(client), saying);
    expect([answer.status < 500 && answer.status >= 400, client.cookies.has(LINK)]).toEqual([true, false]);
  });

  test('an answer is used once, for linking as for signing in', async () => {
    const client = await anna();
    const location = await begin(client);
    const cookies = [...client.cookies];
    const content = { nameId: 'once', assertionId: '_once', attributes: {} };
    expect((await answerSamlRequest(saml, client, location, { content })).location).toBe('/me/links/confirm');
    for (const [name, value] of cookies) client.cookies.set(name, value);
    expect((await answerSamlRequest(saml, client, location, { content })).status).toBe(400);
  });

  test('a login that began at the provider is none to link', async () => {
    const admit = (AdmitUnsolicited: string) =>
      daypassQuery(saml.daypass, 'UpdateSAMLProviderLogin', {
        SAMLProviderArn: saml.providerArn,
        AdmitUnsolicited,
      });
    await admit('true');
    const client = await anna();
    await begin(client);
    const SAMLResponse = base64(await saml.say({ content: { nameId: 'unasked' } }));
    const headers = { origin: 'https://idp.example.com', 'sec-fetch-site': 'cross-site' };
    const answer = await client.post(`/saml/${saml.providerId}/acs`, { SAMLResponse }, headers);
    expect(client.cookies.has(LINK)).toBe(false);
    expect([answer.status, answer.location]).toEqual([303, '/me']);
    await admit('false');
  });
});

test('links go with their provider', async () => {
  const rows = () => saml.daypass.d1.prepare('select * from identity_links').all();
  expect((await rows()).results).toHaveLength(1);
  const SAMLProviderArn = saml.providerArn;
  await saml.daypass.iam().send(new DeleteSAMLProviderCommand({ SAMLProviderArn }));
  expect((await rows()).results).toEqual([]);
});
