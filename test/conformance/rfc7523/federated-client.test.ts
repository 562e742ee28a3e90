/** RFC 7523 section 2.2 and RFC 7521 section 4.2: a client that proves itself by a token of its workload. */
import type { JWTPayload } from 'jose';
import * as client from 'openid-client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Daypass } from '../../helpers/daypass.ts';
import { daypassQuery } from '../../helpers/daypass-query.ts';
import {
  makeClientRole,
  postForm,
  type RegisteredClient,
  registerClient,
} from '../../helpers/oauth-clients.ts';
import { claimsOf } from '../../helpers/oauth-exchange.ts';
import { CLIENT_ID, type Scenario, startScenario } from '../../helpers/scenario.ts';

const TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
const WORKLOAD = 'system:serviceaccount:jobs:nightly';

let scenario: Scenario;
let daypass: Daypass;
let roleArn: string;
let workload: RegisteredClient;
beforeAll(async () => {
  scenario = await startScenario();
  daypass = scenario.daypass;
  roleArn = await makeClientRole(daypass, 'nightly', { Action: 's3:GetObject' });
  workload = await registerClient(daypass, settings());
});
afterAll(() => scenario.stop());

const settings = (over: Readonly<Record<string, string>> = {}): Record<string, string> => ({
  TokenEndpointAuthMethod: 'federated_jwt',
  'GrantTypes.member.1': 'client_credentials',
  RoleArn: roleArn,
  AssertionIssuer: scenario.issuer.issuer,
  AssertionSubject: WORKLOAD,
  AssertionAudience: CLIENT_ID,
  ...over,
});

const assertion = (claims: JWTPayload = {}) => scenario.idToken({ sub: WORKLOAD, ...claims });

const ask = async (over: Readonly<Record<string, string>> = {}) =>
  postForm(daypass, '/oauth/token', {
    grant_type: 'client_credentials',
    client_id: workload.clientId,
    client_assertion_type: TYPE,
    client_assertion: await assertion(),
    ...over,
  });

describe('a workload’s token', () => {
  test('proves the client that is registered for it, as often as the platform lets it be shown', async () => {
    const client_assertion = await assertion({ jti: 'same' });
    for (const _ of [1, 2]) {
      const { status, body } = await ask({ client_assertion });
      expect(status).toBe(200);
      expect(claimsOf(body.access_token)).toMatchObject({
        client_id: workload.clientId,
        sub: workload.clientId,
      });
    }
  });

  test('proves nobody unless issuer, subject and audience are the registered ones, and all of it holds', async () => {
    const nowSeconds = daypass.nowSeconds();
    const cases: Readonly<Record<string, Readonly<Record<string, string>>>> = {
      'another workload': { client_assertion: await assertion({ sub: `${WORKLOAD}2` }) },
      'a subject of another case': { client_assertion: await assertion({ sub: WORKLOAD.toUpperCase() }) },
      // Registered with the provider, but not with the client.
      'another audience': { client_assertion: await assertion({ aud: 'second-app' }) },
      'an audience of nobody': { client_assertion: await assertion({ aud: daypass.url }) },
      'another issuer': { client_assertion: await assertion({ iss: 'https://elsewhere.example' }) },
      'an issuer with a slash more': {
        client_assertion: await assertion({ iss: `${scenario.issuer.issuer}/` }),
      },
      expired: { client_assertion: await assertion({ exp: nowSeconds - 120 }) },
      'no signature': { client_assertion: (await assertion()).replace(/\.[^.]*$/, '.AAAA') },
      'somebody who acts for the workload': { client_assertion: await assertion({ act: { sub: 'x' } }) },
      'no client id': { client_id: '' },
      'an unknown client': { client_id: workload.clientId.replace(/.{4}$/, 'AAAA') },
      'another type': { client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:saml2-bearer' },
      'no type': { client_assertion_type: '' },
      'no JWT': { client_assertion: 'x' },
    };
    for (const [why, over] of Object.entries(cases)) {
      const { status, body } = await ask(over);
      expect([status, body], why).toEqual([
        401,
        { error: 'invalid_client', error_description: 'client authentication failed' },
      ]);
    }
    expect((await ask()).status).toBe(200);
  });

  test('proves no client of another method, and no other method proves this one', async () => {
    const secret = await registerClient(daypass, {
      ...{ TokenEndpointAuthMethod: 'client_secret_post', 'GrantTypes.member.1': 'client_credentials' },
      RoleArn: roleArn,
    });
    expect((await ask({ client_id: secret.clientId })).body.error).toBe('invalid_client');
    const plain = { grant_type: 'client_credentials', client_id: workload.clientId };
    for (const more of [{}, { client_secret: 'x' }])
      expect((await postForm(daypass, '/oauth/token', { ...plain, ...more })).body.error).toBe(
        'invalid_client',
      );
    expect((await ask({ client_secret: 'x' })).body.error).toBe('invalid_request');
  });

  test('is sent by openid-client', async () => {
    const client_assertion = await assertion();
    const config = await client.discovery(
      new URL(daypass.url),
      workload.clientId,
      undefined,
      (_server, { client_id }, body) => {
        for (const [name, value] of Object.entries({
          client_id,
          client_assertion,
          client_assertion_type: TYPE,
        }))
          body.set(name, value);
      },
      { execute: [client.allowInsecureRequests] },
    );
    const tokens = await client.clientCredentialsGrant(config);
    expect(claimsOf(tokens.access_token).client_id).toBe(workload.clientId);
    expect(config.serverMetadata().token_endpoint_auth_methods_supported).toContain('federated_jwt');
  });
});

describe('its registration', () => {
  test('is shown as it was made, and can be changed to another workload', async () => {
    const described = await daypassQuery(daypass, 'GetClient', { ClientId: workload.clientId });
    expect([
      described.all('AssertionIssuer'),
      described.all('AssertionSubject'),
      described.all('AssertionAudience'),
    ]).toEqual([[scenario.issuer.issuer], [WORKLOAD], [CLIENT_ID]]);
    const moved = await registerClient(daypass, settings());
    const ClientId = moved.clientId;
    await daypassQuery(daypass, 'UpdateClient', {
      ...settings({ AssertionSubject: 'other' }),
      ...{ ClientId, ClientName: 'Moved' },
    });
    expect((await ask({ client_id: ClientId })).status).toBe(401);
    const other = await assertion({ sub: 'other' });
    expect((await ask({ client_id: ClientId, client_assertion: other })).status).toBe(200);
  });

  test('needs all three parts, and the method', async () => {
    const register = async (over: Readonly<Record<string, string>>) =>
      (await daypassQuery(daypass, 'RegisterClient', { ClientName: 'Test', ...settings(over) })).status;
    for (const name of ['AssertionIssuer', 'AssertionSubject', 'AssertionAudience']) {
      const { [name]: _, ...rest } = settings();
      expect((await daypassQuery(daypass, 'RegisterClient', { ClientName: 'Test', ...rest })).status).toBe(
        400,
      );
    }
    expect(await register({ TokenEndpointAuthMethod: 'client_secret_basic' })).toBe(400);
    expect(await register({})).toBe(200);
  });
});
