/** Passkey answers that are signed well and say what they must not. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Daypass, startDaypass } from '../helpers/daypass.ts';
import { PageClient } from '../helpers/page-client.ts';
import { type Assertion, type SoftKey, softKeyOfRoot } from '../helpers/soft-key.ts';

let daypass: Daypass;
let key: SoftKey;
let counter = 0;
beforeAll(async () => {
  daypass = await startDaypass();
  key = await softKeyOfRoot(daypass);
});
afterAll(() => daypass.stop());

/** Signs in with the passkey alone. @returns where the browser is sent; null for a refusal */
async function signIn(over: Partial<Assertion>): Promise<string | null> {
  const client = new PageClient(daypass);
  await client.get('/login');
  const { challenge } = JSON.parse((await client.post('/login/passkey/options', {})).text);
  counter += 1;
  return (await client.post('/login/passkey', { response: key.sign({ challenge, counter, ...over }) }))
    .location;
}

test.for<[string, Partial<Assertion>]>([
  ['as it should be', {}],
  ['of a synchronised key', { flags: 5 | 8 | 16 }],
  ['of a browser that does not say whether it stands in a frame', { clientData: { crossOrigin: undefined } }],
])('an answer %s signs in', async ([, over]) => {
  expect(await signIn(over)).toBe('/me');
});

test.for<[string, Partial<Assertion>]>([
  ['another origin', { clientData: { origin: 'https://evil.example' } }],
  ['its origin with a slash', { clientData: { origin: 'http://localhost:1/' } }],
  ['a frame of another page', { clientData: { crossOrigin: true } }],
  [
    'a frame, and the page above it',
    { clientData: { crossOrigin: true, topOrigin: 'https://evil.example' } },
  ],
  ['a page above without a frame', { clientData: { topOrigin: 'https://evil.example' } }],
  ['another challenge', { challenge: Buffer.alloc(32).toString('base64url') }],
  ['a registration', { clientData: { type: 'webauthn.create' } }],
  ['another relying party', { rpId: 'evil.example' }],
  ['nobody present', { flags: 4 }],
  ['nobody verified', { flags: 1 }],
  ['a backup of what cannot be backed up', { flags: 5 | 16 }],
  ['somebody else', { userHandle: '111122223333:root:111122223333' }],
  ['a user of the account', { userHandle: 'ACCOUNT:user:AIDAEXAMPLE' }],
  ['an earlier counter', { counter: 1 }],
])('an answer, well signed, for %s is refused', async ([, over]) => {
  const { userHandle } = over;
  const named = userHandle?.replace('ACCOUNT', daypass.bootstrap.accountId);
  expect(await signIn(named === undefined ? over : { ...over, userHandle: named })).toBeNull();
});

test('whoever knows no account learns nothing from the options', async () => {
  const client = new PageClient(daypass);
  await client.get('/login');
  const options = JSON.parse((await client.post('/login/passkey/options', {})).text);
  expect(Object.keys(options).sort()).toEqual(['challenge', 'rpId', 'timeout', 'userVerification']);
  expect(options).toMatchObject({ rpId: 'localhost', timeout: 300_000, userVerification: 'required' });
});

test('a flood of begun ceremonies stores nothing', async () => {
  const client = new PageClient(daypass);
  await client.get('/login');
  const calls = await daypass.countD1(() =>
    Promise.all(Array.from({ length: 30 }, () => client.post('/login/passkey/options', {}))),
  );
  expect(calls).toEqual([]);
});
