import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseUtf8, toHex, utf8 } from '../../../src/core/bytes.ts';
import { canonicalPath, canonicalRequest, stringToSign } from '../../../src/core/sigv4/canonical.ts';
import { canonicalQuery } from '../../../src/core/sigv4/query.ts';
import { deriveSigningKey, hmac } from '../../../src/core/sigv4/signing-key.ts';
import { decodeForm } from '../../../src/doors/aws/query/decode.ts';
import { get, outcome, post, presign, SECRET, sign, type TestRequest } from './sign.ts';

test('AWS’s published example gives AWS’s published signature', async () => {
  const scope = { date: '20150830', region: 'us-east-1', service: 'iam' };
  const canonical = canonicalRequest(
    {
      form: 'header',
      method: 'GET',
      path: '/',
      query: 'Action=ListUsers&Version=2010-05-08',
      headers: new Map([
        ['host', 'iam.amazonaws.com'],
        ['content-type', 'application/x-www-form-urlencoded; charset=utf-8'],
        ['x-amz-date', '20150830T123600Z'],
      ]),
      signedHeaders: ['content-type', 'host', 'x-amz-date'],
    },
    'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  );
  const digest = await crypto.subtle.digest('SHA-256', utf8(canonical ?? ''));
  const canonicalHash = toHex(new Uint8Array(digest));
  expect(canonicalHash).toBe('f536975d06c0309214f805bb90ccff089219ecd68b2577efef23edd43b7e1a59');
  const text = stringToSign('20150830T123600Z', scope, canonicalHash);
  expect(toHex(await hmac(await deriveSigningKey(SECRET, scope), text))).toBe(
    '5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7',
  );
});

describe('the canonical path', () => {
  const cases: readonly [path: string, canonical: string][] = [
    ['', '/'],
    ['/', '/'],
    ['//', '/'],
    ['/./', '/'],
    ['/..', '/'],
    ['/sts/', '/sts/'],
    ['/sts', '/sts'],
    ['/a/./b/../c//d/', '/a/c/d/'],
    ['/a%20b', '/a%2520b'],
    ['/a b', '/a%20b'],
    ["/!'()*~", '/%21%27%28%29%2A~'],
    ['/ü', '/%C3%BC'],
    ['/\ud800', '/%EF%BF%BD'],
  ];
  for (const [path, canonical] of cases) {
    test(`of ${JSON.stringify(path)} is ${canonical}`, () => expect(canonicalPath(path)).toBe(canonical));
  }
});

describe('the canonical query', () => {
  const cases: readonly [query: string, canonical: string | null][] = [
    ['', ''],
    ['a', 'a='],
    ['b=2&a=1', 'a=1&b=2'],
    ['a=2&a=10', 'a=10&a=2'],
    ['a-b=1&a=2', 'a=2&a-b=1'],
    ['Z=1&a=2', 'Z=1&a=2'],
    ['a=x+y', 'a=x%20y'],
    ['a=%2b', 'a=%2B'],
    ['a=%7e', 'a=~'],
    ['a=b=c', 'a=b%3Dc'],
    ['a=*', 'a=%2A'],
    ['S=1&a=2', 'a=2'],
    ['a=%', null],
    ['a=%FF', null],
    ['ü=1', null],
  ];
  for (const [query, canonical] of cases) {
    test(`of \`${query}\` is ${canonical}`, () => expect(canonicalQuery(query, 'S')).toBe(canonical));
  }
});

describe('whatever changes the meaning of a request breaks its signature', () => {
  const requests: readonly [string, () => Promise<TestRequest>][] = [
    ['a signed POST', () => sign(post({ path: '/sts/' }), { sessionToken: 'FwoGZXIvYXdzEBYaD==' })],
    ['a signed GET', () => sign(get('Action=GetUser&UserName=a%2Bb%20c&Version=2010-05-08'))],
    ['a presigned GET', () => presign(get('Action=GetCallerIdentity&Note=a%2Bb'), { sessionToken: 'x+/=' })],
    ['a presigned POST', () => presign(post())],
  ];
  for (const [what, make] of requests) {
    test(`one bit of any byte, in ${what}`, async () => {
      const request = await make();
      expect(await outcome(request)).toBe('ok');
      for (const bit of [1, 2, 4, 8, 16, 32]) await flipEverywhere(request, bit);
    }, 30_000);
  }

  test('any replaced text in a query', async () => {
    const request = await sign(get('Action=GetUser&UserName=a%2Bb%20c'));
    const piece = fc.constantFrom(
      'a',
      '+',
      '%2B',
      '%20',
      '&',
      '=',
      '%26',
      '%',
      'b',
      'Action',
      '.',
      '/',
      '*',
      '~',
      '%7E',
    );
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 12 }), async (pieces) => {
        const query = `Action=GetUser&UserName=${pieces.join('')}`;
        if ((await outcome({ ...request, query })) === 'ok')
          expect(meaning(query)).toBe(meaning(request.query));
      }),
    );
  });
});

async function flipEverywhere(request: TestRequest, bit: number): Promise<void> {
  const same = async (changed: TestRequest, what: string) => {
    const result = await outcome(changed);
    if (result === 'ok') expect.fail(`accepted with another ${what}: ${JSON.stringify(changed)}`);
  };
  for (const method of flips(request.method, bit)) await same({ ...request, method }, 'method');
  for (const path of flips(request.path, bit)) {
    if (canonicalPath(path) !== canonicalPath(request.path)) await same({ ...request, path }, 'path');
  }
  for (const query of flips(request.query, bit)) {
    if (meaning(query) !== meaning(request.query)) await same({ ...request, query }, 'query');
  }
  for (const [name, value] of Object.entries(request.headers)) {
    for (const flipped of flips(value, bit)) {
      if (flipped.trim() !== value.trim()) {
        await same({ ...request, headers: { ...request.headers, [name]: flipped } }, name);
      }
    }
  }
  for (let at = 0; at < request.body.length; at += 1) {
    const body = request.body.slice();
    body[at] = (body[at] ?? 0) ^ bit;
    await same({ ...request, body }, 'body');
  }
}

/** Each text that differs from this one by one bit of one byte. */
function* flips(text: string, bit: number): Generator<string> {
  const bytes = utf8(text);
  for (let at = 0; at < bytes.length; at += 1) {
    const flipped = bytes.slice();
    flipped[at] = (flipped[at] ?? 0) ^ bit;
    const changed = parseUtf8(flipped);
    if (changed !== null) yield changed;
  }
}

/** What the form decoder reads in a query, in the order of names: spelling apart, this is all that an action sees. */
function meaning(query: string): string {
  const form = decodeForm(query);
  return form.ok ? JSON.stringify([...form.value].sort()) : `refused: ${query}`;
}
