import { describe, expect, test } from 'vitest';
import { clientMetadataOf, parseClientMetadata } from '../../../src/core/oauth/client-metadata.ts';

const KEY = {
  kty: 'EC',
  crv: 'P-256',
  x: 'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU',
  y: 'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0',
  kid: 'k1',
  alg: 'ES256',
  use: 'sig',
};
const REDIRECTS = { redirect_uris: ['https://app.example/cb'] };

const settingsOf = (metadata: Readonly<Record<string, unknown>>) => {
  const parsed = parseClientMetadata(metadata);
  if (!parsed.ok) throw new Error(parsed.failure.message);
  return parsed.value;
};
const errorOf = (metadata: Readonly<Record<string, unknown>>) => {
  const parsed = parseClientMetadata(metadata);
  return parsed.ok ? 'accepted' : parsed.failure.error;
};

describe('RFC 7591 section 2: what is left out has its default', () => {
  test('client_secret_basic, authorization_code', () => {
    expect(settingsOf(REDIRECTS)).toEqual({
      name: 'Unnamed application',
      authenticationMethod: 'client_secret_basic',
      grantTypes: ['authorization_code'],
      redirectUris: ['https://app.example/cb'],
      scopes: [],
      audiences: [],
      roleArn: null,
      dpopRequired: false,
      keys: [],
    });
  });

  test('null is left out; what is not known is passed over', () => {
    const more = {
      client_name: null,
      jwks_uri: null,
      software_statement: 'x',
      __proto__: 1,
      constructor: 'x',
    };
    expect(settingsOf({ ...REDIRECTS, ...more, logo_uri: 'https://app.example/logo' })).toEqual(
      settingsOf(REDIRECTS),
    );
  });

  test('everything that is known is read, and written as it was', () => {
    const metadata = {
      ...REDIRECTS,
      client_name: 'Berichte',
      token_endpoint_auth_method: 'private_key_jwt',
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      scope: 'openid reports:read',
      jwks: { keys: [KEY] },
      dpop_bound_access_tokens: true,
      post_logout_redirect_uris: ['https://app.example/bye'],
      backchannel_logout_uri: 'https://app.example/out',
      daypass_audiences: ['https://api.example'],
      id_token_signed_response_alg: 'ES256',
    };
    const client = {
      ...{ accountId: '111122223333', clientId: 'dpc-1', arn: 'arn:aws:daypass::111122223333:client/dpc-1' },
      ...{ settings: settingsOf(metadata), secrets: [], createdAtSeconds: 7 },
    };
    const more = { client_id: 'dpc-1', client_id_issued_at: 7, backchannel_logout_session_required: true };
    expect(clientMetadataOf(client)).toEqual({ ...metadata, ...more });
    expect(settingsOf(clientMetadataOf(client))).toEqual(client.settings);
  });
});

describe('RFC 7591 section 3.2.2: what cannot be is refused by its code', () => {
  test.each([
    ['http://app.example/cb'],
    ['https://app.example/cb#x'],
    ['https://*.example/cb'],
    ['javascript:alert(1)'],
    [''],
  ])('the redirect URI %s', (uri) => {
    const code = uri === '' ? 'invalid_client_metadata' : 'invalid_redirect_uri';
    expect(errorOf({ redirect_uris: ['https://app.example/cb', uri] })).toBe(code);
  });

  test.each(
    Object.entries({
      redirect_uris: [
        'https://app.example/cb',
        {},
        7,
        [null],
        Array.from({ length: 21 }, (_, n) => `https://a.example/${n}`),
      ],
      client_name: ['', 7, 'x'.repeat(129), 'a\nb', ['x']],
      token_endpoint_auth_method: ['', 'client_secret_jwt', 'tls_client_auth', 'NONE', ['none'], 7],
      grant_types: [
        'authorization_code',
        [],
        ['implicit'],
        ['password'],
        ['authorization_code', 'x'],
        [7],
        {},
      ],
      response_types: ['code', ['token'], ['code', 'token'], ['code id_token'], [], [7]],
      scope: ['', 'a\u0000b', 'a"b', 7, ['a'], 'x '.repeat(60)],
      jwks: [
        'x',
        {},
        { keys: [] },
        { keys: [{ ...KEY, d: 'x' }] },
        { keys: [{ ...KEY, alg: 'HS256' }] },
        [KEY],
      ],
      jwks_uri: ['https://app.example/jwks'],
      dpop_bound_access_tokens: ['true', 1],
      post_logout_redirect_uris: ['x', [7]],
      backchannel_logout_uri: ['', 7, []],
      id_token_signed_response_alg: ['none', 'HS256', 'PS256', 'rs256', '', 256],
      userinfo_signed_response_alg: ['ES256'],
      subject_type: ['pairwise'],
      require_signed_request_object: [true],
      require_pushed_authorization_requests: [true],
      daypass_audiences: ['x', [7], Array.from({ length: 51 }, (_, n) => `a${n}`)],
      daypass_role_arn: [7, ''],
    }),
  )('%s', (name, values) => {
    for (const value of values) {
      expect([value, errorOf({ ...REDIRECTS, [name]: value })]).toEqual([value, 'invalid_client_metadata']);
    }
  });
});
