import { describe, expect, test } from 'vitest';
import { utf8 } from '../../../src/core/bytes.ts';
import { parseSignedRequest } from '../../../src/core/sigv4/parse.ts';
import { deriveSigningKey } from '../../../src/core/sigv4/signing-key.ts';
import { checkScopeAndTime, refuseUnknownKey } from '../../../src/core/sigv4/verify.ts';
import {
  ACCESS_KEY_ID,
  get,
  headOf,
  NOW,
  outcome,
  post,
  presign,
  SECRET,
  sign,
  type TestRequest,
  verify,
} from './sign.ts';
import { signByHand } from './sign-by-hand.ts';

const parsed = (request: TestRequest) => {
  const result = parseSignedRequest(headOf(request));
  if (!result.ok) throw new Error(result.failure.why);
  return result.value;
};

describe('a request signed by the AWS SDK verifies', () => {
  test('as a POST', async () => expect(await outcome(await sign(post()))).toBe('ok'));

  test('with a session token, which is read from its header', async () => {
    const request = await sign(post(), { sessionToken: 'FwoGZXIvYXdzE+/=' });
    expect(await outcome(request)).toBe('ok');
    expect(parsed(request)).toMatchObject({ accessKeyId: ACCESS_KEY_ID, sessionToken: 'FwoGZXIvYXdzE+/=' });
  });

  test('as a GET without a body', async () =>
    expect(await outcome(await sign(get('Action=GetCallerIdentity&Version=2011-06-15')))).toBe('ok'));

  for (const path of ['/sts/', '/iam/', '/a b', '/a%20b/c', '/a/../b/./c//d/', '/ü', "/it's(1)*!"]) {
    test(`under the path ${path}`, async () => expect(await outcome(await sign(post({ path })))).toBe('ok'));
  }

  for (const query of [
    'b=2&a=1',
    'a=2&a=1',
    'a=x%20y',
    'a=x+y',
    'a=%2B',
    'a=%C3%BC',
    'a',
    'a=',
    "a=!'()*",
    'A=1&a=2',
  ]) {
    test(`with the query ${query}`, async () => expect(await outcome(await sign(get(query)))).toBe('ok'));
  }

  for (const region of ['eu-central-1', 'us-gov-west-1', 'aws-global', 'moon', 'US']) {
    test(`for the region ${region}, which is reported`, async () => {
      const request = await sign(post(), { region });
      expect(await outcome(request)).toBe('ok');
      expect(parsed(request).scope).toEqual({ date: '20261124', region, service: 'sts' });
    });
  }

  test('with white space inside and around a signed header', async () => {
    const headers = { ...post().headers, 'x-amz-note': '  a   b \t c ' };
    expect(await outcome(await sign(post({ headers })))).toBe('ok');
  });

  test('with every header that the JavaScript SDK signs', async () => {
    const headers = {
      ...post().headers,
      'amz-sdk-invocation-id': '7c5cbd6a-2b0c-4e1e-8f3e-0a6c1a8f5b1d',
      'amz-sdk-request': 'attempt=1; max=3',
      'content-length': '93',
      'x-amz-user-agent': 'aws-sdk-js/3.1174.0',
    };
    const request = await sign(post({ headers }));
    expect(parsed(request).signedHeaders).toContain('amz-sdk-request');
    expect(await outcome(request)).toBe('ok');
  });

  test('without the claim of a body hash, as the AWS CLI sends it', async () => {
    const unclaimed = signOnly(['host', 'x-amz-date']);
    expect(unclaimed.headers['x-amz-content-sha256']).toBeUndefined();
    expect(await outcome(unclaimed)).toBe('ok');
  });

  test('presigned as GET and as POST', async () => {
    expect(await outcome(await presign(get('Action=GetCallerIdentity&Version=2011-06-15')))).toBe('ok');
    expect(await outcome(await presign(post()))).toBe('ok');
  });

  test('presigned with a session token, which is read from the query', async () => {
    const request = await presign(get('Action=GetCallerIdentity'), { sessionToken: 'a+b/c=' });
    expect(await outcome(request)).toBe('ok');
    expect(parsed(request).sessionToken).toBe('a+b/c=');
  });
});

