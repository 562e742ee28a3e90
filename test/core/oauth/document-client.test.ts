import { describe, expect, test } from 'vitest';
import { isDocumentClientId, readClientDocument } from '../../../src/core/oauth/document-client.ts';

const ID = 'https://app.example/client.json';
const ACCOUNT = '111122223333';
const DOCUMENT = { client_id: ID, client_name: 'Reports', redirect_uris: ['https://app.example/cb'] };

describe('an id', () => {
  test.each([ID, 'https://app.example/a/b', 'https://app.example:8443/c'])('%s', (id) => {
    expect(isDocumentClientId(id, false)).toBe(true);
  });

  test.each([
    'https://app.example/',
    'https://app.example',
    'https://app.example/c?x=1',
    'https://app.example/c#x',
    'https://u@app.example/c',
    'https://app.example/a/../c',
    'https://app.example/%2e%2e/c',
    'https://APP.example/c',
    'https:/app.example/c',
    'https:app.example/c',
    'http://app.example/c',
    'http://localhost/c',
    'javascript:alert(1)',
    'https://app.example/c\\d',
    'https://app.example:443/c',
    `https://app.example/${'x'.repeat(200)}`,
    '',
    'dpc-111122223333-AAAAAAAAAAAAAAAAAAAAAA',
  ])('is not %s', (id) => {
    expect(isDocumentClientId(id, false)).toBe(false);
  });

  test('may be on loopback in local mode alone', () => {
    expect(isDocumentClientId('http://127.0.0.1:8080/c', true)).toBe(true);
    expect(isDocumentClientId('http://127.0.0.1.evil.example/c', true)).toBe(false);
  });
});

describe('a document', () => {
  test('is a public client that signs people in, with the scope openid where it names none', () => {
    expect(readClientDocument(ID, ACCOUNT, DOCUMENT)).toEqual({
      accountId: ACCOUNT,
      clientId: ID,
      arn: `arn:aws:daypass::${ACCOUNT}:client/${ID}`,
      settings: {
        name: 'Reports',
        authenticationMethod: 'none',
        grantTypes: ['authorization_code'],
        redirectUris: ['https://app.example/cb'],
        scopes: ['openid'],
        audiences: [],
        roleArn: null,
        dpopRequired: false,
        keys: [],
      },
      secrets: [],
      createdAtSeconds: 0,
    });
  });

  test('gives itself nothing that an administrator gives: no role, no audience, no first party, no other grant', () => {
    const more = {
      ...{ daypass_role_arn: 'arn:aws:iam::111122223333:role/x', daypass_audiences: ['https://api.example'] },
      ...{ first_party: true, firstParty: true, backchannel_logout_uri: 'https://10.0.0.1/' },
      grant_types: ['authorization_code', 'refresh_token', 'client_credentials', 'implicit'],
    };
    const settings = readClientDocument(ID, ACCOUNT, { ...DOCUMENT, ...more })?.settings;
    expect(settings).toMatchObject({
      roleArn: null,
      audiences: [],
      grantTypes: ['authorization_code', 'refresh_token'],
    });
    expect(settings).not.toHaveProperty('firstParty');
    expect(settings).not.toHaveProperty('backchannelLogoutUri');
  });

  test('may lead to a program on the person’s machine, which is asked about each time', () => {
    const redirect_uris = ['http://127.0.0.1/cb', 'com.example.app:/cb'];
    expect(readClientDocument(ID, ACCOUNT, { ...DOCUMENT, redirect_uris })).not.toBeNull();
  });

  test.each<[string, unknown]>([
    ['another id', { ...DOCUMENT, client_id: 'https://app.example/other.json' }],
    ['no id', { redirect_uris: ['https://app.example/cb'] }],
    ['a secret', { ...DOCUMENT, client_secret: 'x' }],
    ['a method of secrets', { ...DOCUMENT, token_endpoint_auth_method: 'client_secret_basic' }],
    ['a method of keys', { ...DOCUMENT, token_endpoint_auth_method: 'private_key_jwt' }],
    ['an address of another site', { ...DOCUMENT, redirect_uris: ['https://evil.example/cb'] }],
    ['one of another port', { ...DOCUMENT, redirect_uris: ['https://app.example:8443/cb'] }],
    [
      'one good address and one of another site',
      { ...DOCUMENT, redirect_uris: ['https://app.example/cb', 'https://evil.example/'] },
    ],
    ['no address', { ...DOCUMENT, redirect_uris: [] }],
    ['no code grant', { ...DOCUMENT, grant_types: ['refresh_token'] }],
    ['grants that are no list', { ...DOCUMENT, grant_types: 'authorization_code' }],
    ['a malformed scope', { ...DOCUMENT, scope: 'a"b' }],
    ['an empty scope', { ...DOCUMENT, scope: '' }],
    ['a name with a line feed', { ...DOCUMENT, client_name: 'a\nb' }],
    ['too much', { ...DOCUMENT, more: 'x'.repeat(20_000) }],
    ['a list', [DOCUMENT]],
    ['nothing', null],
  ])('is none with %s', (_what, document) => {
    expect(readClientDocument(ID, ACCOUNT, document)).toBeNull();
  });
});
