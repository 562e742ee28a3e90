import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type SamlServer, startSamlServer } from '../../dev/peers/saml/server.ts';
import { makeSamlKey } from '../../dev/peers/saml/signing-key.ts';
import { type Daypass, startDaypass } from '../helpers/daypass.ts';

const script = join(import.meta.dirname, '../../dev/register-stand-ins.ts');
const stateDir = mkdtempSync(join(tmpdir(), 'daypass-register-'));
let daypass: Daypass;
let saml: SamlServer;

beforeAll(async () => {
  daypass = await startDaypass();
  saml = await startSamlServer({ port: 0, key: await makeSamlKey(Math.floor(Date.now() / 1000)) });
  writeFileSync(join(stateDir, 'bootstrap.json'), JSON.stringify(daypass.bootstrap));
});
afterAll(async () => {
  await Promise.all([daypass.stop(), saml.stop()]);
  rmSync(stateDir, { recursive: true });
});

async function register(standIn = saml.url): Promise<readonly string[]> {
  const env = { ...process.env, DAYPASS_STATE: stateDir };
  const args = [script, new URL(daypass.url).port, standIn];
  const { stdout } = await promisify(execFile)(process.execPath, args, { env });
  return stdout.trim().split('\n');
}

test('each stand-in is registered, and the addresses to log in at are told; once more changes nothing', async () => {
  const lines = await register();
  expect(lines.map((line) => line.split(' ')[0])).toEqual(['oidc', 'google', 'facebook', 'x', 'saml']);
  expect(await register()).toEqual(lines);
  const x = new URL(lines[3]?.split(/ +/)[1] ?? '');
  const answer = await daypass.fetch(x.pathname);
  expect(answer.headers.get('location')).toMatch(
    /^https:\/\/x\.com\/i\/oauth2\/authorize\?.*client_id=daypass-demo/,
  );
  const login = await daypass.fetch(new URL(lines[4]?.split(/ +/)[1] ?? '').pathname);
  expect(login.headers.get('location')).toMatch(new RegExp(`^${saml.url}/sso\\?SAMLRequest=`));
  const page = await (await daypass.fetch('/login')).text();
  for (const name of ['Google', 'Facebook', 'X', 'stand-in']) expect(page).toContain(`<bdi>${name}</bdi>`);
}, 40_000);

test('where no SAML stand-in runs, the others are registered all the same', async () => {
  const lines = await register('http://localhost:1');
  expect(lines.at(-1)).toBe('saml      nothing answers at http://localhost:1');
}, 40_000);
