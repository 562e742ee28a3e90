/**
 * Records ID tokens of real issuers into test/fixtures/oidc, with what they publish of themselves: LemonLDAP::NG, and Keycloak where
 * `KEYCLOAK_HOME` is given. The keys that signed are thrown away.
 *   sh dev/idps/directory.sh STATE &      then, in a while,      node dev/idps/record-oidc.ts STATE [PRODUCT…]
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeSamlKey } from '../peers/saml/signing-key.ts';
import { REALM, startKeycloak } from './keycloak.ts';
import { startLemonLdap } from './lemonldap.ts';
import type { OidcClient } from './lemonldap-oidc.ts';
import type { RunningIdp } from './party.ts';
import { newWalker, signInAs } from './walker.ts';

const [stateDir = '', ...named] = process.argv.slice(2);
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => process.exit(1));
const client: OidcClient = {
  clientId: 'daypass',
  clientSecret: 'only-for-this-machine',
  redirectUri: 'https://broker.example.com/login/callback',
};
const NONCE = 'recorded';

interface Issuer {
  /** Behind the address of the server. */
  readonly path: string;
  start(): Promise<RunningIdp>;
}

const issuers: ReadonlyMap<string, Issuer> = new Map([
  [
    'lemonldap',
    {
      path: '/',
      start: async () => {
        const key = await makeSamlKey(Math.floor(Date.now() / 1000));
        const entityId = 'https://lemonldap.example.com/saml/metadata';
        return startLemonLdap({
          folder: join(stateDir, 'recorded'),
          port: 9112,
          entityId,
          key,
          parties: [],
          clients: [client],
        });
      },
    },
  ],
  [
    'keycloak',
    {
      path: `/realms/${REALM}`,
      start: () =>
        startKeycloak({
          home: process.env.KEYCLOAK_HOME ?? '',
          stateDir,
          port: 9113,
          parties: [],
          clients: [client],
        }),
    },
  ],
]);

for (const name of named.length === 0 ? ['lemonldap'] : named) {
  const issuer = issuers.get(name);
  if (issuer === undefined) throw new Error(`no issuer is called \`${name}\``);
  await save(name, issuer);
}

interface Discovery {
  readonly issuer: string;
  readonly jwks_uri: string;
  readonly authorization_endpoint: string;
  readonly token_endpoint: string;
}

async function save(name: string, { path, start }: Issuer): Promise<void> {
  const idp = await start();
  const discovery = await json<Discovery>(
    `${idp.url}${path.replace(/\/$/, '')}/.well-known/openid-configuration`,
  );
  const jwks = await json<object>(discovery.jwks_uri);
  const tokens = [];
  for (const user of ['alice', 'anne', 'bob']) {
    const code = await codeFor(user, idp, discovery);
    const { id_token, access_token } = await redeem(code, discovery);
    tokens.push({
      user,
      recordedAtSeconds: Math.floor(Date.now() / 1000),
      idToken: id_token,
      accessToken: access_token,
    });
    console.log(`${name}: ${user}`);
  }
  await idp.stop();
  const folder = join(import.meta.dirname, '../../test/fixtures/oidc');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${name}.json`), `${JSON.stringify({ discovery, jwks, tokens }, null, 2)}\n`);
}

async function codeFor(
  user: string,
  idp: RunningIdp,
  { authorization_endpoint }: Discovery,
): Promise<string> {
  const walker = newWalker(idp.url);
  const asked = new URLSearchParams({
    response_type: 'code',
    client_id: client.clientId,
    redirect_uri: client.redirectUri,
    scope: 'openid email profile',
    state: 'state',
    nonce: NONCE,
  });
  const page = await signInAs(
    walker,
    await walker.get(`${authorization_endpoint}?${asked}`),
    user,
    ({ leadsTo }) => leadsTo !== null,
  );
  return new URL(page.leadsTo ?? '').searchParams.get('code') ?? '';
}

async function redeem(code: string, { token_endpoint }: Discovery) {
  const { clientId: client_id, clientSecret: client_secret, redirectUri: redirect_uri } = client;
  const body = new URLSearchParams({
    grant_type: 'authorization_code',
    code,
    redirect_uri,
    client_id,
    client_secret,
  });
  const answer = await fetch(token_endpoint, { method: 'POST', body });
  return (await answer.json()) as { readonly id_token: string; readonly access_token: string };
}

async function json<T>(url: string): Promise<T> {
  return (await (await fetch(url)).json()) as T;
}
