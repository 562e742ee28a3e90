import { describe, expect, test } from 'vitest';
import { parseAuthorization, parseSignedRequest } from '../../../src/core/sigv4/parse.ts';
import { ACCESS_KEY_ID, get, headOf, NOW, outcome, post, presign, sign, type TestRequest } from './sign.ts';
import { signByHand } from './sign-by-hand.ts';

const SIGNATURE = 'a'.repeat(64);
const CREDENTIAL = `${ACCESS_KEY_ID}/20261124/us-east-1/sts/aws4_request`;
const header = ({ credential = CREDENTIAL, headers = 'host;x-amz-date', signature = SIGNATURE } = {}) =>
  `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=${headers}, Signature=${signature}`;

const parsed = {
  accessKeyId: ACCESS_KEY_ID,
  scope: { date: '20261124', region: 'us-east-1', service: 'sts' },
  signedHeaders: ['host', 'x-amz-date'],
  signature: new Uint8Array(32).fill(0xaa),
};

describe('an Authorization header', () => {
  test('is read with commas and spaces, commas alone, and fields in any order', () => {
    const spaced = header();
    const swapped = `AWS4-HMAC-SHA256 Signature=${SIGNATURE},Credential=${CREDENTIAL},SignedHeaders=host;x-amz-date`;
    for (const text of [spaced, spaced.replaceAll(', ', ','), spaced.replaceAll(', ', ' ,  '), swapped]) {
      expect(parseAuthorization(text)).toEqual({ ok: true, value: parsed });
    }
  });

  const refused: readonly [what: string, text: string][] = [
    ['nothing', ''],
    ['the algorithm alone', 'AWS4-HMAC-SHA256'],
    ['another scheme', 'Bearer abc'],
    ['the asymmetric algorithm', header().replace('HMAC-SHA256', 'ECDSA-P256-SHA256')],
    ['the algorithm in lower case', header().toLowerCase()],
    ['an algorithm that only begins like ours', header().replace('SHA256 ', 'SHA256X ')],
    ['no Credential', `AWS4-HMAC-SHA256 SignedHeaders=host, Signature=${SIGNATURE}`],
    ['no SignedHeaders', `AWS4-HMAC-SHA256 Credential=${CREDENTIAL}, Signature=${SIGNATURE}`],
    ['no Signature', `AWS4-HMAC-SHA256 Credential=${CREDENTIAL}, SignedHeaders=host`],
    ['a field twice', `${header()}, Signature=${SIGNATURE}`],
    ['an unknown field', `${header()}, Extra=1`],
    ['a closing comma', `${header()},`],
    ['a field in another letter case', header().replace('Credential', 'credential')],
    ['an overlong header', header({ headers: 'h'.repeat(4096) })],
    ['a short signature', header({ signature: 'a'.repeat(63) })],
    ['a long signature', header({ signature: 'a'.repeat(66) })],
    ['a signature in upper case', header({ signature: 'A'.repeat(64) })],
    ['a signature that is not hexadecimal', header({ signature: 'g'.repeat(64) })],
    ['an empty credential', header({ credential: '' })],
    ['a credential with four parts', header({ credential: `${ACCESS_KEY_ID}/20261124/us-east-1/sts` })],
    ['a credential with six parts', header({ credential: `${CREDENTIAL}/x` })],
    ['another terminator', header({ credential: CREDENTIAL.replace('aws4_request', 'aws4_Request') })],
    ['an empty key id', header({ credential: '/20261124/us-east-1/sts/aws4_request' })],
    ['a key id with a slash encoded', header({ credential: CREDENTIAL.replace('AKIA', 'AKIA%2F') })],
    ['an overlong key id', header({ credential: `${'A'.repeat(129)}/20261124/us-east-1/sts/aws4_request` })],
    ['a short date', header({ credential: CREDENTIAL.replace('20261124', '2026112') })],
    ['a region in upper case', header({ credential: CREDENTIAL.replace('us-east-1', 'US-EAST-1') })],
    ['an empty region', header({ credential: CREDENTIAL.replace('us-east-1', '') })],
    ['an overlong region', header({ credential: CREDENTIAL.replace('us-east-1', 'r'.repeat(33)) })],
    ['a service in upper case', header({ credential: CREDENTIAL.replace('/sts/', '/STS/') })],
    ['no signed header', header({ headers: '' })],
    ['signed headers out of order', header({ headers: 'x-amz-date;host' })],
    ['a signed header twice', header({ headers: 'host;host;x-amz-date' })],
    ['a signed header in upper case', header({ headers: 'Host;x-amz-date' })],
    ['an empty name among signed headers', header({ headers: 'host;;x-amz-date' })],
    [
      'too many signed headers',
      header({ headers: Array.from({ length: 101 }, (_, n) => `h${n + 100}`).join(';') }),
    ],
  ];
  for (const [what, text] of refused) {
    test(`is malformed with ${what}`, () => {
      expect(parseAuthorization(text)).toMatchObject({ ok: false, failure: { why: 'malformed' } });
    });
  }
});

