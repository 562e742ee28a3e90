import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addressOf, plainAddress } from '../../../src/doors/http/address.ts';

test.for<[string, string, boolean]>([
  ['https://broker.example.com/oauth/token', '/oauth/token', false],
  ['http://localhost:8787/', '/', false],
  ['http://[::1]:8787/.well-known/jwks.json', '/.well-known/jwks.json', false],
  ['https://broker.example.com/oauth/token?', '/oauth/token', false],
  ['https://broker.example.com/?Action=GetCallerIdentity', '/', true],
  ['https://broker.example.com/saml/a?x=/../y', '/saml/a', true],
])('%s is read as it stands', ([text, path, hasQuery]) => {
  expect(plainAddress(text)).toEqual({ path, hasQuery });
});

test.for([
  'https://broker.example.com',
  'https://broker.example.com/a/../oauth/token',
  'https://broker.example.com/oauth/./token',
  'https://broker.example.com/oauth/..',
  'https://broker.example.com/%6fauth/token',
  'https://broker.example.com/oauth%2ftoken',
  'https://broker.example.com/oauth\\token',
  'https://broker.example.com?x/oauth/token',
  'https://broker.example.com#/oauth/token',
  'https://user@broker.example.com/oauth/token',
  'https://broker.example.com/oauth/token#x',
  'https://broker.example.com/oauth/token? ',
  'https://broker.example.com/oauth/token?ä',
  'https://broker.example.com/oauth/token?a#x',
  'ftp://broker.example.com/oauth/token',
  '',
])('%s is left to the URL Standard', (text) => {
  expect(plainAddress(text)).toBeNull();
});

test('whatever is read so, the URL Standard reads alike', () => {
  const piece = fc.constantFrom(
    '/',
    '//',
    '.',
    '..',
    '/./',
    'oauth',
    'token',
    '?',
    '#',
    '%2e',
    '\\',
    ':',
    '@',
    'a=b',
    ' ',
  );
  const text = fc.oneof(
    fc.array(piece, { maxLength: 8 }).map((pieces) => `https://broker.example.com${pieces.join('')}`),
    fc.array(piece, { maxLength: 8 }).map((pieces) => `http://localhost:8787/${pieces.join('')}`),
    fc.webUrl({ withQueryParameters: true, withFragments: true }),
    fc.string().map((end) => `https://a.example/${end}`),
  );
  let read = 0;
  fc.assert(
    fc.property(text, (each) => {
      const address = plainAddress(each);
      if (address === null || !URL.canParse(each)) return; // the runtime makes no request of a text that is no URL
      read += 1;
      expect(address).toEqual(addressOf(new URL(each)));
    }),
    { numRuns: 2000 },
  );
  expect(read).toBeGreaterThan(100);
});
