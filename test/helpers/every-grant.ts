/** One confidential client that is registered for every grant and proves itself by its key, and the person who lets it in. */
import { exportJWK, generateKeyPair } from 'jose';
import { makeClientRole, registerClient } from './oauth-clients.ts';
import { makePerson, makeRoleFor } from './oauth-person.ts';
import type { PageClient } from './page-client.ts';
import { type Scenario, startScenario } from './scenario.ts';

export const REDIRECT = 'https://app.example/cb';
export const AFTER = 'https://app.example/bye';
export const API = 'https://api.example';
export const DEVICE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code';
export const EXCHANGE_GRANT = 'urn:ietf:params:oauth:grant-type:token-exchange';
export const ASSERTION_GRANT = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
export const ID_TOKEN_TYPE = 'urn:ietf:params:oauth:token-type:id_token';

const GRANTS = [
  'authorization_code',
  'refresh_token',
  'client_credentials',
  DEVICE_GRANT,
  EXCHANGE_GRANT,
  ASSERTION_GRANT,
];

export interface EveryGrant {
  readonly scenario: Scenario;
  readonly clientId: string;
  /** Of `private_key_jwt`; its id is `k`. */
  readonly privateKey: CryptoKey;
  /** By how much the broker's clock is ahead: people's codes take time. */
  skewSeconds(): number;
  /** The person opens the address, and agrees. @returns the address that the browser is sent to */
  agree(address: URL): Promise<URL>;
  /** The person lets the device in. */
  letDeviceIn(userCode: string): Promise<void>;
  readonly browser: PageClient;
}

/** Starts it. Stop its scenario in afterAll. */
export async function startEveryGrant(): Promise<EveryGrant> {
  const scenario = await startScenario();
  const { daypass } = scenario;
  const { privateKey, publicKey } = await generateKeyPair('ES256');
  const jwk = { ...(await exportJWK(publicKey)), kid: 'k', alg: 'ES256' };
  const { clientId } = await registerClient(daypass, {
    TokenEndpointAuthMethod: 'private_key_jwt',
    JWKS: JSON.stringify({ keys: [jwk] }),
    ...Object.fromEntries(GRANTS.map((grant, at) => [`GrantTypes.member.${at + 1}`, grant])),
    'RedirectUris.member.1': REDIRECT,
    'PostLogoutRedirectUris.member.1': AFTER,
    'Audiences.member.1': API,
    RoleArn: await makeClientRole(daypass, 'worker', { Action: 's3:*' }),
  });
  const person = await makePerson(scenario, 'wanda');
  const role = await makeRoleFor(scenario, 'wanda', 'web');
  const { client: browser } = await person.signIn();
  return {
    ...{ scenario, clientId, privateKey, browser },
    skewSeconds: () => daypass.nowSeconds() - Math.floor(Date.now() / 1000),
    agree: async (address) => {
      const page = await browser.get(`${address.pathname}${address.search}`);
      const request = /name="request" value="([\w-]+)"/.exec(page.text)?.[1] ?? '';
      const answer = await browser.post('/oauth/authorize/decide', { request, role, decision: 'allow' });
      return new URL(answer.location ?? 'about:blank');
    },
    letDeviceIn: async (userCode) => {
      await browser.get('/device');
      await browser.post('/device', { user_code: userCode });
      const fields = { user_code: userCode.replace('-', ''), role, decision: 'allow' };
      const answer = await browser.post('/device/decide', fields);
      if (answer.status >= 400) throw new Error(answer.text);
    },
  };
}