describe('a signature is refused', () => {
  test('with another secret', async () =>
    expect(await outcome(await sign(post()), { secret: `${SECRET}x` })).toBe('signature'));

  test('for a service that is not expected', async () => {
    expect(await outcome(await sign(post(), { service: 's3' }))).toBe('scope');
    expect(await outcome(await sign(post(), { service: 'iam' }), { services: ['sts', 'iam'] })).toBe('ok');
  });

  test('when the scope names another day than the request', async () => {
    const request = await sign(post());
    const { authorization = '' } = request.headers;
    request.headers.authorization = authorization.replace('/20261124/', '/20261123/');
    expect(await outcome(request)).toBe('scope');
  });

  test('when the date was changed after signing', async () => {
    const request = await sign(post());
    request.headers['x-amz-date'] = '20261124T120001Z';
    expect(await outcome(request)).toBe('signature');
  });

  test('past the skew on either side, to the second', async () => {
    const request = await sign(post());
    expect(await outcome(request, { nowSeconds: NOW + 300 })).toBe('ok');
    expect(await outcome(request, { nowSeconds: NOW + 301 })).toBe('skew');
    expect(await outcome(request, { nowSeconds: NOW - 300 })).toBe('ok');
    expect(await outcome(request, { nowSeconds: NOW - 301 })).toBe('skew');
    expect(await outcome(request, { nowSeconds: NOW + 11, skewSeconds: 10 })).toBe('skew');
  });

  test('past a presigned request’s own end, without any skew', async () => {
    const request = await presign(get('Action=GetCallerIdentity'), { expiresIn: 900 });
    expect(await outcome(request, { nowSeconds: NOW + 900 })).toBe('ok');
    expect(await outcome(request, { nowSeconds: NOW + 901 })).toBe('expired');
    expect(await outcome(request, { nowSeconds: NOW - 301 })).toBe('skew');
  });

  test('when the body is another one than the claimed hash', async () => {
    const request = await sign(post());
    expect(await outcome({ ...request, body: utf8('Action=DeleteUser') })).toBe('payload');
  });

  test('when the body is another one and nothing was claimed', async () => {
    const request = signOnly(['host', 'x-amz-date']);
    expect(await outcome({ ...request, body: utf8('Action=DeleteUser') })).toBe('signature');
  });

  for (const claim of [
    'UNSIGNED-PAYLOAD',
    'STREAMING-AWS4-HMAC-SHA256-PAYLOAD',
    'STREAMING-UNSIGNED-PAYLOAD-TRAILER',
    '',
  ]) {
    test(`over the body claim \`${claim}\`, even rightly signed`, async () => {
      const headers = { ...post().headers, 'x-amz-content-sha256': claim };
      expect(await outcome(await sign(post({ headers })))).toBe('payload');
    });
  }

  test('over the body claim UNSIGNED-PAYLOAD in a presigned query', async () => {
    const request = await presign(get('Action=GetCallerIdentity&X-Amz-Content-Sha256=UNSIGNED-PAYLOAD'));
    expect(await outcome(request)).toBe('payload');
  });

  test('when a signed header did not arrive', async () => {
    const request = await sign(post());
    delete request.headers['content-type'];
    expect(await outcome(request)).toBe('absent-header');
  });
});

describe('accept-encoding, which Cloudflare rewrites on the way', () => {
  const signedWith = async (value: string): Promise<TestRequest> => {
    const headers = { ...post().headers, 'accept-encoding': value };
    const request = await sign(post({ headers }));
    return { ...request, headers: { ...request.headers, 'accept-encoding': 'br, gzip' } };
  };

  test('verifies when it was signed as the Go SDK sends it', async () => {
    for (const value of ['identity', 'gzip', 'br, gzip'])
      expect(await outcome(await signedWith(value))).toBe('ok');
  });

  test('is refused when it was signed as anything else', async () =>
    expect(await outcome(await signedWith('zstd'))).toBe('signature'));

  test('lets no other header slip', async () => {
    const request = await signedWith('identity');
    request.headers['content-type'] = 'text/plain';
    expect(await outcome(request)).toBe('signature');
  });
});

describe('an unknown key', () => {
  const ask = async (request: TestRequest) =>
    (
      await refuseUnknownKey({
        signed: parsed(request),
        payload: request.body,
        nowSeconds: NOW,
        services: ['sts'],
      })
    ).failure.why;

  test('is refused as unknown, after the same work', async () =>
    expect(await ask(await sign(post()))).toBe('unknown-key'));

  test('is refused even when it signs with the decoy, which anybody can read in the source', async () => {
    const secret = 'decoy/decoy/decoy/decoy/decoy/decoy/deco';
    expect(await outcome(await sign(post(), { secret }), { secret })).toBe('ok');
    expect(await ask(await sign(post(), { secret }))).toBe('unknown-key');
  });

  test('is refused for time, scope and body exactly as a known one', async () => {
    expect(await ask(await sign(post(), { atSeconds: NOW - 301 }))).toBe('skew');
    expect(await ask(await sign(post(), { service: 'iam' }))).toBe('scope');
    expect(await ask({ ...(await sign(post())), body: utf8('x') })).toBe('payload');
  });
});

test('scope and time can be checked before any key is known', async () => {
  const signed = parsed(await sign(post()));
  expect(checkScopeAndTime(signed, { nowSeconds: NOW, services: ['sts'] })).toEqual({
    ok: true,
    value: signed,
  });
  expect(checkScopeAndTime(signed, { nowSeconds: NOW + 301, services: ['sts'] })).toEqual({
    ok: false,
    failure: { why: 'skew', signedAtSeconds: NOW },
  });
});

test('a signing key cannot be exported', async () => {
  const key = await deriveSigningKey(SECRET, { date: '20261124', region: 'us-east-1', service: 'sts' });
  expect({ extractable: key.extractable, usages: key.usages }).toEqual({
    extractable: false,
    usages: ['sign'],
  });
});

test('a verified request is the parsed one', async () => {
  const request = await sign(post());
  const signed = parsed(request);
  expect(await verify(signed, request.body)).toEqual({ ok: true, value: signed });
});

/** Signs with the second signer, over just these headers. */
const signOnly = (names: readonly string[]): TestRequest =>
  signByHand({ ...post(), headers: { ...post().headers, 'x-amz-date': '20261124T120000Z' } }, names);
