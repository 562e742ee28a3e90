import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Daypass, startDaypass } from '../helpers/daypass.ts';

const script = join(import.meta.dirname, '../../dev/register-stand-ins.ts');
const stateDir = mkdtempSync(join(tmpdir(), 'daypass-register-'));
let daypass: Daypass;

beforeAll(async () => {
  daypass = await startDaypass();
  writeFileSync(join(stateDir, 'bootstrap.json'), JSON.stringify(daypass.bootstrap));
});
afterAll(async () => {
  await daypass.stop();
  rmSync(stateDir, { recursive: true });
});

async function register(): Promise<readonly string[]> {
  const env = { ...process.env, DAYPASS_STATE: stateDir };
  const { stdout } = await promisify(execFile)(process.execPath, [script, new URL(daypass.url).port], {
    env,
  });
  return stdout.trim().split('\n');
}

test('each stand-in is registered, and the addresses to log in at are told; once more changes nothing', async () => {
  const lines = await register();
  expect(lines.map((line) => line.split(' ')[0])).toEqual(['oidc', 'google', 'facebook', 'x']);
  expect(await register()).toEqual(lines);
  const x = new URL(lines[3]?.split(/ +/)[1] ?? '');
  const answer = await daypass.fetch(x.pathname);
  expect(answer.headers.get('location')).toMatch(
    /^https:\/\/x\.com\/i\/oauth2\/authorize\?.*client_id=daypass-demo/,
  );
}, 20_000);
