/**
 * `npm run bench -- --peer`: the broker beside npm `oidc-provider`, in one run: the same token requests to both, and what each
 * costs its server in CPU. The broker also decides a trust policy and keeps an audit trail; the other does neither.
 */
import { fork } from 'node:child_process';
import { join } from 'node:path';
import { CreateRoleCommand, IAMClient } from '@aws-sdk/client-iam';
import { signedFetch } from '../../../dev/demo/signed-fetch.ts';
import { cpuIsKnown, Load, type Measurement, measure } from '../measure.ts';
import { type BrokerServer, type Server, startBrokerServer } from '../servers.ts';
import { plainRequest } from '../sign.ts';
import { printTable } from '../table.ts';
import { type BenchWorld, CLIENT_ID, exchangeForm, makeWorld } from '../world.ts';
import type { PeerSettings } from './oidc-provider-server.ts';

const RESOURCE = 'https://api.example.com';
const IN_FLIGHT = 32;
/** Until neither has code left to compile. */
const WARM_UP_MILLISECONDS = 5000;

interface BenchClient {
  readonly clientId: string;
  readonly clientSecret: string;
}

/** One server with the requests that it understands. */
interface Contestant {
  readonly server: Server;
  readonly mint: readonly string[];
  /** Each ID token a new one. */
  readonly exchange: readonly string[];
  /** The same ID token again and again. */
  readonly again: readonly string[];
}

/** Runs it and prints a table. */
export async function runPeer(options: {
  readonly rounds: number;
  readonly milliseconds: number;
}): Promise<void> {
  const brokers = [await startBrokerServer(), await startBrokerServer('test/bench/broker-without-trail.ts')];
  const worlds: BenchWorld[] = [];
  for (const server of brokers) worlds.push(await makeWorld(server));
  const own: Contestant[] = [];
  for (const [at, server] of brokers.entries()) {
    const world = worlds[at];
    if (world !== undefined) own.push(await brokerContestant(server, world));
  }
  const [broker, withoutTrail] = own;
  const [world] = worlds;
  if (broker === undefined || withoutTrail === undefined || world === undefined) throw new Error('no broker');
  const peer = await startPeer(world);
  const load = new Load();
  try {
    const rows: string[][] = [];
    for (const name of ['mint', 'exchange', 'again'] as const) {
      const contestants = [peer, withoutTrail, broker];
      const results = await rounds(name, contestants, load, options);
      rows.push(rowOf(name, results));
    }
    printTable(['', 'oidc-provider µs', 'broker without trail µs', 'broker µs', 'ratio', 'with trail'], rows);
  } finally {
    load.stop();
    for (const each of worlds) await each.stop();
    for (const { server } of [peer, ...own]) await server.stop();
  }
}

/** Interleaved, so that what else the machine does falls on all alike. @returns the least of all rounds, by contestant */
async function rounds(
  name: 'mint' | 'exchange' | 'again',
  contestants: readonly Contestant[],
  load: Load,
  { rounds: count, milliseconds }: { readonly rounds: number; readonly milliseconds: number },
): Promise<readonly Measurement[][]> {
  const job = (of: Contestant, duration: number) => ({
    port: of.server.port,
    requests: of[name],
    inFlight: IN_FLIGHT,
    milliseconds: duration,
  });
  for (const each of contestants) {
    await load.run({ ...job(each, 1), inFlight: 1 }); // loads keys before others wait for them
    await load.run(job(each, WARM_UP_MILLISECONDS));
  }
  const results: Measurement[][] = contestants.map(() => []);
  for (let round = 0; round < count; round += 1) {
    for (const [at, each] of contestants.entries())
      results[at]?.push(await measure(load, each.server, job(each, milliseconds)));
  }
  return results;
}

function rowOf(name: string, results: readonly Measurement[][]): string[] {
  const figures = results.map((all) =>
    cpuIsKnown
      ? Math.min(...all.map((each) => each.microseconds))
      : 1e6 / Math.max(...all.map((each) => each.perSecond)),
  );
  const [peer = Number.NaN, alone = Number.NaN, whole = Number.NaN] = figures;
  return [
    name,
    ...figures.map((each) => each.toFixed(0)),
    (alone / peer).toFixed(2),
    (whole / peer).toFixed(2),
  ];
}