describe('a request', () => {
  const unsignedDate = { host: 'localhost:8787', date: 'Tue, 24 Nov 2026 12:00:00 GMT' };

  test('without any signature has its own reason', async () => expect(await outcome(post())).toBe('missing'));

  for (const name of ['X-Amz-Algorithm', 'X-Amz-Credential', 'X-Amz-Signature']) {
    test(`rightly signed in its header is malformed with ${name} in its query as well`, async () =>
      expect(await outcome(await sign(post({ query: `${name}=x` })))).toBe('malformed'));
  }

  test('may carry the Date header instead of x-amz-date, in both of its forms', async () => {
    for (const date of [unsignedDate.date, '20261124T120000Z']) {
      const request = post({ headers: { ...unsignedDate, date } });
      expect(await outcome(signByHand(request, ['date', 'host'], { amzDate: '20261124T120000Z' }))).toBe(
        'ok',
      );
    }
  });

  test('must sign the Date header when it is the only date', () => {
    const request = signByHand(post({ headers: unsignedDate }), ['host'], { amzDate: '20261124T120000Z' });
    expect(parseSignedRequest(headOf(request))).toEqual({
      ok: false,
      failure: { why: 'unsigned-header', header: 'date' },
    });
  });

  test('prefers x-amz-date to Date', async () => {
    const headers = { ...post().headers, date: 'Mon, 23 Nov 2026 12:00:00 GMT' };
    expect(await outcome(await sign(post({ headers })))).toBe('ok');
  });

  test('without any date is malformed', async () => {
    const request = signByHand(post(), ['host'], { amzDate: '20261124T120000Z' });
    expect(await outcome(request)).toBe('malformed');
  });

  for (const date of [
    '',
    '20261124T120000',
    '2026-11-24T12:00:00Z',
    '20261124T250000Z',
    'Tue, 24 Nov 2026 12:00:00 GMT',
  ]) {
    test(`with the x-amz-date \`${date}\` is malformed`, async () => {
      const request = await sign(post());
      request.headers['x-amz-date'] = date;
      expect(await outcome(request)).toBe('malformed');
    });
  }

  test('must sign its host', () => {
    const request = post({ headers: { ...post().headers, 'x-amz-date': '20261124T120000Z' } });
    expect(parseSignedRequest(headOf(signByHand(request, ['x-amz-date'])))).toEqual({
      ok: false,
      failure: { why: 'unsigned-header', header: 'host' },
    });
  });

  for (const name of [
    'x-amz-security-token',
    'X-Amz-Security-Token',
    'x-amz-content-sha256',
    'x-amz-anything',
  ]) {
    test(`must sign ${name}, in both forms`, async () => {
      for (const request of [await sign(post()), await presign(get('Action=GetCallerIdentity'))]) {
        delete request.headers[name];
        const head = headOf({ ...request, headers: { ...request.headers, [name]: 'x' } });
        const withoutClaim = name === 'x-amz-content-sha256' ? dropSigned(head.headers, name) : head.headers;
        expect(parseSignedRequest({ ...head, headers: withoutClaim })).toEqual({
          ok: false,
          failure: { why: 'unsigned-header', header: name.toLowerCase() },
        });
      }
    });
  }

  test('joins a doubled header by a comma alone', async () => {
    const request = post({ headers: { ...post().headers, 'x-amz-date': '20261124T120000Z' } });
    const signed = signByHand(request, ['host', 'x-amz-date', 'x-amz-list'], {
      values: { 'x-amz-list': 'b,a' },
    });
    const head = {
      ...headOf(signed),
      headers: [...headOf(signed).headers, ['x-amz-list', ' b '], ['X-Amz-List', 'a']],
    };
    const result = parseSignedRequest(head as ReturnType<typeof headOf>);
    expect(result.ok && result.value.headers.get('x-amz-list')).toBe('b,a');
  });

  test('is read from a Headers object', async () => {
    const request = await sign(post());
    const fromHeaders = parseSignedRequest({ ...headOf(request), headers: new Headers(request.headers) });
    expect(fromHeaders).toMatchObject({
      ok: true,
      value: { accessKeyId: ACCESS_KEY_ID, signedAtSeconds: NOW },
    });
  });

  for (const method of ['', 'post', 'POST\nGET', 'A'.repeat(21)]) {
    test(`with the method ${JSON.stringify(method)} is malformed`, async () =>
      expect(await outcome({ ...(await sign(post())), method })).toBe('malformed'));
  }
});

