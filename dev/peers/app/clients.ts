/** Registers the two samples with the broker, the first time that somebody opens one, with the keys that the first run wrote. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseBootstrap } from '../../bootstrap.ts';
import { signedFetch } from '../../demo/signed-fetch.ts';

export interface SampleClients {
  readonly app: string;
  readonly tv: string;
}

export interface SampleOptions {
  readonly port: number;
  /** The broker's own address. */
  readonly broker: string;
  /** Folder for what is remembered; null forgets. */
  readonly stateDir: string | null;
  readonly bootstrapPath: string | null;
}

/** @returns a function that gives the client ids. It fails where the broker's keys are not at hand */
export function sampleClients(options: SampleOptions): () => Promise<SampleClients> {
  const path = options.stateDir === null ? null : join(options.stateDir, 'sample-clients.json');
  let made: Promise<SampleClients> | null = null;
  return () => {
    made ??= readOrRegister(options, path).catch((error: unknown) => {
      made = null;
      throw error;
    });
    return made;
  };
}

async function readOrRegister(options: SampleOptions, path: string | null): Promise<SampleClients> {
  const wanted = registrations(options.port);
  const as = JSON.stringify(wanted);
  const known: unknown = path !== null && existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : null;
  // Written below; by an older version of the samples, which asked for less, it is of no use.
  if (isRemembered(known) && known.as === as) return known.clients;
  const clients = { app: await register(options, wanted.app), tv: await register(options, wanted.tv) };
  if (path !== null && options.stateDir !== null) {
    mkdirSync(options.stateDir, { recursive: true, mode: 0o700 });
    writeFileSync(path, JSON.stringify({ as, clients }), { mode: 0o600 });
  }
  return clients;
}

interface Remembered {
  readonly as: string;
  readonly clients: SampleClients;
}

const isRemembered = (known: unknown): known is Remembered =>
  typeof known === 'object' && known !== null && 'as' in known && 'clients' in known;

const registrations = (port: number) => ({
  app: {
    ClientName: 'Sample web app',
    'GrantTypes.member.1': 'authorization_code',
    'GrantTypes.member.2': 'refresh_token',
    'RedirectUris.member.1': `http://localhost:${port}/`,
    'PostLogoutRedirectUris.member.1': `http://localhost:${port}/`,
    DPoPBoundAccessTokens: 'true',
  },
  tv: {
    ClientName: 'Sample television',
    'GrantTypes.member.1': 'urn:ietf:params:oauth:grant-type:device_code',
  },
});

async function register(
  { broker, bootstrapPath }: SampleOptions,
  fields: Readonly<Record<string, string>>,
): Promise<string> {
  if (bootstrapPath === null || !existsSync(bootstrapPath)) {
    throw new Error('bootstrap.json is gone: register the samples yourself');
  }
  const { admin } = parseBootstrap(readFileSync(bootstrapPath, 'utf8'));
  const form = {
    Action: 'RegisterClient',
    Version: '2026-11-01',
    TokenEndpointAuthMethod: 'none',
    ...fields,
  };
  const body = new URLSearchParams(form).toString();
  const answer = await signedFetch(`${broker}/`, body, admin, 'POST', new Date(), FORM_TYPE);
  const text = await answer.text();
  const clientId = /<ClientId>([^<]+)</.exec(text)?.[1];
  if (clientId === undefined) throw new Error(`the broker did not register the sample: ${text}`);
  return clientId;
}

const FORM_TYPE = 'application/x-www-form-urlencoded';