async function brokerContestant(server: BrokerServer, world: BenchWorld): Promise<Contestant> {
  const client = await registerClient(server, world);
  const host = `localhost:${server.port}`;
  return {
    server,
    mint: [tokenRequest(host, '/oauth/token', mintForm(client))],
    ...exchanges(world.idTokens, (idToken) =>
      tokenRequest(host, '/oauth/token', exchangeForm(world.roleArn, idToken)),
    ),
  };
}

/** A client with a role of its own, registered as an administrator does. */
async function registerClient(
  { broker }: BrokerServer,
  { admin, roleArn }: BenchWorld,
): Promise<BenchClient> {
  const accountId = roleArn.split(':')[4] ?? '';
  const call = async (fields: Readonly<Record<string, string>>): Promise<string> => {
    const body = new URLSearchParams(fields).toString();
    const answer = await signedFetch(`${broker.url}/`, body, admin, 'POST', new Date(), FORM);
    const text = await answer.text();
    if (answer.status !== 200) throw new Error(`${fields.Action} answered ${answer.status}: ${text}`);
    return text;
  };
  const iam = new IAMClient({ endpoint: broker.url, region: 'us-east-1', credentials: admin });
  const Principal = { Service: 'oauth.daypass.amazonaws.com' };
  const trust = {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal, Action: 'sts:AssumeRole' }],
  };
  await iam.send(
    new CreateRoleCommand({ RoleName: 'bench-client', AssumeRolePolicyDocument: JSON.stringify(trust) }),
  );
  await call({ Action: 'RegisterAudience', Version: '2026-11-01', Audience: RESOURCE });
  const registered = await call({
    ...{ Action: 'RegisterClient', Version: '2026-11-01', ClientName: 'bench' },
    ...{ TokenEndpointAuthMethod: 'client_secret_post', 'GrantTypes.member.1': 'client_credentials' },
    ...{ 'Audiences.member.1': RESOURCE, RoleArn: `arn:aws:iam::${accountId}:role/bench-client` },
  });
  const member = (name: string): string => new RegExp(`<${name}>([^<]+)<`).exec(registered)?.[1] ?? '';
  return { clientId: member('ClientId'), clientSecret: member('ClientSecret') };
}

const FORM = 'application/x-www-form-urlencoded';

const mintForm = ({ clientId, clientSecret }: BenchClient): URLSearchParams =>
  new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: clientId,
    client_secret: clientSecret,
    resource: RESOURCE,
  });

/** The requests for each token, and for the first alone. */
const exchanges = (idTokens: readonly string[], requestOf: (idToken: string) => string) => {
  const exchange = idTokens.map(requestOf);
  return { exchange, again: exchange.slice(0, 1) };
};

const tokenRequest = (host: string, path: string, body: URLSearchParams): string =>
  plainRequest({ host, path, contentType: FORM, body: body.toString() });

async function startPeer({ idToken, idTokens, idTokenKey, roleArn }: BenchWorld): Promise<Contestant> {
  const { iss } = JSON.parse(Buffer.from(idToken.split('.')[1] ?? '', 'base64url').toString());
  const client = { clientId: 'bench', clientSecret: crypto.randomUUID() };
  const settings: PeerSettings = {
    ...client,
    resource: RESOURCE,
    idTokenKey,
    idTokenIssuer: iss,
    idTokenAudience: CLIENT_ID,
  };
  const child = fork(join(import.meta.dirname, 'oidc-provider-server.ts'), [JSON.stringify(settings)], {
    execArgv: ['--no-warnings'],
    env: { ...process.env, NODE_ENV: 'production' },
  });
  const port = await new Promise<number>((resolve, reject) => {
    child.once('message', (message: { readonly port: number }) => resolve(message.port));
    child.once('exit', (code) => reject(new Error(`oidc-provider ended with ${code}`)));
  });
  const host = `localhost:${port}`;
  return {
    server: { port, pid: child.pid ?? null, settles: false, stop: async () => void child.kill() },
    mint: [tokenRequest(host, '/token', mintForm(client))],
    ...exchanges(idTokens, (each) => {
      const form = exchangeForm(roleArn, each);
      form.set('client_id', CLIENT_ID);
      form.set('resource', RESOURCE);
      return tokenRequest(host, '/token', form);
    }),
  };
}
