import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Daypass, startDaypass } from '../helpers/daypass.ts';
import { type AwsServer, startAwsServer } from '../helpers/shell/aws-server.ts';
import { docScript } from '../helpers/shell/doc-script.ts';

let daypass: Daypass;
let aws: AwsServer;

beforeAll(async () => {
  daypass = await startDaypass();
  aws = await startAwsServer(daypass);
});
afterAll(async () => {
  aws.stop();
  await daypass.stop();
});

const page = readFileSync(join(import.meta.dirname, '../../docs/administration.md'), 'utf8');

function run(script: string): Promise<{ readonly code: number | null; readonly output: string }> {
  const { accessKeyId, secretAccessKey } = daypass.bootstrap.admin;
  const { PATH = '', HOME = '' } = process.env;
  const env = {
    ...{ PATH: `${aws.folder}:${PATH}`, HOME, ...aws.env },
    ...{ AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey },
  };
  return new Promise((resolve) => {
    const bash = spawn('bash', ['--norc', '-c', script], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [bash.stdout, bash.stderr])
      stream.on('data', (chunk) => {
        output += String(chunk);
      });
    bash.on('close', (code) => resolve({ code, output }));
  });
}

test('docs/administration.md: an account’s whole life, command by command', async () => {
  expect(page.match(/# refused: /g)?.length).toBeGreaterThan(20);
  const { code, output } = await run(docScript(page));
  expect(code, output.slice(-2000)).toBe(0);
  expect(output).toContain('iam:CreateUser\timplicitDeny\niam:ListUsers\tallowed');
  expect(output).toMatch(/^dan,arn:aws:iam::\d{12}:user\/people\/dan,\S+,true,\S+,\S+,\S+,true,true,/m);
}, 120_000);

test('a command that is not refused as the page says ends the script', async () => {
  expect(await run(docScript('```sh\naws iam list-users # refused: AccessDenied\n```\n'))).toMatchObject({
    code: 90,
  });
  expect(
    await run(docScript('```sh\naws iam get-user --user-name nobody # refused: AccessDenied\n```\n')),
  ).toMatchObject({ code: 91 });
  expect(await run(docScript('```sh\naws iam get-user --user-name nobody\n```\n'))).toMatchObject({
    code: 254,
  });
});
