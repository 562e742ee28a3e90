/** The Query door byte for byte: spellings of paths, framings of bodies and places of signatures that no HTTP client would send. */
import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Credentials } from '../../helpers/daypass.ts';
import {
  call,
  errorOf,
  form,
  presigned,
  type RawAnswer,
  type RawRequest,
  send,
  signed,
  tag,
  whoAmI,
} from '../../helpers/raw-http.ts';
import { credentialsFrom, type Scenario, startScenario } from '../../helpers/scenario.ts';

let scenario: Scenario;
let session: Required<Credentials>;
let otherSession: Required<Credentials>;

beforeAll(async () => {
  scenario = await startScenario();
  const { daypass } = scenario;
  const RoleArn = await scenario.makeRole('plain', {
    Principal: { AWS: `arn:aws:iam::${daypass.bootstrap.accountId}:root` },
    Action: 'sts:AssumeRole',
  });
  const assume = async () =>
    credentialsFrom(
      (
        await daypass
          .sts()
          .send(new AssumeRoleCommand({ RoleArn, RoleSessionName: 'bytes', DurationSeconds: 900 }))
      ).Credentials,
    );
  session = await assume();
  otherSession = await assume();
});

afterAll(() => scenario.stop());

const MISMATCH = [403, 'SignatureDoesNotMatch'];
const INVALID_TOKEN = [403, 'InvalidClientTokenId'];
const OK = [200, null];

const brief = (answer: RawAnswer) => [answer.status, tag(answer.text, 'Code')];
const ask = async (request: RawRequest, options?: Parameters<typeof call>[2]) =>
  brief(await call(scenario.daypass, request, options));

const GET: RawRequest = {
  method: 'GET',
  target: '/?Action=GetCallerIdentity&Version=2011-06-15',
  headers: {},
  body: '',
};

test('an error has exactly AWS’s members, and one request id in header and document', async () => {
  const answer = await call(scenario.daypass, form({ Action: 'No<t>&Here', Version: '2011-06-15' }));
  const requestId = answer.headers['x-amzn-requestid'];
  expect(answer.text).toBe(
    '<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type><Code>InvalidAction</Code>' +
      '<Message>could not find operation `No&lt;t&gt;&amp;Here` for version 2011-06-15</Message></Error>' +
      `<RequestId>${requestId}</RequestId></ErrorResponse>`,
  );
  expect(answer.headers).toMatchObject({
    'content-type': 'text/xml',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'x-request-id': requestId,
  });
});

test('what XML cannot carry is replaced in a refusal that repeats it', async () => {
  const answer = await call(
    scenario.daypass,
    form({ Action: 'a\u0000b\u001bc]]>', Version: '2011-06-15', Extra: '1' }),
  );
  expect(errorOf(answer)).toEqual({
    status: 400,
    code: 'InvalidAction',
    type: 'Sender',
    message: expect.stringMatching(/^could not find operation `a\uFFFDb\uFFFDc\]\](>|&gt;)` /),
  });
});

describe('a path', () => {
  test.each(['/', '/?', '/sts/', '/sts', '/iam/', '/iam'])('%s is a door', async (target) => {
    expect(await ask(whoAmI({ target }))).toEqual(OK);
  });

  test.each(['//', '/sts//', '//sts/', '/%2F', '/%2f', '/sts%2F', '/;x', '/\\', '/*'])(
    '%s is no door',
    async (target) => {
      const answer = await call(scenario.daypass, whoAmI({ target }));
      expect([answer.status, answer.text]).toEqual([404, '{"error":"not_found"}']);
      expect(answer.headers['x-amzn-requestid']).toMatch(/^[0-9a-f-]{36}$/);
    },
  );

  test.each([
    ['/%2e', MISMATCH],
    ['/%2E/', MISMATCH],
    ['/sts/%2e%2e/', MISMATCH],
    ['/./', OK],
    ['/x/../', OK],
  ])(
    'spelled %s answers %j to a signature made for /: dots alone are tidied, as SigV4 says',
    async (target, expected) => {
      const { headers, body } = signed(scenario.daypass, whoAmI());
      expect(brief(await send(scenario.daypass, { method: 'POST', target, headers, body }))).toEqual(
        expected,
      );
    },
  );

  test.each(['/sts/', '/iam', '/?x=1'])('%s does not carry a signature made for /', async (target) => {
    const { headers, body } = signed(scenario.daypass, whoAmI());
    expect(brief(await send(scenario.daypass, { method: 'POST', target, headers, body }))).toEqual(MISMATCH);
  });
});

