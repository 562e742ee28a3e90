import { createSign } from 'node:crypto';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { CreateLoginProfileCommand, CreateUserCommand, UpdateSAMLProviderCommand } from '@aws-sdk/client-iam';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeSamlKey, type SamlSigningKey } from '../../../dev/peers/saml/signing-key.ts';
import { formatIso } from '../../../src/core/time.ts';
import { daypassQuery } from '../../helpers/daypass-query.ts';
import { PageClient } from '../../helpers/page-client.ts';
import { answerSamlRequest, signInBySaml } from '../../helpers/saml-browser.ts';
import { IDP_ENTITY_ID } from '../../helpers/saml-idp.ts';
import { base64, type SamlScenario, startSamlScenario } from '../../helpers/saml-scenario.ts';
import { refusal } from '../aws/iam/support.ts';

let saml: SamlScenario;
let stranger: SamlSigningKey;
beforeAll(async () => {
  saml = await startSamlScenario();
  stranger = await makeSamlKey(saml.daypass.nowSeconds());
  const parameters = { SAMLProviderArn: saml.providerArn, AdmitUnsolicited: 'true' };
  await daypassQuery(saml.daypass, 'UpdateSAMLProviderLogin', parameters);
});
afterAll(() => saml.stop());

const RSA_SHA256 = 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256';
let count = 0;

/** A logout request's XML. */
function requestXml(nameId: string, edit: (xml: string) => string = (xml) => xml): string {
  count += 1;
  const destination = `${saml.daypass.url}/saml/${saml.providerId}/logout`;
  return edit(
    `<samlp:LogoutRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="_r${count}" Version="2.0" IssueInstant="${formatIso(saml.daypass.nowSeconds())}" Destination="${destination}"><saml:Issuer>${IDP_ENTITY_ID}</saml:Issuer><saml:NameID>${nameId}</saml:NameID></samlp:LogoutRequest>`,
  );
}

function signedQuery(xml: string, key: SamlSigningKey = saml.idp.key, method = RSA_SHA256): string {
  const message = encodeURIComponent(deflateRawSync(xml).toString('base64'));
  const query = `SAMLRequest=${message}&RelayState=back&SigAlg=${encodeURIComponent(method)}`;
  const signature = createSign('RSA-SHA256').update(query).sign(key.privateKey, 'base64');
  return `${query}&Signature=${encodeURIComponent(signature)}`;
}

const logout = (query: string) => saml.daypass.fetch(`/saml/${saml.providerId}/logout?${query}`);
const sessionsOf = async (): Promise<number> => {
  const row = await saml.daypass.d1
    .prepare("SELECT count(*) AS n FROM sign_in_sessions WHERE owner_type = 'federated'")
    .first<{ n: number }>();
  return row?.n ?? -1;
};
const signIn = async (nameId: string): Promise<void> => {
  const SAMLResponse = base64(await saml.say({ content: { nameId } }));
  const answer = await saml.daypass.fetch(`/saml/${saml.providerId}/acs`, {
    method: 'POST',
    body: new URLSearchParams({ SAMLResponse }),
  });
  expect(answer.status).toBe(303);
};

test('a signed request ends every sign-in session of that person, and is answered', async () => {
  for (const nameId of ['alice', 'alice', 'bob']) await signIn(nameId);
  expect(await sessionsOf()).toBe(3);
  const query = signedQuery(requestXml('alice'));
  const answer = await logout(query);
  expect([answer.status, await sessionsOf()]).toEqual([302, 1]);
  const to = new URL(answer.headers.get('location') ?? '');
  expect([to.origin + to.pathname, to.searchParams.get('RelayState')]).toEqual([
    'https://idp.example.com/slo',
    'back',
  ]);
  const xml = inflateRawSync(Buffer.from(to.searchParams.get('SAMLResponse') ?? '', 'base64')).toString();
  expect(xml).toContain(`InResponseTo="_r${count}"`);
  expect((await logout(query)).status).toBe(400);
});

