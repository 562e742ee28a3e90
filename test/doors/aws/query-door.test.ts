/** The Query door on the wire: forms, signatures, errors, as anybody could send them. */
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { SignatureV4 } from '@smithy/signature-v4';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Credentials } from '../../helpers/daypass.ts';
import { type Scenario, startScenario } from '../../helpers/scenario.ts';
import { Sha256 } from '../../helpers/sha256.ts';

let scenario: Scenario;
let admin: Credentials;

beforeAll(async () => {
  scenario = await startScenario();
  admin = scenario.daypass.bootstrap.admin;
});

afterAll(() => scenario.stop());

const IDENTITY = 'Action=GetCallerIdentity&Version=2011-06-15';

interface Options {
  readonly credentials?: Credentials;
  readonly service?: string;
  readonly region?: string;
  readonly at?: Date;
  readonly headers?: Readonly<Record<string, string>>;
  readonly path?: string;
}

/** A signed POST, made with the SDK's own signer, before anybody touches it. */
async function signed(body: string, options: Options = {}) {
  const url = new URL(scenario.daypass.url);
  const signer = new SignatureV4({
    credentials: options.credentials ?? admin,
    service: options.service ?? 'sts',
    region: options.region ?? 'us-east-1',
    sha256: Sha256,
  });
  const request = await signer.sign(
    {
      method: 'POST',
      protocol: 'http:',
      hostname: url.hostname,
      port: Number(url.port),
      path: options.path ?? '/',
      query: {},
      headers: { host: url.host, 'content-type': 'application/x-www-form-urlencoded', ...options.headers },
      body,
    },
    { signingDate: options.at ?? new Date(scenario.daypass.nowSeconds() * 1000) },
  );
  return { path: options.path ?? '/', headers: { ...request.headers }, body };
}

interface Answer {
  readonly status: number;
  readonly code: string | null;
  readonly text: string;
  readonly headers: Headers;
}

async function send(path: string, init: RequestInit): Promise<Answer> {
  const answer = await scenario.daypass.fetch(path, init);
  const text = await answer.text();
  return {
    status: answer.status,
    code: /<Code>([^<]*)<\/Code>/.exec(text)?.[1] ?? null,
    text,
    headers: answer.headers,
  };
}

const post = ({
  path,
  headers,
  body,
}: {
  path: string;
  headers: Record<string, string>;
  body: string;
}): Promise<Answer> => {
  const { host: _, ...rest } = headers; // fetch writes the same
  return send(path, { method: 'POST', headers: rest, body });
};

const unsigned = (body: string, path = '/'): Promise<Answer> => send(path, { method: 'POST', body });

describe('an answer', () => {
  test('is XML in the API’s namespace, with one request id in header and document', async () => {
    const { status, text, headers } = await post(await signed(IDENTITY));
    const requestId = headers.get('x-amzn-requestid');
    expect([status, headers.get('content-type'), headers.get('cache-control')]).toEqual([
      200,
      'text/xml',
      'no-store',
    ]);
    expect(text).toContain(
      '<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>',
    );
    expect(text).toContain(`<RequestId>${requestId}</RequestId>`);
    expect(headers.get('x-request-id')).toBe(requestId);
  });

  test('has another request id each time, in refusals too', async () => {
    const ids = await Promise.all(
      Array.from({ length: 20 }, async () => (await unsigned('')).headers.get('x-amzn-requestid')),
    );
    expect(new Set(ids).size).toBe(20);
  });

  test.each(['/', '/sts/', '/sts', '/iam/'])('comes at %s', async (path) => {
    expect((await post(await signed(IDENTITY, { path }))).status).toBe(200);
  });
});