describe('a body', () => {
  test('in chunks is read like one that tells its length', async () => {
    expect(await ask(whoAmI({ chunked: true }))).toEqual(OK);
  });

  test('that only says that it is too large is refused without being read', async () => {
    const request = form({ Action: 'GetCallerIdentity' }, { headers: { 'content-length': '99999999' } });
    expect(brief(await send(scenario.daypass, request))).toEqual([413, 'RequestEntityTooLarge']);
  });

  test.each<[string, boolean]>([
    ['declared', false],
    ['in chunks', true],
  ])('larger than a megabyte, %s, is refused also when it is signed', async (_what, chunked) => {
    const request = form({ Action: 'GetCallerIdentity', X: 'x'.repeat(1024 * 1024) }, { chunked });
    expect(await ask(request)).toEqual([413, 'RequestEntityTooLarge']);
  });

  test.each(['application/json', 'multipart/form-data; boundary=x', 'text/plain', ''])(
    'is a form whatever an unsigned Content-Type `%s` says',
    async (type) => {
      const { headers, ...rest } = signed(scenario.daypass, whoAmI({ headers: {} }));
      const answer = await send(scenario.daypass, { ...rest, headers: { ...headers, 'content-type': type } });
      expect(brief(answer)).toEqual(OK);
    },
  );

  test('of bytes that are not UTF-8 is no form', async () => {
    expect(await ask(whoAmI({ body: Buffer.from([0x41, 0x3d, 0xff, 0xfe]) }))).toEqual([
      400,
      'MalformedQueryString',
    ]);
  });

  test.each([
    'Tags.member.1.Key=a&Tags.member.1.Value=b&Tags.member.3.Key=c&Tags.member.3.Value=d',
    'Tags.member.0.Key=a&Tags.member.0.Value=b',
    'Tags.member.01.Key=a&Tags.member.01.Value=b',
    'Tags.member.x.Key=a&Tags.member.x.Value=b',
    'Tags.member.1=a',
    'Tags=a',
    'TransitiveTagKeys.member.2=a',
  ])('with the list %s is a ValidationError', async (list) => {
    const body = `Action=AssumeRole&Version=2011-06-15&RoleArn=arn:aws:iam::111122223333:role/x&RoleSessionName=xy&${list}`;
    expect(await ask(whoAmI({ body }))).toEqual([400, 'ValidationError']);
  });
});

describe('a signature', () => {
  test('in the header holds for GET, and for parameters in the query of a POST', async () => {
    expect(await ask(GET)).toEqual(OK);
    expect(await ask({ ...GET, method: 'POST' })).toEqual(OK);
    const { headers, ...rest } = signed(scenario.daypass, { ...GET, method: 'POST' });
    const changed = { ...rest, headers, target: GET.target.replace('GetCallerIdentity', 'GetAccessKeyInfo') };
    expect(brief(await send(scenario.daypass, changed))).toEqual(MISMATCH);
  });

  test('of another day than the request’s is refused', async () => {
    expect(await ask(whoAmI(), { scopeDate: '20200101' })).toEqual(MISMATCH);
  });

  test('twice, in header and query, is refused', async () => {
    const { target } = presigned(scenario.daypass, GET);
    expect(await ask({ ...GET, target })).toEqual([400, 'IncompleteSignature']);
  });

  test('over other values of the Host and of the date is refused', async () => {
    const { headers, ...rest } = signed(scenario.daypass, whoAmI());
    for (const bent of [{ host: 'elsewhere.example' }, { 'x-amz-date': '20260101T000000Z' }]) {
      const answer = await send(scenario.daypass, { ...rest, headers: { ...headers, ...bent } });
      expect(answer.status, JSON.stringify(bent)).not.toBe(200);
    }
  });

  test('that leaves the session token unsigned is refused', async () => {
    const { daypass } = scenario;
    const options = { credentials: session, unsigned: ['x-amz-security-token'] };
    expect(await ask(whoAmI(), options)).toEqual(MISMATCH);
    expect(brief(await call(daypass, whoAmI(), { credentials: session }))).toEqual(OK);
  });
});

