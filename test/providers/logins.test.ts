/** How each provider is asked for a sign-in, and for a new one. */
import { expect, test } from 'vitest';
import { endpointsOf } from '../../src/providers/endpoints.ts';
import { loginFlows } from '../../src/providers/logins.ts';
import { fakeClock } from '../helpers/fake-world.ts';

const endpoints = endpointsOf({
  googleDiscovery: null,
  facebookDiscovery: null,
  facebookGraph: null,
  xApi: null,
});
const nobody = () => Promise.reject(new Error('nothing else is asked'));
const flows = loginFlows(
  {
    getJson: async (url) => {
      const issuer = url.replace('/.well-known/openid-configuration', '');
      return { issuer, authorization_endpoint: `${issuer}/auth`, token_endpoint: `${issuer}/token` };
    },
    postForm: nobody,
  },
  endpoints,
  fakeClock(),
);
const asked = async (url: string, anew: boolean) => {
  const flow = flows({ url, issuer: `https://${url}` });
  const client = { clientId: 'c', clientSecret: null };
  const location = await flow.begin({
    client,
    redirectUri: 'https://daypass.example/cb',
    state: 's',
    nonce: 'n',
    challenge: 'h',
    anew,
  });
  const { searchParams } = new URL(location);
  const told = ['prompt', 'max_age', 'auth_type'].map((name) => searchParams.get(name));
  return [...told, flow.tellsWhen];
};

test.each([
  ['sso.example.com/realms/company', ['login', '0', null, true]],
  ['accounts.google.com', ['select_account', null, null, false]],
  ['graph.facebook.com', [null, null, 'reauthenticate', false]],
  ['api.x.com', [null, null, null, false]],
])('%s', async (url, wanted) => {
  expect(await asked(url, true)).toEqual(wanted);
  expect(await asked(url, false)).toEqual([null, null, null, wanted.at(-1)]);
});