describe('a form', () => {
  test.each<[string, string, number, string]>([
    ['without an action', 'Version=2011-06-15', 400, 'MissingAction'],
    ['with an empty body', '', 400, 'MissingAction'],
    ['with an action that is none', 'Action=Nothing&Version=2011-06-15', 400, 'InvalidAction'],
    ['with a name that objects inherit', 'Action=constructor&Version=2011-06-15', 400, 'InvalidAction'],
    ['with a prototype', 'Action=__proto__&Version=2011-06-15', 400, 'InvalidAction'],
    ['with another API’s version', 'Action=GetCallerIdentity&Version=2010-05-08', 400, 'InvalidAction'],
    ['with an action in other case', 'Action=getcalleridentity&Version=2011-06-15', 400, 'InvalidAction'],
    ['with an action twice', `${IDENTITY}&Action=AssumeRole`, 400, 'MalformedQueryString'],
    ['with any parameter twice', `${IDENTITY}&X=1&X=1`, 400, 'MalformedQueryString'],
    ['with a bad escape', 'Action=%zz', 400, 'MalformedQueryString'],
    ['with half a character', 'Action=%c3', 400, 'MalformedQueryString'],
    [
      'with too many parameters',
      Array.from({ length: 2001 }, (_, index) => `p${index}=1`).join('&'),
      400,
      'MalformedQueryString',
    ],
    ['that is JSON', '{"Action":"GetCallerIdentity"}', 400, 'MissingAction'],
    ['larger than a megabyte', `Action=${'x'.repeat(1024 * 1024)}`, 413, 'RequestEntityTooLarge'],
    ['without a signature', IDENTITY, 403, 'MissingAuthenticationToken'],
  ])('%s is refused', async (_what, body, status, code) => {
    const answer = await unsigned(body);
    expect([answer.status, answer.code]).toEqual([status, code]);
  });

  test('with its action in the query string and in the body is refused', async () => {
    expect((await unsigned(IDENTITY, '/?Action=GetCallerIdentity')).code).toBe('MalformedQueryString');
  });

  test('with a token in the query string is refused before anything else', async () => {
    const query = '/?Action=AssumeRoleWithWebIdentity&Version=2011-06-15&WebIdentityToken=abcdef';
    expect((await unsigned('', query)).code).toBe('MalformedQueryString');
    expect((await send(query, { method: 'GET' })).code).toBe('MalformedQueryString');
  });

  test('that arrives in pieces is held to the same size', async () => {
    const pieces = new ReadableStream({
      start(controller) {
        for (let piece = 0; piece < 40; piece += 1) controller.enqueue(new Uint8Array(64 * 1024).fill(120));
        controller.close();
      },
    });
    const answer = await send('/', { method: 'POST', body: pieces, duplex: 'half' } as RequestInit);
    expect([answer.status, answer.code]).toEqual([413, 'RequestEntityTooLarge']);
  });

  test('by an unsigned action is not taken by GET', async () => {
    const answer = await send('/?Action=AssumeRoleWithWebIdentity&Version=2011-06-15', { method: 'GET' });
    expect([answer.status, answer.code]).toEqual([405, 'InvalidAction']);
  });

  test.each(['PUT', 'DELETE', 'PATCH', 'OPTIONS'])('by %s is not taken', async (method) => {
    expect((await send('/', { method })).status).toBe(405);
  });

  test.each(['/x', '/%73ts', '//', '/iam/x', '/STS/', '/sts%2f', '/index.html', '/__proto__'])(
    'at %s finds nothing',
    async (path) => {
      const answer = await scenario.daypass.fetch(path, { method: 'POST', body: IDENTITY });
      expect(answer.status).toBe(404);
    },
  );
});