describe('a presigned request', () => {
  const get = async (options: Parameters<typeof presigned>[2], bend = (target: string) => target) => {
    const request = presigned(scenario.daypass, GET, options);
    return brief(await send(scenario.daypass, { ...request, target: bend(request.target) }));
  };

  test('by temporary keys carries their token in the query', async () => {
    expect(await get({ credentials: session })).toEqual(OK);
    expect(await get({ credentials: { ...session, sessionToken: otherSession.sessionToken } })).toEqual(
      INVALID_TOKEN,
    );
    const { accessKeyId, secretAccessKey } = session;
    expect(await get({ credentials: { accessKeyId, secretAccessKey } })).toEqual(INVALID_TOKEN);
    expect(
      await get({ credentials: { ...scenario.daypass.bootstrap.admin, sessionToken: session.sessionToken } }),
    ).toEqual(INVALID_TOKEN);
  });

  test.each<[string, (target: string) => string, readonly unknown[]]>([
    ['with a token added', (target) => `${target}&X-Amz-Security-Token=x`, INVALID_TOKEN],
    ['with a longer life', (target) => target.replace('X-Amz-Expires=60', 'X-Amz-Expires=900'), MISMATCH],
    ['with another parameter', (target) => `${target}&Extra=1`, MISMATCH],
    [
      'with an X-Amz parameter twice',
      (target) => `${target}&X-Amz-Expires=60`,
      [400, 'MalformedQueryString'],
    ],
    ['with a bad escape', (target) => `${target}&x=%zz`, [400, 'MalformedQueryString']],
    [
      'without its signature',
      (target) => target.replace(/&X-Amz-Signature=.*/, ''),
      [400, 'IncompleteSignature'],
    ],
    ['at another door', (target) => target.replace('/?', '/sts/?'), MISMATCH],
  ])('%s is refused', async (_what, bend, expected) => {
    expect(await get({}, bend)).toEqual(expected);
  });

  test.each([0, -1, 901, 86_400])('that lives for %i seconds is refused', async (expiresSeconds) => {
    expect(await get({ expiresSeconds })).toEqual([400, 'IncompleteSignature']);
  });

  test('with a header that must be signed and is not is refused', async () => {
    const request = presigned(scenario.daypass, GET);
    const headers = { ...request.headers, 'x-amz-extra': '1' };
    expect(brief(await send(scenario.daypass, { ...request, headers }))).toEqual(MISMATCH);
  });
});

test('an SDK whose endpoint has a path posts to /sts/', async () => {
  const { url, bootstrap } = scenario.daypass;
  const sts = new STSClient({
    endpoint: `${url}/sts`,
    region: 'us-east-1',
    credentials: bootstrap.admin,
    maxAttempts: 1,
  });
  expect((await sts.send(new GetCallerIdentityCommand({}))).Account).toBe(bootstrap.accountId);
  sts.destroy();
});

test('what the broker publishes about itself does not follow the Host header', async () => {
  const { daypass } = scenario;
  for (const path of [
    '/.well-known/openid-configuration',
    '/.well-known/oauth-authorization-server',
    '/.well-known/authzen-configuration',
  ]) {
    const headers = { host: 'evil.example', 'x-forwarded-host': 'evil.example' };
    const answer = await send(daypass, { method: 'GET', target: path, headers, body: '' });
    expect(answer.status).toBe(200);
    expect(answer.text).toContain(daypass.url);
    expect(answer.text).not.toContain('evil.example');
  }
});

// Last: it moves the clock past the sessions' end.
test('a presigned request of an expired session is ExpiredToken, its signature being good', async () => {
  await scenario.daypass.advance(901);
  const request = presigned(scenario.daypass, GET, { credentials: session });
  expect(brief(await send(scenario.daypass, request))).toEqual([403, 'ExpiredToken']);
  const forged = presigned(scenario.daypass, GET, {
    credentials: { ...session, secretAccessKey: otherSession.secretAccessKey },
  });
  expect(brief(await send(scenario.daypass, forged))).toEqual(MISMATCH);
});