describe('a presigned request', () => {
  const presigned = () => presign(get('Action=GetCallerIdentity'));
  const changed = async (name: string, value: string | null): Promise<TestRequest> => {
    const request = await presigned();
    const parameters = new URLSearchParams(request.query);
    if (value === null) parameters.delete(name);
    else parameters.set(name, value);
    return { ...request, query: parameters.toString() };
  };

  for (const name of ['Algorithm', 'Credential', 'Date', 'Expires', 'SignedHeaders', 'Signature']) {
    test(`is malformed without X-Amz-${name}`, async () =>
      expect(await outcome(await changed(`X-Amz-${name}`, null))).toBe('malformed'));

    test(`is malformed with X-Amz-${name} twice`, async () => {
      const request = await presigned();
      const doubled = `${request.query}&X-Amz-${name}=${new URLSearchParams(request.query).get(`X-Amz-${name}`)}`;
      expect(await outcome({ ...request, query: doubled })).toBe('malformed');
    });
  }

  for (const expires of ['0', '901', '3600', '-1', '060', '1.5', '1e2', '', ' 60', '60s']) {
    test(`is malformed when it expires in \`${expires}\` seconds`, async () =>
      expect(await outcome(await changed('X-Amz-Expires', expires))).toBe('malformed'));
  }

  test('is malformed with another algorithm', async () =>
    expect(await outcome(await changed('X-Amz-Algorithm', 'AWS4-HMAC-SHA1'))).toBe('malformed'));

  test('is malformed with another method than GET and POST', async () =>
    expect(await outcome({ ...(await presigned()), method: 'PUT' })).toBe('malformed'));

  test('does not live longer by a changed end', async () =>
    expect(await outcome(await changed('X-Amz-Expires', '900'))).toBe('signature'));

  test('is malformed with a bad escape in its query', async () => {
    const request = await presigned();
    for (const junk of ['&a=%', '&a=%zz', '&%ff=1', '&X-Amz-Note=%c3', '&a=ü']) {
      expect(await outcome({ ...request, query: request.query + junk })).toBe('malformed');
    }
  });
});

/** Takes a name out of SignedHeaders in an Authorization header. */
function dropSigned(headers: Iterable<readonly [string, string]>, name: string): [string, string][] {
  return Array.from(headers, ([key, value]) => [key, value.replace(`;${name}`, '')]);
}
