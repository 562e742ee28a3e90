/** The programs that docs/web-apps.md and docs/devices.md print, run as they stand there, in an empty folder. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { exportJWK, exportPKCS8, generateKeyPair } from 'jose';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { letIn } from '../helpers/authorization.ts';
import type { Daypass } from '../helpers/daypass.ts';
import { daypassQuery } from '../helpers/daypass-query.ts';
import { makeClientRole } from '../helpers/oauth-clients.ts';
import { makePerson, makeRoleFor, type Person, registerClient } from '../helpers/oauth-person.ts';
import { policy, type Scenario, startScenario } from '../helpers/scenario.ts';

const folder = mkdtempSync(join(tmpdir(), 'daypass-docs-'));
const started: ChildProcess[] = [];
let scenario: Scenario;
let daypass: Daypass;
let person: Person;
let role: string;
beforeAll(async () => {
  symlinkSync(resolve('node_modules'), join(folder, 'node_modules'));
  scenario = await startScenario();
  daypass = scenario.daypass;
  person = await makePerson(scenario, 'petra');
  role = await makeRoleFor(scenario, 'petra', 'analyst');
});
afterAll(async () => {
  for (const program of started) program.kill();
  await scenario.stop();
  rmSync(folder, { recursive: true });
});

/** @returns the block of a page that begins with the program's name */
function programOf(page: string, name: string): string {
  const blocks = Array.from(
    readFileSync(`docs/${page}`, 'utf8').matchAll(/```js\n([\s\S]*?)```/g),
    ([, text]) => text,
  );
  const found = blocks.find((text) => text?.startsWith(`// ${name},`));
  if (found === undefined) throw new Error(`docs/${page} has no ${name}`);
  return found;
}

/** Starts it. @returns what it has said once that matches, or once it has ended */
function run(name: string, program: string, clientId: string) {
  writeFileSync(join(folder, name), program);
  const env = { ...process.env, AWS_ENDPOINT_URL: daypass.url };
  const child = spawn(process.execPath, [name, clientId], { cwd: folder, env });
  started.push(child);
  let said = '';
  let heard = () => {};
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (text) => {
      said += String(text);
      heard();
    });
  }
  return (wanted: RegExp): Promise<string> =>
    new Promise((done, fail) => {
      heard = () => wanted.test(said) && done(said);
      child.once('exit', () => (wanted.test(said) ? done(said) : fail(new Error(said))));
      heard();
    });
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => {
    server.listen(0, '127.0.0.1', done);
  });
  const address = server.address();
  await new Promise((done) => server.close(done));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

test('web-apps.md, app.mjs: a person signs in, and the app has its tokens', async () => {
  const PolicyDocument = policy({
    Effect: 'Allow',
    Action: 's3:GetObject',
    Resource: 'arn:aws:s3:::reports/*',
  });
  await daypassQuery(daypass, 'RegisterScope', { Scope: 'reports:read', PolicyDocument });
  const redirectUri = `http://localhost:${await freePort()}/cb`;
  const clientId = await registerClient(daypass, 'authorization_code', {
    'RedirectUris.member.1': redirectUri,
    'Scopes.member.1': 'reports:read',
  });
  const program = programOf('web-apps.md', 'app.mjs').replaceAll('3000', new URL(redirectUri).port);
  const says = run('app.mjs', program, clientId);
  const asked = new URL((/^Open (\S+)$/m.exec(await says(/^Open \S+\n/m)) ?? [])[1] ?? '');
  const { client } = await person.signIn();
  const answer = await letIn(client, { clientId, redirectUri }, role, Object.fromEntries(asked.searchParams));
  expect(await (await fetch(answer.location ?? '')).text()).toBe('You are signed in.');
  expect(await says(/has signed in.*\n/)).toMatch(
    /^AIDA\w+ has signed in; the access token has the scope openid reports:read$/m,
  );
});

test('web-apps.md, service.mjs: a service proves itself by its key', async () => {
  const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true });
  writeFileSync(join(folder, 'key.pem'), await exportPKCS8(privateKey));
  const keys = [{ ...(await exportJWK(publicKey)), kid: 'one', alg: 'ES256' }];
  const clientId = await registerClient(daypass, 'client_credentials', {
    TokenEndpointAuthMethod: 'private_key_jwt',
    JWKS: JSON.stringify({ keys }),
    RoleArn: await makeClientRole(daypass, 'nightly', { Action: 's3:GetObject' }),
  });
  const says = run('service.mjs', programOf('web-apps.md', 'service.mjs'), clientId);
  expect(await says(/seconds\n/)).toBe('a token for 3600 seconds\n');
});

test('devices.md, device.mjs: a person enters its code, and the device has its token', async () => {
  const clientId = await registerClient(daypass, 'urn:ietf:params:oauth:grant-type:device_code');
  const says = run('device.mjs', programOf('devices.md', 'device.mjs'), clientId);
  const [, address = '', code = ''] = /^Open (\S+) and enter (\S+)$/m.exec(await says(/enter \S+\n/)) ?? [];
  const { client } = await person.signIn();
  await client.get(new URL(address).pathname);
  const page = await client.post('/device', { user_code: code });
  const [, user_code = ''] = /name="user_code" value="(\w+)"/.exec(page.text) ?? [];
  const decided = await client.post('/device/decide', { user_code, role, decision: 'allow' });
  expect(decided.status).toBe(200);
  expect(await says(/seconds\n/)).toMatch(/^a token for 3[56]\d\d seconds$/m);
});