describe('a signature', () => {
  const code = async (
    options: Options,
    change: (request: Awaited<ReturnType<typeof signed>>) => void = () => {},
  ) => {
    const request = await signed(IDENTITY, options);
    change(request);
    const answer = await post(request);
    expect(answer.text).not.toMatch(/\bat \w+.*\.ts|TypeError|D1_|undefined/);
    return [answer.status, answer.code];
  };
  const at = (seconds: number) => new Date((scenario.daypass.nowSeconds() + seconds) * 1000);
  const MISMATCH = [403, 'SignatureDoesNotMatch'];

  test('of any region and of a clock off by less than five minutes holds', async () => {
    for (const region of ['eu-central-1', 'local', 'US']) expect(await code({ region })).toEqual([200, null]);
    for (const seconds of [-290, 290]) expect(await code({ at: at(seconds) })).toEqual([200, null]);
  });

  test.each([-310, 310, -86_400])('of a clock off by %i seconds is refused', async (seconds) => {
    expect(await code({ at: at(seconds) })).toEqual([400, 'RequestExpired']);
  });

  test.each(['iam', 's3', 'daypass'])('for the service %s is refused', async (service) => {
    expect(await code({ service })).toEqual(MISMATCH);
  });

  test('by a wrong secret, over another body or path, or changed by a digit is refused', async () => {
    expect(
      await code({
        credentials: {
          ...admin,
          secretAccessKey: admin.secretAccessKey.replace(/.$/, (last) => (last === 'x' ? 'y' : 'x')),
        },
      }),
    ).toEqual(MISMATCH);
    expect(
      await code({}, (request) => {
        request.body += '&X=1';
      }),
    ).toEqual(MISMATCH);
    expect(
      await code({}, (request) => {
        request.path = '/sts/';
      }),
    ).toEqual(MISMATCH);
    expect(
      await code({}, (request) => {
        request.headers.authorization = String(request.headers.authorization).replace(/.$/, (digit) =>
          digit === '0' ? '1' : '0',
        );
      }),
    ).toEqual(MISMATCH);
  });

  test('that leaves out an x-amz header, or misses a signed one, is refused', async () => {
    expect(
      await code({}, (request) => {
        request.headers['x-amz-extra'] = '1';
      }),
    ).toEqual(MISMATCH);
    expect(
      await code({ headers: { 'x-amz-extra': '1' } }, (request) => {
        delete request.headers['x-amz-extra'];
      }),
    ).toEqual(MISMATCH);
  });

  test('over a claimed but unread body is refused', async () => {
    for (const claim of ['UNSIGNED-PAYLOAD', 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD']) {
      expect(await code({ headers: { 'x-amz-content-sha256': claim } })).toEqual(MISMATCH);
    }
  });

  test.each([
    'Bearer abc',
    'AWS4-HMAC-SHA256 Credential=x',
    'AWS4-HMAC-SHA512 Credential=AKIAX/20260101/us-east-1/sts/aws4_request, SignedHeaders=host, Signature=00',
    'AWS4-HMAC-SHA256 Credential=a/b/c, SignedHeaders=host, Signature=zz',
  ])('of the form `%s` is incomplete', async (authorization) => {
    expect(
      await code({}, (request) => {
        request.headers.authorization = authorization;
      }),
    ).toEqual([400, 'IncompleteSignature']);
  });

  test('by a key that is not there, or is another kind, is refused the same way', async () => {
    const ids = [
      'AKIAXXXXXXXXXXXXXXXX',
      'ASIAXXXXXXXXXXXXXXXX',
      'AKIA',
      'XXXXXXXXXXXXXXXXXXXX',
      admin.accessKeyId.replace('AKIA', 'ASIA'),
      admin.accessKeyId.toLowerCase(),
    ];
    for (const accessKeyId of ids)
      expect(await code({ credentials: { ...admin, accessKeyId } })).toEqual([403, 'InvalidClientTokenId']);
  });

  test('by a long-term key that brings a session token is refused', async () => {
    expect(await code({ credentials: { ...admin, sessionToken: 'A'.repeat(100) } })).toEqual([
      403,
      'InvalidClientTokenId',
    ]);
  });
});

test('the SDK, which signs nine headers, is understood', async () => {
  const { accountId } = scenario.daypass.bootstrap;
  expect(await scenario.daypass.sts().send(new GetCallerIdentityCommand({}))).toMatchObject({
    Account: accountId,
    Arn: `arn:aws:iam::${accountId}:user/admin`,
    UserId: expect.stringMatching(/^AIDA[A-Z2-7]{17}$/),
  });
});

describe('a presigned GetCallerIdentity', () => {
  async function presign(expiresIn: number, headers: Record<string, string> = {}) {
    const url = new URL(scenario.daypass.url);
    const signer = new SignatureV4({
      credentials: admin,
      service: 'sts',
      region: 'us-east-1',
      sha256: Sha256,
    });
    const { query } = await signer.presign(
      {
        method: 'GET',
        protocol: 'http:',
        hostname: url.hostname,
        port: Number(url.port),
        path: '/',
        query: { Action: 'GetCallerIdentity', Version: '2011-06-15' },
        headers: { host: url.host, ...headers },
      },
      { expiresIn, signingDate: new Date(scenario.daypass.nowSeconds() * 1000) },
    );
    return new URLSearchParams(query as Record<string, string>);
  }
  const get = (query: URLSearchParams, headers: Record<string, string> = {}) =>
    send(`/?${query}`, { method: 'GET', headers });

  test('works until its end, with headers that it signed', async () => {
    expect((await get(await presign(900))).status).toBe(200);
    const bound = await presign(60, { 'x-k8s-aws-id': 'cluster' });
    expect((await get(bound, { 'x-k8s-aws-id': 'cluster' })).status).toBe(200);
    expect((await get(bound)).code).toBe('SignatureDoesNotMatch');
    expect((await get(bound, { 'x-k8s-aws-id': 'other' })).code).toBe('SignatureDoesNotMatch');
  });

  test('is refused for longer than 900 seconds, past its end, changed, or with a parameter twice', async () => {
    expect((await get(await presign(901))).code).toBe('IncompleteSignature');
    const query = await presign(60);
    const changed = new URLSearchParams(query);
    changed.set('Action', 'GetAccessKeyInfo');
    expect((await get(changed)).code).toBe('SignatureDoesNotMatch');
    const doubled = new URLSearchParams(query);
    doubled.append('Action', 'AssumeRole');
    expect((await get(doubled)).code).toBe('MalformedQueryString');
    await scenario.daypass.advance(61);
    expect((await get(query)).code).toBe('RequestExpired');
  });
});
