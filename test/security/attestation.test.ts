/** Which authenticators an account lets people register, where it asks them to prove their model. */
import { CreateLoginProfileCommand } from '@aws-sdk/client-iam';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { authority, type Issued, pemOf } from '../helpers/certificates.ts';
import { daypassQuery } from '../helpers/daypass-query.ts';
import { PageClient } from '../helpers/page-client.ts';
import { type Scenario, startScenario } from '../helpers/scenario.ts';
import { attestationCertificate, registrationAnswer, type Statement } from '../helpers/soft-registration.ts';

const MODEL = 'ee882879-721c-4913-9775-3dfcce97072a';
const OTHER_MODEL = '12345678-1234-1234-1234-123456789abc';
const PASSWORD = 'seven quiet otters under the old mill';
const NO_MODEL = '00000000-0000-0000-0000-000000000000';
const NONE = { fmt: 'none' } as const;
const SELF = { fmt: 'packed', by: null } as const;

let scenario: Scenario;
let root: Issued;
let middle: Issued;
let otherRoot: Issued;
let byRoot: Issued;
beforeAll(async () => {
  scenario = await startScenario();
  await scenario.makeUser('anna');
  const profile = new CreateLoginProfileCommand({ UserName: 'anna', Password: PASSWORD });
  await scenario.daypass.iam().send(profile);
  root = await authority({ subject: 'CN=Key Maker Root' });
  middle = await authority({ subject: 'CN=Key Maker Issuing', by: root });
  otherRoot = await authority({ subject: 'CN=Another Root' });
  byRoot = await attestationCertificate(root, MODEL);
});
afterAll(() => scenario.stop());

const put = async (policy: Record<string, string>) =>
  (await daypassQuery(scenario.daypass, 'PutPasskeyPolicy', policy)).code;

/** Registers a new key for somebody who has none. @returns what the page says, or where it leads */
async function enrol(statement: Statement, aaguid = MODEL): Promise<string> {
  const { daypass } = scenario;
  await daypass.d1.batch(
    ['mfa_devices', 'webauthn_credentials', 'counters'].map((table) =>
      daypass.d1.prepare(`delete from ${table}`),
    ),
  );
  const client = new PageClient(daypass);
  await client.get('/login');
  const account = daypass.bootstrap.accountId;
  await client.post('/login', { account, username: 'anna', password: PASSWORD });
  await client.get('/me/passkeys/add');
  const options = JSON.parse((await client.post('/me/passkeys/options', {})).text);
  const { challenge } = options;
  const response = registrationAnswer({ challenge, origin: daypass.url, aaguid, statement });
  const { location, text } = await client.post('/me/passkeys', { name: '', response });
  return location ?? /<li>(.*?)<\/li>/.exec(text)?.[1] ?? '';
}

const ADDED = '/me?done=passkey-added';
const REFUSED = expect.stringMatching(/not accepted/);

test('an account that asks for nothing takes every key, and the list names it by its model', async () => {
  expect(await enrol(NONE)).toBe(ADDED);
  expect(await enrol(SELF, OTHER_MODEL)).toBe(ADDED);
  expect(await enrol({ fmt: 'packed', by: byRoot })).toBe(ADDED);
  const row = await scenario.daypass.d1
    .prepare('select name, aaguid from webauthn_credentials')
    .first<{ name: string; aaguid: string }>();
  expect(row).toEqual({ name: 'YubiKey 5', aaguid: MODEL });
});

test('a statement with a bad signature, or of another model than its certificate, is refused whatever the policy', async () => {
  expect(await enrol({ fmt: 'packed', by: byRoot, forged: true })).toEqual(REFUSED);
  expect(await enrol({ fmt: 'packed', by: byRoot }, OTHER_MODEL)).toEqual(REFUSED);
});

