import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLocalJWKSet, decodeProtectedHeader, type JSONWebKeySet, jwtVerify } from 'jose';
import * as client from 'openid-client';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { keepKeys } from '../../dev/peers/oidc/keys.ts';
import { StateError } from '../../dev/state-files.ts';
import { assembleToken, startOidcProvider, type TestIssuer } from '../helpers/oidc-provider.ts';

let issuer: TestIssuer;
beforeAll(async () => {
  issuer = await startOidcProvider();
});
afterAll(() => issuer.stop());

async function verify(token: string, options: { audience: string; issuer?: string }) {
  const jwks: JSONWebKeySet = await (await fetch(`${issuer.url}/jwks`)).json();
  return jwtVerify(token, createLocalJWKSet(jwks), { issuer: issuer.issuer, ...options });
}

async function askIdToken(
  form: Record<string, string> | string[][],
): Promise<{ status: number; text: string }> {
  const answer = await fetch(`${issuer.url}/id-token`, { method: 'POST', body: new URLSearchParams(form) });
  return { status: answer.status, text: (await answer.text()).trim() };
}

/** Walks through sign-in as a browser would: follows redirects, keeps cookies, presses the person's button. */
async function signIn(url: URL, sub: string): Promise<URL> {
  const cookies = new Map<string, string>();
  const visit = async (to: URL, body?: URLSearchParams): Promise<URL> => {
    const headers = { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') };
    const init = body === undefined ? { headers } : { headers, method: 'POST', body };
    const answer = await fetch(to, { redirect: 'manual', ...init });
    for (const cookie of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      cookies.set(name, value);
    }
    const location = answer.headers.get('location');
    if (location === null) return visit(to, new URLSearchParams({ sub }));
    const next = new URL(location, to);
    return next.origin === issuer.url ? visit(next) : next;
  };
  return visit(url);
}

describe('the stand-in OpenID provider', () => {
  const redirectUri = 'http://localhost:9/any/path';

  test.each([
    { id: 'daypass-browser', auth: client.None(), alg: 'ES256' },
    { id: 'daypass-demo', auth: client.ClientSecretBasic('daypass-demo-secret'), alg: 'RS256' },
  ])(
    'a person signs in to $id with PKCE and the ID token says who, with the groups',
    async ({ id, auth, alg }) => {
      const options = { execute: [client.allowInsecureRequests] };
      const config = await client.discovery(
        new URL(issuer.url),
        id,
        { id_token_signed_response_alg: alg },
        auth,
        options,
      );
      const verifier = client.randomPKCECodeVerifier();
      const nonce = client.randomNonce();
      const state = client.randomState();
      const url = client.buildAuthorizationUrl(config, {
        redirect_uri: redirectUri,
        scope: 'openid email profile groups',
        code_challenge: await client.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
        nonce,
        state,
      });
      const callback = await signIn(url, 'alice');
      const tokens = await client.authorizationCodeGrant(config, callback, {
        pkceCodeVerifier: verifier,
        expectedNonce: nonce,
        expectedState: state,
      });
      expect(decodeProtectedHeader(tokens.id_token ?? '').alg).toBe(alg);
      expect(tokens.claims()).toMatchObject({
        iss: issuer.issuer,
        aud: id,
        sub: 'alice',
        email: 'alice@example.com',
        email_verified: true,
        groups: ['admins', 'engineering'],
      });
    },
  );

  test('whoever cancels or is unknown comes back with access_denied', async () => {
    const url = new URL(`${issuer.url}/auth`);
    url.search = new URLSearchParams({
      client_id: 'daypass-demo',
      response_type: 'code',
      scope: 'openid',
      redirect_uri: redirectUri,
      code_challenge: 'x'.repeat(43),
      code_challenge_method: 'S256',
    }).toString();
    for (const sub of ['', 'mallory', 'constructor']) {
      expect((await signIn(url, sub)).searchParams.get('error'), sub).toBe('access_denied');
    }
  });

  test.each(['https://localhost/callback', 'http://example.com/callback', 'http://localhost.example.com/'])(
    'a redirect URI off the local machine is refused: %s',
    async (uri) => {
      const query = new URLSearchParams({
        client_id: 'daypass-demo',
        response_type: 'code',
        redirect_uri: uri,
      });
      const answer = await fetch(`${issuer.url}/auth?${query}`, { redirect: 'manual' });
      expect(answer.status).toBe(400);
      expect(await answer.text()).toMatch(/^invalid_redirect_uri: /);
    },
  );

  test('a workload gets a JWT for the resource that it names', async () => {
    const answer = await fetch(`${issuer.url}/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${btoa('daypass-demo:daypass-demo-secret')}` },
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        resource: 'https://daypass.example.com',
      }),
    });
    const tokens = (await answer.json()) as { access_token: string }; // verified on the next line
    const { payload } = await verify(tokens.access_token, { audience: 'https://daypass.example.com' });
    expect(payload.sub).toBe('daypass-demo');
  });
});

