/** Redirect URIs: each peer's published bug is a case. */
import { describe, expect, test } from 'vitest';
import { isRedirectUri, matchesRedirectUri } from '../../../src/core/oauth/redirect-uri.ts';

describe('registration', () => {
  test('takes https, http on loopback, and the own scheme of a native app', () => {
    for (const uri of [
      'https://app.example/callback',
      'https://app.example',
      'https://app.example:8443/cb?tenant=1',
      'http://127.0.0.1/cb',
      'http://[::1]:9000/cb',
      'http://localhost:3000/cb',
      'com.example.app:/oauth',
    ])
      expect(isRedirectUri(uri), uri).toBe(true);
  });

  test('refuses whatever two readers could read in two ways, and every scheme that runs code', () => {
    for (const uri of [
      '',
      'http://app.example/cb', // RFC 9700 section 2.6
      'https://app.example/cb#fragment', // RFC 6749 section 3.1.2
      'https://app.example/*', // CVE-2026-3872: wildcards
      'https://app.example/..;/admin',
      'https://app.example/cb/../other',
      'https://app.example/cb/%2e%2e/other',
      'https://app.example/a%2fb',
      'https://user@app.example/cb', // CVE-2026-7504: many @
      'https://a@b@app.example/cb',
      'https:app.example/cb', // openauth issue 299
      'https:/app.example/cb',
      'https:\\\\app.example\\cb',
      'JaVaScRiPt:alert(1)', // workers-oauth-provider issue 97
      'javascript:alert(1)',
      ' javascript:alert(1)',
      'java\tscript:alert(1)',
      'https://app.example/c\nb',
      'https://app.exämple/cb',
      'HTTPS://app.example/cb',
      'https://APP.example/cb',
      'data:text/html,x',
      'file:///etc/passwd',
      'myapp:/cb', // RFC 8252 section 7.1 wants a reversed domain name
      'com.example.app://host/cb',
      'http://127.0.0.1.evil.test/cb',
      'http://localhost.evil.test/cb',
      'http://localhost@evil.test/cb',
      'http://127.1/cb',
      '__proto__',
      `https://app.example/${'x'.repeat(2000)}`,
    ])
      expect(isRedirectUri(uri), JSON.stringify(uri)).toBe(false);
  });
});

describe('a request', () => {
  const registered = ['https://app.example/cb', 'http://127.0.0.1/cb', 'com.example.app:/oauth'];

  test('must name a registered URI, letter by letter', () => {
    expect(matchesRedirectUri(registered, 'https://app.example/cb')).toBe(true);
    expect(matchesRedirectUri(registered, 'com.example.app:/oauth')).toBe(true);
    for (const uri of [
      'https://app.example/cb/',
      'https://app.example/cb?x=1',
      'https://app.example/CB',
      'https://app.example:443/cb',
      'https://app.example:8443/cb',
      'https://app.example/cb/..;/x',
      'https://app.example@evil.test/cb',
      'https://app.example.evil.test/cb',
      'https:app.example/cb',
      'com.example.app:/oauth2',
      'constructor',
      '',
    ])
      expect(matchesRedirectUri(registered, uri), uri).toBe(false);
  });

  test('may choose the port of a loopback URI and nothing else of it', () => {
    for (const uri of ['http://127.0.0.1:1/cb', 'http://127.0.0.1:65535/cb', 'http://127.0.0.1/cb'])
      expect(matchesRedirectUri(registered, uri), uri).toBe(true);
    for (const uri of [
      'http://127.0.0.1:0/cb',
      'http://127.0.0.1:65536/cb',
      'http://127.0.0.1:/cb',
      'http://127.0.0.1:80/other',
      'http://127.0.0.1:80/cb?x=1',
      'http://localhost:80/cb',
      'http://[::1]:80/cb',
      'https://127.0.0.1:80/cb',
      'http://127.0.0.1:80@evil.test/cb',
      'http://127.0.0.1:80/../cb',
    ])
      expect(matchesRedirectUri(registered, uri), uri).toBe(false);
  });
});
