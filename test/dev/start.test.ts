import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { afterAll, expect, test, vi } from 'vitest';
import { findFreePorts } from '../../dev/loopback.ts';

const repository = join(import.meta.dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'daypass-start-'));
const running = new Set<ChildProcess>();

afterAll(async () => {
  // SIGTERM first: a broker that is killed outright cannot end its workerd.
  await Promise.race([
    Promise.all([...running].map(stop)),
    new Promise((resolve) => setTimeout(resolve, 5000)),
  ]);
  for (const child of running) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

function stop(child: ChildProcess): Promise<unknown> {
  const exit = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  return exit;
}

interface Run {
  readonly child: ChildProcess;
  readonly output: () => string;
  readonly exit: Promise<number | null>;
}

/** Starts what `npm start` starts, from another folder, as npm does it: with the project's own Node first on PATH. */
function start(port: number, stateDir: string, peers = '1'): Run {
  return run(['node', join(repository, 'dev/start.mjs')], port, stateDir, peers);
}

function run(
  [program = '', ...words]: readonly string[],
  port: number,
  stateDir: string,
  peers: string,
): Run {
  const child = spawn(program, words, {
    cwd: folder,
    env: {
      PATH: `${join(repository, 'node_modules/.bin')}:${process.env.PATH}`,
      HOME: folder,
      PORT: String(port),
      DAYPASS_STATE: stateDir,
      DAYPASS_PEERS: peers,
    },
  });
  running.add(child);
  let text = '';
  child.stdout?.on('data', (chunk) => {
    text += chunk;
  });
  child.stderr?.on('data', (chunk) => {
    text += chunk;
  });
  const exit = new Promise<number | null>((resolve) => {
    child.on('exit', (code) => {
      running.delete(child);
      resolve(code);
    });
  });
  return { child, output: () => text, exit };
}

async function ready(run: Run, port: number): Promise<void> {
  for (let attempt = 0; attempt < 500 && run.child.exitCode === null; attempt += 1) {
    const answer = await fetch(`http://localhost:${port}/readyz`).catch(() => null);
    if (answer?.status === 200) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`not ready: ${run.output()}`);
}

/** The living processes that a process started, and those that these started. Empty where there is no /proc. */
function descendants(pid: number): number[] {
  const parents = existsSync('/proc')
    ? readdirSync('/proc')
        .filter((name) => /^[0-9]+$/.test(name))
        .flatMap((name) => parentOf(Number(name)))
    : [];
  const below = (parent: number): number[] =>
    parents.filter((each) => each.parent === parent).flatMap((each) => [each.pid, ...below(each.pid)]);
  return below(pid);
}

function parentOf(pid: number): Array<{ readonly pid: number; readonly parent: number }> {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return state === 'Z' ? [] : [{ pid, parent: Number(parent) }]; // a zombie has ended, only nobody asked yet
  } catch {
    return []; // it has ended
  }
}

const readBootstrap = (stateDir: string) =>
  JSON.parse(readFileSync(join(stateDir, 'bootstrap.json'), 'utf8'));

async function whoIs(stateDir: string): Promise<string | undefined> {
  const { endpoint, admin } = readBootstrap(stateDir);
  const { accessKeyId, secretAccessKey } = admin;
  const credentials = { accessKeyId, secretAccessKey };
  const sts = new STSClient({ endpoint, region: 'us-east-1', credentials });
  return (await sts.send(new GetCallerIdentityCommand({}))).Arn;
}

test('a first start sets up, serves with its stand-in, and stops on SIGTERM; a second start finds everything again', async () => {
  const port = await findFreePorts(5);
  const stateDir = join(folder, 'state');
  const first = start(port, stateDir);
  await ready(first, port);

  const bootstrap = readBootstrap(stateDir);
  expect(bootstrap).toEqual({
    endpoint: `http://localhost:${port}`,
    accountId: expect.stringMatching(/^[1-9][0-9]{11}$/),
    root: { email: expect.stringContaining('@'), password: expect.any(String) },
    admin: {
      userName: 'admin',
      accessKeyId: expect.stringMatching(/^AKIA[A-Z2-7]{16}$/),
      secretAccessKey: expect.stringMatching(/^[A-Za-z0-9/+]{40}$/),
    },
  });
  expect(statSync(join(stateDir, 'bootstrap.json')).mode & 0o777).toBe(0o600);
  expect(await whoIs(stateDir)).toBe(`arn:aws:iam::${bootstrap.accountId}:user/admin`);

  const discovery = await fetch(`http://localhost:${port + 1}/.well-known/openid-configuration`);
  expect(await discovery.json()).toMatchObject({ issuer: `http://localhost:${port + 1}` });
  const again = await fetch(`http://localhost:${port}/setup`, { method: 'POST' });
  expect(again.status).toBe(409);
  for (const secret of [bootstrap.admin.secretAccessKey, bootstrap.root.password]) {
    expect(first.output()).not.toContain(secret);
  }

  const started = descendants(first.child.pid ?? 0);
  expect(started.length).toBeGreaterThan(0); // workerd at least
  first.child.kill('SIGTERM');
  expect(await first.exit).toBe(0);
  expect(started.flatMap(parentOf)).toEqual([]);
  await expect(fetch(`http://localhost:${port}/healthz`)).rejects.toThrow();

  const second = start(port, stateDir, '0');
  await ready(second, port);
  expect(readBootstrap(stateDir)).toEqual(bootstrap);
  expect(await whoIs(stateDir)).toBe(`arn:aws:iam::${bootstrap.accountId}:user/admin`);
  await expect(fetch(`http://localhost:${port + 1}/.well-known/openid-configuration`)).rejects.toThrow();
  second.child.kill('SIGTERM');
  expect(await second.exit).toBe(0);
}, 180_000);

test.each([
  ['SIGTERM', 0],
  ['SIGKILL', null],
] as const)(
  'npm itself, ended by %s, leaves no process behind',
  async (signal, code) => {
    const port = await findFreePorts(1);
    const npm = run(['npm', 'start', '--prefix', repository], port, join(folder, signal), '0');
    await ready(npm, port);
    const started = descendants(npm.child.pid ?? 0);
    expect(started.length).toBeGreaterThan(1); // the broker and workerd
    npm.child.kill(signal);
    expect(await npm.exit).toBe(code);
    if (signal === 'SIGKILL')
      await vi.waitUntil(() => started.flatMap(parentOf).length === 0, { timeout: 20_000 });
    expect(started.flatMap(parentOf)).toEqual([]);
  },
  180_000,
);

test('a busy port or state folder is one clear line and exit code 1', async () => {
  const port = await findFreePorts(5);
  const first = start(port, join(folder, 'one'), '0');
  await ready(first, port);
  const second = start(port, join(folder, 'two'), '0');
  expect(await second.exit).toBe(1);
  expect(second.output()).toBe(
    `daypass: port ${port} is in use; stop what runs there or choose another: PORT=9000 npm start\n`,
  );
  const state = join(folder, 'one');
  const beside = start(await findFreePorts(1), state, '0');
  expect(await beside.exit).toBe(1);
  expect(beside.output()).toBe(
    `daypass: the state cannot be used: ${state} is in use by process ${first.child.pid}; stop it, or choose another folder: DAYPASS_STATE=… npm start\n`,
  );
  first.child.kill('SIGTERM');
  expect(await first.exit).toBe(0);
}, 180_000);

test('a setting that cannot be used is one clear line and exit code 1', async () => {
  const refused = start(Number.NaN, join(folder, 'three'), '0');
  expect(await refused.exit).toBe(1);
  expect(refused.output()).toMatch(/^daypass: .*PORT.*\n$/);
}, 180_000);