describe('required', () => {
  test('refuses a key without a statement, and one of a model that is not listed', async () => {
    expect(await put({ Attestation: 'required' })).toBeNull();
    expect(await enrol(NONE)).toEqual(REFUSED);
    expect(await enrol(SELF)).toBe(ADDED);
    expect(await put({ Attestation: 'required', 'Aaguids.member.1': OTHER_MODEL })).toBeNull();
    expect(await enrol({ fmt: 'packed', by: byRoot })).toEqual(REFUSED);
    expect(await enrol(SELF)).toEqual(REFUSED);
  });

  test('with root certificates takes what leads to one of them, and nothing else', async () => {
    const RootCertificates = pemOf(otherRoot, root);
    expect(await put({ Attestation: 'required', 'Aaguids.member.1': MODEL, RootCertificates })).toBeNull();
    expect(await enrol({ fmt: 'packed', by: byRoot })).toBe(ADDED);
    const byMiddle = await attestationCertificate(middle, MODEL);
    expect(await enrol({ fmt: 'packed', by: byMiddle, chain: [middle] })).toBe(ADDED);

    expect(await enrol({ fmt: 'packed', by: byMiddle })).toEqual(REFUSED);
    expect(await enrol(NONE)).toEqual(REFUSED);
    expect(await enrol(SELF)).toEqual(REFUSED);
    const stranger = await authority({ subject: 'CN=Key Maker Root' });
    const byStranger = await attestationCertificate(stranger, MODEL);
    expect(await enrol({ fmt: 'packed', by: byStranger })).toEqual(REFUSED);
    expect(await enrol({ fmt: 'packed', by: byStranger, chain: [stranger] })).toEqual(REFUSED);
    expect(await enrol({ fmt: 'packed', by: byStranger, chain: [root] })).toEqual(REFUSED);
    const byKey = await attestationCertificate(byRoot, MODEL);
    expect(await enrol({ fmt: 'packed', by: byKey, chain: [byRoot] })).toEqual(REFUSED);
    const other = await attestationCertificate(otherRoot, OTHER_MODEL);
    expect(await enrol({ fmt: 'packed', by: other }, OTHER_MODEL)).toEqual(REFUSED);
  });

  test('takes a key of the first kind, which has no model, where its maker is among the roots and no model is asked for', async () => {
    expect(await enrol({ fmt: 'fido-u2f', by: byRoot }, NO_MODEL)).toEqual(REFUSED);
    expect(await put({ Attestation: 'required', RootCertificates: pemOf(root) })).toBeNull();
    expect(await enrol({ fmt: 'fido-u2f', by: byRoot }, NO_MODEL)).toBe(ADDED);
    expect(await enrol({ fmt: 'fido-u2f', by: byRoot }, MODEL)).toEqual(REFUSED);
    const stranger = await attestationCertificate(otherRoot, NO_MODEL);
    expect(await enrol({ fmt: 'fido-u2f', by: stranger }, NO_MODEL)).toEqual(REFUSED);
    const RootCertificates = pemOf(otherRoot, root);
    expect(await put({ Attestation: 'required', 'Aaguids.member.1': MODEL, RootCertificates })).toBeNull();
  });

  test('tells an administrator what it holds, and gives the reason of a refusal to the trail alone', async () => {
    const read = await daypassQuery(scenario.daypass, 'GetPasskeyPolicy');
    expect([read.all('Attestation'), read.all('member')]).toEqual([['required'], [MODEL]]);
    expect(read.all('RootCertificates')[0]?.replaceAll('&#xA;', '\n').trim()).toBe(
      pemOf(otherRoot, root).trim(),
    );
  });
});

describe('a policy is refused', () => {
  test.each<[string, () => Record<string, string>, string]>([
    [
      'with root certificates where nothing is required',
      () => ({ Attestation: 'none', RootCertificates: pemOf(root) }),
      'InvalidInput',
    ],
    [
      'with what is no certificate',
      () => ({ Attestation: 'required', RootCertificates: 'x' }),
      'InvalidInput',
    ],
    [
      'with a certificate of no authority',
      () => ({ Attestation: 'required', RootCertificates: pemOf(byRoot) }),
      'InvalidInput',
    ],
    [
      'with a certificate twice',
      () => ({ Attestation: 'required', RootCertificates: pemOf(root, root) }),
      'InvalidInput',
    ],
    [
      'with too much of them',
      () => ({ Attestation: 'required', RootCertificates: 'x'.repeat(40_001) }),
      'ValidationError',
    ],
  ])('%s', async (_what, policy, code) => {
    expect(await put(policy())).toBe(code);
    const read = await daypassQuery(scenario.daypass, 'GetPasskeyPolicy');
    expect(read.all('member')).toEqual([MODEL]);
  });
});