describe('POST /id-token', () => {
  test('a known person has all claims, signed with a published key', async () => {
    const { status, text } = await askIdToken({ sub: 'bob', aud: 'app', nonce: 'n', expires_in: '60' });
    expect(status).toBe(200);
    const { payload, protectedHeader } = await verify(text, { audience: 'app' });
    expect(protectedHeader).toMatchObject({ alg: 'RS256', kid: issuer.keys()[0]?.kid });
    expect(payload).toMatchObject({ sub: 'bob', nonce: 'n', groups: ['engineering'] });
    expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(60);
  });

  test('anybody else can be named, for several audiences, with other claims and another algorithm', async () => {
    const { text } = await askIdToken([
      ['sub', 'zoe'],
      ['aud', 'one'],
      ['aud', 'two'],
      ['alg', 'ES256'],
      ['claims', '{"groups":["x"],"iss":"http://other"}'],
    ]);
    const { payload, protectedHeader } = await verify(text, { audience: 'two', issuer: 'http://other' });
    expect(protectedHeader.alg).toBe('ES256');
    expect(payload).toMatchObject({ sub: 'zoe', aud: ['one', 'two'], groups: ['x'] });
  });

  test.each([
    [{ aud: 'app' }, '`sub` and `aud` are needed'],
    [{ sub: 'bob' }, '`sub` and `aud` are needed'],
    [{ sub: 'bob', aud: 'app', expires_in: 'soon' }, '`expires_in` is a number of seconds'],
    [{ sub: 'bob', aud: 'app', alg: 'none' }, 'no key for `none`'],
    [{ sub: 'bob', aud: 'app', claims: '[]' }, '`claims` is a JSON object'],
    [{ sub: 'bob', aud: 'app', claims: '{' }, '`claims` is a JSON object'],
  ])('%j is refused: %s', async (form, text) => {
    expect(await askIdToken(form)).toEqual({ status: 400, text });
  });

  test('a GET is refused, so that no page can ask by a mere link', async () => {
    const answer = await fetch(`${issuer.url}/id-token?sub=bob&aud=app`);
    expect([answer.status, await answer.text()]).toEqual([400, 'ask with POST\n']);
  });
});

describe('what tests can do to the issuer', () => {
  afterEach(() => issuer.fail(null));

  test('after a rotation old tokens fail and new ones verify', async () => {
    const token = await issuer.signIdToken({ sub: 'alice', aud: 'app' });
    await verify(token, { audience: 'app' });
    const [staleKey] = await issuer.rotateKeys();
    await expect(verify(token, { audience: 'app' })).rejects.toThrow('no applicable key found');
    await verify(await issuer.signIdToken({ sub: 'alice', aud: 'app' }), { audience: 'app' });
    if (staleKey === undefined) throw new Error('no key of before');
    const stale = await issuer.signIdToken({ aud: 'app' }, { key: staleKey });
    expect(decodeProtectedHeader(stale).kid).toBe(staleKey.kid);
  });

  test('hits are counted by path, faults included, and a fault keeps to its path', async () => {
    const before = { jwks: issuer.hits('/jwks'), all: issuer.hits() };
    issuer.fail('error', '/jwks');
    expect((await fetch(`${issuer.url}/jwks`)).status).toBe(500);
    expect((await fetch(`${issuer.url}/.well-known/openid-configuration`)).status).toBe(200);
    expect(issuer.hits('/jwks')).toBe(before.jwks + 1);
    expect(issuer.hits()).toBe(before.all + 2);
  });

  test('each fault is what its name says', async () => {
    const ask = (signal?: AbortSignal) =>
      fetch(`${issuer.url}/jwks`, { redirect: 'manual', ...(signal === undefined ? {} : { signal }) });
    issuer.fail('down');
    await expect(ask()).rejects.toThrow('fetch failed');
    issuer.fail('hang');
    await expect(ask(AbortSignal.timeout(200))).rejects.toThrow('timeout');
    issuer.fail('garbage');
    await expect((await ask()).json()).rejects.toThrow(SyntaxError);
    issuer.fail('redirect');
    expect((await ask()).status).toBe(302);
    issuer.fail('huge');
    expect((await (await ask()).text()).length).toBeGreaterThan(16 * 1024 * 1024);
    issuer.fail('slow');
    const startedMilliseconds = performance.now();
    expect(await (await ask()).json()).toHaveProperty('keys');
    expect(performance.now() - startedMilliseconds).toBeGreaterThan(2900);
  });

  test('a token can be put together that no library would make', () => {
    expect(assembleToken({ alg: 'none' }, { sub: 'alice' })).toBe(
      'eyJhbGciOiJub25lIn0.eyJzdWIiOiJhbGljZSJ9.',
    );
  });
});

describe('the keys of the stand-in', () => {
  test('they are kept for their owner alone, and a damaged file is named', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'daypass-keys-'));
    const path = join(folder, 'keys.json');
    const keys = await keepKeys(path);
    expect(keys.map(({ alg }) => alg)).toEqual(['RS256', 'ES256']);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(await keepKeys(path)).toEqual(keys);
    for (const text of ['', '[]', '{}', '[{"kid":"a"}]']) {
      writeFileSync(path, text);
      await expect(keepKeys(path), text).rejects.toThrow(StateError);
    }
    rmSync(folder, { recursive: true });
  });
});