test('the answer goes where metadata wants answers', async () => {
  const SAMLMetadataDocument = saml.idp.metadata.replace(
    /(<md:SingleLogoutService [^>]*)\/>/,
    '$1 ResponseLocation="https://idp.example.com/slo/done"/>',
  );
  const { daypass, providerArn: SAMLProviderArn } = saml;
  await daypass.iam().send(new UpdateSAMLProviderCommand({ SAMLProviderArn, SAMLMetadataDocument }));
  expect((await saml.show()).SAMLMetadataDocument).toContain(
    'ResponseLocation="https://idp.example.com/slo/done"',
  );
  const answer = await logout(signedQuery(requestXml('nobody')));
  const to = new URL(answer.headers.get('location') ?? '');
  expect(to.origin + to.pathname).toBe('https://idp.example.com/slo/done');
  const xml = inflateRawSync(Buffer.from(to.searchParams.get('SAMLResponse') ?? '', 'base64')).toString();
  expect(xml).toContain('Destination="https://idp.example.com/slo/done"');
  for (const elsewhere of ['javascript:alert(1)', 'http://idp.example.com/', '']) {
    const document = SAMLMetadataDocument.replace(
      /ResponseLocation="[^"]*"/,
      `ResponseLocation="${elsewhere}"`,
    );
    const update = new UpdateSAMLProviderCommand({ SAMLProviderArn, SAMLMetadataDocument: document });
    expect(await refusal(daypass.iam().send(update))).toMatchObject({ name: 'InvalidInputException' });
  }
});

test.for<[string, () => string]>([
  ['no signature', () => signedQuery(requestXml('bob')).replace(/&SigAlg.*/, '')],
  ['another key', () => signedQuery(requestXml('bob'), stranger)],
  [
    'another method',
    () => signedQuery(requestXml('bob'), saml.idp.key, 'http://www.w3.org/2000/09/xmldsig#rsa-sha1'),
  ],
  [
    'a changed RelayState',
    () => signedQuery(requestXml('bob')).replace('RelayState=back', 'RelayState=evil'),
  ],
  ['a parameter twice', () => `${signedQuery(requestXml('bob'))}&RelayState=evil`],
  ['another issuer', () => signedQuery(requestXml('bob', (xml) => xml.replace('/metadata<', '/x<')))],
  ['another destination', () => signedQuery(requestXml('bob', (xml) => xml.replace('/logout"', '/x"')))],
  [
    'an old request',
    () =>
      signedQuery(
        requestXml('bob', (xml) =>
          xml.replace(/IssueInstant="[^"]*"/, 'IssueInstant="2020-01-01T00:00:00Z"'),
        ),
      ),
  ],
  ...['2020-01-01T00:00:00Z', 'soon'].map((end): [string, () => string] => [
    `a request that ends ${end}`,
    () =>
      signedQuery(
        requestXml('bob', (xml) => xml.replace(' Destination=', ` NotOnOrAfter="${end}" Destination=`)),
      ),
  ]),
  [
    'two names',
    () => signedQuery(requestXml('bob', (xml) => xml.replace(/(<saml:NameID>.*<\/saml:NameID>)/, '$1$1'))),
  ],
  ['a document type', () => signedQuery(requestXml('bob', (xml) => `<!DOCTYPE a>${xml}`))],
  ['a deflate bomb (CVE-2025-25293)', () => signedQuery(`<a>${' '.repeat(1024 * 1024)}</a>`)],
  ['nothing', () => ''],
])('%s ends nothing', async ([, query]) => {
  const before = await sessionsOf();
  const answer = await logout(query());
  expect([answer.status, await sessionsOf()]).toEqual([400, before]);
});

test('a linked user is signed out where that login signed them in, and nowhere else', async () => {
  const { daypass } = saml;
  const account = daypass.bootstrap.accountId;
  const password = 'seven quiet otters under the old mill';
  await daypass.iam().send(new CreateUserCommand({ UserName: 'anna' }));
  await daypass.iam().send(new CreateLoginProfileCommand({ UserName: 'anna', Password: password }));
  const byPassword = new PageClient(daypass);
  await byPassword.get('/login');
  await byPassword.post('/login', { account, username: 'anna', password });
  await byPassword.get('/me');
  const { text } = await byPassword.post('/me/links', { provider: saml.providerId });
  const there = (/content="0; url=([^"]+)"/.exec(text)?.[1] ?? '').replaceAll('&amp;', '&');
  await answerSamlRequest(saml, byPassword, there, { content: { nameId: 'anna' } });
  await byPassword.get('/me/links/confirm');
  await byPassword.post('/me/links/confirm', {});
  const byLogin = new PageClient(daypass);
  await signInBySaml(saml, byLogin, { content: { nameId: 'anna' } });
  expect((await byLogin.get('/me')).text).toContain(':user/anna');

  await logout(signedQuery(requestXml('somebody-else')));
  expect((await byLogin.get('/me')).status).toBe(200);
  await logout(signedQuery(requestXml('anna')));
  expect([(await byLogin.get('/me')).location, (await byPassword.get('/me')).status]).toEqual([
    '/login?next=me',
    200,
  ]);
});
