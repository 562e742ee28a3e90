/** How much work one asker may make, and that the others are served meanwhile. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { signedFetch } from '../../dev/demo/signed-fetch.ts';
import { identify } from '../../src/doors/http/caller.ts';
import { arrive } from '../../src/doors/http/door.ts';
import type { Deps } from '../../src/usecases/deps.ts';
import { allow, policy, signedForm } from '../doors/aws/iam/support.ts';
import { type Daypass, startDaypass } from '../helpers/daypass.ts';
import { exchange } from '../helpers/exchange.ts';

let daypass: Daypass;
let account: string;

beforeAll(async () => {
  daypass = await startDaypass();
  account = daypass.bootstrap.accountId;
});
afterAll(() => daypass.stop());

test('forty thousand questions under a megabyte of policies are answered page by page', async () => {
  const statement = (number: number) => ({
    ...allow(['s3:Get*', 's3:*Object'], `arn:aws:s3:::*b${number}*/*x*`),
  });
  const form = new URLSearchParams({
    Action: 'SimulateCustomPolicy',
    Version: '2010-05-08',
    MaxItems: '1000',
  });
  for (let number = 1; number <= 40; number += 1) {
    const statements = Array.from({ length: 120 }, (_, at) => statement(number * 1000 + at));
    form.set(`PolicyInputList.member.${number}`, policy(...statements));
  }
  for (let number = 1; number <= 200; number += 1) {
    form.set(`ActionNames.member.${number}`, `s3:Get${number}Object`);
    form.set(`ResourceArns.member.${number}`, `arn:aws:s3:::${'b'.repeat(100)}/${number}`);
  }
  const began = performance.now();
  const answer = await signedForm(daypass, daypass.bootstrap.admin, form);
  const text = await answer.text();
  expect(answer.status).toBe(200);
  expect(text).toContain('<IsTruncated>true</IsTruncated>');
  expect(text.match(/<EvalActionName>/g)?.length).toBeGreaterThan(0);
  expect(performance.now() - began).toBeLessThan(10_000); // all at once took more than ninety seconds
});

test('a trail that cannot be read just now says so, and not which query failed', async () => {
  const read = () =>
    signedFetch(`${daypass.url}/v1/events?actor=somebody`, '', daypass.bootstrap.admin, 'GET');
  expect((await read()).status).toBe(200);
  await daypass.setD1Reachable(false);
  try {
    const answer = await read();
    expect(answer.status).toBe(503);
    expect(await answer.json()).toMatchObject({ error: 'service_unavailable' });
  } finally {
    await daypass.setD1Reachable(true);
  }
  const told = daypass.logs.filter((line) => line.includes('service_unavailable')).join('\n');
  expect(told).not.toMatch(/select|somebody/i);
});

describe('what is looked up in vain counts against the address that asked', () => {
  /** What the trail tells of the refusals of one kind. */
  const toldOf = (eventName: string) =>
    daypass.d1
      .prepare("SELECT body FROM audit_events WHERE event_name = ? AND outcome <> 'success'")
      .bind(eventName)
      .all<{ body: string }>()
      .then(({ results }) => results.map(({ body }) => JSON.parse(body).additionalEventData));

  test('a role that is read ahead for a caller who then is none', async () => {
    const body = new URLSearchParams({
      ...{ Action: 'AssumeRole', Version: '2011-06-15', RoleSessionName: 'guess' },
      RoleArn: `arn:aws:iam::${account}:role/guess`,
    });
    const answer = await daypass.fetch('/', { method: 'POST', body });
    expect(await answer.text()).toContain('<Code>MissingAuthenticationToken</Code>');
    await expect
      .poll(() => toldOf('AssumeRole'), { timeout: 20_000 })
      .toEqual([{ why: 'missing', lookedUpInVain: true }]);
  });

  test('an audience that nobody registered', async () => {
    const wish = { subject_token: 'none', resource: `arn:aws:iam::${account}:role/guess` };
    const answer = await exchange(daypass, { ...wish, audience: 'urn:guess' });
    expect([answer.status, answer.body.error]).toEqual([400, 'invalid_target']);
    await expect.poll(() => toldOf('TokenExchange'), { timeout: 20_000 }).toEqual([{ lookedUpInVain: true }]);
  });

  test('a key that signs for one of the JSON doors, which an exhausted address cannot even ask', async () => {
    const charged: string[] = [];
    let exhausted = false;
    const deps = {
      directory: { accessKey: async () => null, keyring: async () => null },
      lookups: { isExhausted: () => exhausted, charge: (address: string) => charged.push(address) },
    } as unknown as Deps; // all that an unknown key meets
    const nowMilliseconds = Date.now();
    const amzDate = new Date(nowMilliseconds).toISOString().replaceAll(/[-:]|\.\d{3}/g, '');
    const scope = `${amzDate.slice(0, 8)}/us-east-1/daypass/aws4_request`;
    const url = new URL('https://daypass.example.com/access/v1/evaluation');
    const request = new Request(url, {
      method: 'POST',
      headers: {
        ...{ host: url.host, 'x-amz-date': amzDate },
        authorization: `AWS4-HMAC-SHA256 Credential=AKIAQFZVGZ6OIZKW2P4A/${scope}, SignedHeaders=host;x-amz-date, Signature=${'0'.repeat(64)}`,
      },
    });
    const facts = {
      ...{ requestId: 'r', nowMilliseconds, sourceIp: '2001:db8::1', userAgent: null },
      ...{ secureTransport: true, near: null },
    };
    const ask = () => identify(arrive(request, request.url, deps, facts), new Uint8Array(0));
    await expect(ask()).rejects.toMatchObject({ code: 'invalid_client_token_id' });
    expect(charged).toEqual(['2001:db8::1']);
    exhausted = true;
    await expect(ask()).rejects.toMatchObject({ code: 'throttling' });
    expect(charged).toHaveLength(1);
  });
});
