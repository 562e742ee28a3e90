import { decodeJwt } from 'jose';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { exchange } from '../../helpers/exchange.ts';
import { type SamlScenario, startSamlScenario } from '../../helpers/saml-scenario.ts';

let saml: SamlScenario;
beforeAll(async () => {
  saml = await startSamlScenario();
});
afterAll(() => saml.stop());

const ask = (xml: string, over: Readonly<Record<string, string | null>> = {}) =>
  exchange(saml.daypass, {
    subject_token: Buffer.from(xml, 'utf8').toString('base64url'),
    subject_token_type: 'urn:ietf:params:oauth:token-type:saml2',
    resource: saml.roleArn,
    ...over,
  });
const assertionIn = (xml: string): string => /<saml:Assertion .*<\/saml:Assertion>/s.exec(xml)?.[0] ?? '';

test('a response, or a signed assertion by itself, becomes an access token', async () => {
  const { daypass, providerId, roleArn } = saml;
  const account = daypass.bootstrap.accountId;
  for (const shape of [(xml: string) => xml, assertionIn]) {
    const { status, body } = await ask(shape(await saml.say()));
    expect([status, body.token_type]).toEqual([200, 'Bearer']);
    expect(decodeJwt(String(body.access_token))).toMatchObject({
      iss: daypass.url,
      aud: daypass.url,
      client_id: `${daypass.url}/saml/${providerId}/metadata`,
      sub: expect.stringMatching(/^fed_[\w-]{32}$/),
      daypass: { account, arn: `arn:aws:sts::${account}:assumed-role/reader/alice` },
    });
  }
  expect(roleArn).toContain(account);
});

test('it becomes AWS credentials where they are asked for', async () => {
  const requested_token_type = 'urn:daypass:token-type:aws-credentials';
  const { status, body } = await ask(await saml.say(), { requested_token_type });
  expect([status, body.issued_token_type]).toEqual([200, requested_token_type]);
  expect(body.access_key_id).toMatch(/^ASIA/);
});

test('an assertion is used once, whichever door', async () => {
  const xml = await saml.say();
  expect((await ask(xml)).status).toBe(200);
  expect((await ask(xml)).body.error).toBe('invalid_request');
  await expect(saml.assume(xml)).rejects.toThrow('the SAML response has been used before');
});

test.for<[string, (xml: string) => string]>([
  [
    'an assertion that is not signed',
    (xml) => assertionIn(xml).replace(/<ds:Signature .*<\/ds:Signature>/s, ''),
  ],
  ['a changed name', (xml) => assertionIn(xml).replace('>alice</saml:NameID>', '>bob</saml:NameID>')],
  [
    'an assertion in an assertion',
    (xml) => assertionIn(xml).replace('</saml:Subject>', `</saml:Subject>${assertionIn(xml)}`),
  ],
  [
    'another recipient',
    (xml) => xml.replace(/saml\/SAMLSP[A-Z2-7]{24}\/acs/g, `saml/SAMLSP${'A'.repeat(24)}/acs`),
  ],
  ['no recipient of ours', (xml) => xml.replace(/saml\/SAMLSP/g, 'saml/X')],
  ['nothing', () => ''],
  ['no XML', () => 'alice'],
])('%s is refused', async ([, edit]) => {
  const { status, body } = await ask(edit(await saml.say()));
  expect([status, body.error]).toEqual([400, 'invalid_request']);
  expect(body).not.toHaveProperty('access_token');
});

test('a resource that is no role, or a role that is not granted, is refused', async () => {
  expect((await ask(await saml.say(), { resource: saml.providerArn })).body.error).toBe('invalid_target');
  const other = await saml.makeRole('not-granted');
  expect((await ask(await saml.say(), { resource: other })).status).toBe(400);
});
