import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateSAMLProviderCommand, GetSAMLProviderCommand } from '@aws-sdk/client-iam';
import { AssumeRoleWithSAMLCommand } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { keepSamlKey } from '../../dev/peers/saml/kept-key.ts';
import { type SamlServer, startSamlServer } from '../../dev/peers/saml/server.ts';
import { makeSamlKey } from '../../dev/peers/saml/signing-key.ts';
import { StateError } from '../../dev/state-files.ts';
import { type SamlScenario, startSamlScenario } from '../helpers/saml-scenario.ts';

let idp: SamlServer;
let saml: SamlScenario;
let providerArn: string;
let base: string;
beforeAll(async () => {
  saml = await startSamlScenario();
  idp = await startSamlServer({ port: 0, key: await makeSamlKey(saml.daypass.nowSeconds()) });
  const iam = saml.daypass.iam();
  const SAMLMetadataDocument = await (await fetch(`${idp.url}/metadata`)).text();
  const made = await iam.send(new CreateSAMLProviderCommand({ Name: 'stand-in', SAMLMetadataDocument }));
  providerArn = made.SAMLProviderArn ?? '';
  const { SAMLProviderUUID } = await iam.send(new GetSAMLProviderCommand({ SAMLProviderArn: providerArn }));
  base = `${saml.daypass.url}/saml/${SAMLProviderUUID}`;
});
afterAll(() => Promise.all([saml.stop(), idp.stop()]));

const fieldsOf = (html: string): Record<string, string> =>
  Object.fromEntries(
    Array.from(html.matchAll(/name="(\w+)" value="([^"]*)"/g), ([, name = '', value = '']) => [name, value]),
  );

test('a person presses a button at the stand-in and is signed in here', async () => {
  const role = `${await saml.makeRole('visitor', { Principal: { Federated: providerArn } })},${providerArn}`;
  const begun = await fetch(`${base}/login`, { redirect: 'manual' });
  const page = await (await fetch(begun.headers.get('location') ?? '')).text();
  expect(page).toContain('Alice Example (alice)');
  const { sub: _, ...fields } = fieldsOf(page);
  const form = await fetch(`${idp.url}/sso`, {
    method: 'POST',
    body: new URLSearchParams({ ...fields, sub: 'alice', role }),
  });
  const carried = await form.text();
  expect(carried).toContain(`action="${base}/acs"`);
  const [cookie = ''] = begun.headers.getSetCookie();
  const body = new URLSearchParams(fieldsOf(carried));
  const headers = { cookie: cookie.split(';')[0] ?? '' };
  const done = await fetch(`${base}/acs`, { method: 'POST', body, headers, redirect: 'manual' });
  expect([done.status, done.headers.get('location')]).toEqual([303, '/me']);
});

test('a response without a browser is taken by AssumeRoleWithSAML', async () => {
  const RoleArn = await saml.makeRole('stand-in', {
    Principal: { Federated: providerArn },
    Condition: { StringEquals: { 'SAML:aud': `${base}/acs`, 'SAML:upn': 'alice@corp.example.com' } },
  });
  const body = new URLSearchParams({ sub: 'alice', acs: `${base}/acs`, role: `${RoleArn},${providerArn}` });
  const SAMLAssertion = (
    await (await fetch(`${idp.url}/saml-response`, { method: 'POST', body })).text()
  ).trim();
  const call = new AssumeRoleWithSAMLCommand({ RoleArn, PrincipalArn: providerArn, SAMLAssertion });
  expect(await saml.daypass.sts().send(call)).toMatchObject({ Subject: 'alice', Issuer: idp.entityId });
});

test.each([
  [{ sub: 'mallory', acs: 'http://localhost:1/acs' }, 'nobody here is called `mallory`\n'],
  [{ sub: 'alice', acs: 'https://example.com/acs' }, '`acs` must be on http://localhost\n'],
  [{ sub: 'alice', acs: 'http://localhost.example.com/acs' }, '`acs` must be on http://localhost\n'],
])('%j is refused', async (form, text) => {
  const answer = await fetch(`${idp.url}/saml-response`, { method: 'POST', body: new URLSearchParams(form) });
  expect([answer.status, await answer.text()]).toEqual([400, text]);
});

describe('the key of the stand-in', () => {
  test('is kept for its owner alone, and a damaged file is named', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'daypass-saml-'));
    const path = join(folder, 'key.json');
    const key = await keepSamlKey(path, 1_800_000_000);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(await keepSamlKey(path, 0)).toEqual(key);
    for (const text of ['', '[]', '{}', '{"privateKey":1}']) {
      writeFileSync(path, text);
      await expect(keepSamlKey(path, 0), text).rejects.toThrow(StateError);
    }
    rmSync(folder, { recursive: true });
  });
});
