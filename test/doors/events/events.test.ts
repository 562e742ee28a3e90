/** The audit trail as an administrator reads it. */
import { CreateUserCommand, DeleteUserCommand, ListUsersCommand } from '@aws-sdk/client-iam';
import { AssumeRoleWithWebIdentityCommand, GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { signedFetch } from '../../../dev/demo/signed-fetch.ts';
import type { Credentials } from '../../helpers/daypass.ts';
import { exchange } from '../../helpers/exchange.ts';
import { jsonOf } from '../../helpers/json.ts';
import { credentialsFrom, type Scenario, startScenario } from '../../helpers/scenario.ts';

let scenario: Scenario;
let account: string;
let stranger: Credentials;
/** Everything secret that went through the broker. */
const secrets: string[] = [];

type Event = Readonly<Record<string, unknown>> & {
  readonly eventName: string;
  readonly eventTime: string;
  readonly requestID: string;
  readonly userIdentity: Readonly<Record<string, unknown>>;
};

async function lookUp(
  query = '',
  credentials?: Credentials,
): Promise<{ status: number; events: Event[]; next?: string }> {
  const { daypass } = scenario;
  const answer = await signedFetch(
    `${daypass.url}/v1/events${query}`,
    '',
    credentials ?? daypass.bootstrap.admin,
    'GET',
  );
  const { events = [], next } = (await jsonOf(answer)) as { events?: Event[]; next?: string }; // each test checks its shape
  return { status: answer.status, events, ...(next !== undefined && { next }) };
}

/** Buffered events reach the trail within about a second. */
async function eventually(query: string, count = 1): Promise<Event[]> {
  for (let attempt = 0; attempt < 60; attempt += 1) {
    const { events } = await lookUp(query);
    if (events.length >= count) return events;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`no event for ${query}`);
}

beforeAll(async () => {
  scenario = await startScenario();
  const { daypass } = scenario;
  account = daypass.bootstrap.accountId;
  stranger = await scenario.makeUser('stranger');
  const idToken = await scenario.idToken();
  const assumed = await daypass.sts().send(
    new AssumeRoleWithWebIdentityCommand({
      RoleArn: scenario.roleArn,
      RoleSessionName: 'alice',
      WebIdentityToken: idToken,
    }),
  );
  const session = credentialsFrom(assumed.Credentials);
  await daypass.sts(session).send(new GetCallerIdentityCommand({}));
  const { body } = await exchange(daypass, { subject_token: idToken, resource: scenario.roleArn });
  await daypass
    .iam(stranger)
    .send(new ListUsersCommand({}))
    .catch(() => undefined);
  await daypass.iam().send(new CreateUserCommand({ UserName: 'short-lived' }));
  await daypass.iam().send(new DeleteUserCommand({ UserName: 'short-lived' }));
  await exchange(daypass, { subject_token: 'x.y.z', resource: scenario.roleArn });
  secrets.push(
    daypass.bootstrap.admin.secretAccessKey,
    daypass.bootstrap.root.password,
    stranger.secretAccessKey,
    session.secretAccessKey,
    session.sessionToken,
    idToken,
    idToken.split('.')[2] ?? '',
    String(body.access_token),
  );
});

afterAll(() => scenario.stop());

describe('each class of event', () => {
  test('a change stands in the trail as soon as it is answered', async () => {
    const { events } = await lookUp('?action=CreateUser&limit=1');
    expect(events[0]).toMatchObject({
      eventVersion: '1.11',
      eventSource: 'iam.amazonaws.com',
      eventName: 'CreateUser',
      userIdentity: {
        type: 'IAMUser',
        arn: `arn:aws:iam::${account}:user/admin`,
        accountId: account,
        accessKeyId: scenario.daypass.bootstrap.admin.accessKeyId,
      },
      requestParameters: { userName: 'short-lived', path: '/' },
      responseElements: { arn: `arn:aws:iam::${account}:user/short-lived` },
      readOnly: false,
      recipientAccountId: account,
      sourceIPAddress: '127.0.0.1',
    });
    expect(events[0]?.eventTime).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  });

  test('an issuance tells whom and what, never the credential', async () => {
    const [event] = await eventually('?action=AssumeRoleWithWebIdentity&outcome=success');
    expect(event).toMatchObject({
      userIdentity: { type: 'WebIdentityUser', identityProvider: scenario.providerArn, userName: 'alice' },
      requestParameters: {
        roleArn: scenario.roleArn,
        roleSessionName: 'alice',
        webIdentityToken: '[not kept]',
      },
      responseElements: {
        assumedRole: `arn:aws:sts::${account}:assumed-role/reader/alice`,
        sessionId: expect.stringMatching(/^ses_/),
      },
    });
    const [exchanged] = await eventually('?action=TokenExchange&outcome=success');
    expect(exchanged).toMatchObject({ responseElements: { tokenId: expect.any(String) } });
  });

  test('a signed refusal says why, to the administrator', async () => {
    const [event] = await eventually(`?actor=arn:aws:iam::${account}:user/stranger&outcome=access_denied`);
    expect(event).toMatchObject({
      eventName: 'ListUsers',
      errorCode: 'AccessDenied',
      additionalEventData: { action: 'iam:ListUsers', effect: 'ImplicitDeny', layer: 'identity' },
    });
    expect((await lookUp('?outcome=AccessDenied')).events[0]?.eventName).toBe('ListUsers');
  });

  test('an anonymous refusal and a read are noted', async () => {
    const [refused] = await eventually('?outcome=invalid_identity_token');
    expect(refused).toMatchObject({
      eventName: 'TokenExchange',
      userIdentity: { type: 'Anonymous' },
      errorCode: 'InvalidIdentityToken',
    });
    const [read] = await eventually(
      `?action=GetCallerIdentity&actor=arn:aws:sts::${account}:assumed-role/reader/alice`,
    );
    expect(read).toMatchObject({
      readOnly: true,
      userIdentity: { type: 'AssumedRole', sessionId: expect.stringMatching(/^ses_/) },
    });
  });
});

test('no secret stands in any event, in any log line, or in the database but sealed', async () => {
  await eventually('?outcome=invalid_identity_token');
  const rows = await scenario.daypass.d1.prepare('SELECT * FROM audit_events').all();
  const tables = [
    'access_keys',
    'keys',
    'accounts',
    'users',
    'roles',
    'oidc_providers',
    'change_log',
    'one_time_values',
  ];
  const dumps = await Promise.all(
    tables.map(async (name) => (await scenario.daypass.d1.prepare(`SELECT * FROM ${name}`).all()).results),
  );
  const everything = JSON.stringify([rows.results, dumps, scenario.daypass.logs]);
  expect(everything).toContain('short-lived');
  for (const secret of secrets) {
    expect(secret.length).toBeGreaterThan(20);
    expect(everything.includes(secret)).toBe(false);
  }
});

describe('a search', () => {
  test('finds by time, newest first, page by page without gap or double', async () => {
    const all = (await lookUp('?limit=200')).events;
    const times = all.map((event) => event.eventTime);
    expect(times).toEqual([...times].sort().reverse());
    const paged: Event[] = [];
    let next: string | undefined;
    do {
      const page = await lookUp(
        `?limit=3&to=${all[0]?.eventTime}${next === undefined ? '' : `&next=${next}`}`,
      );
      paged.push(...page.events);
      next = page.next;
    } while (next !== undefined);
    const ids = (events: readonly Event[]) => events.map((event) => event.eventID);
    expect(new Set(ids(paged)).size).toBe(paged.length);
    expect(ids(paged)).toEqual(expect.arrayContaining(ids(all.slice(-5))));
    expect((await lookUp(`?from=${all[0]?.eventTime}&action=SetUp`)).events).toEqual([]);
    expect((await lookUp(`?to=2020-01-01`)).events).toEqual([]);
  });

  test('finds what one request did, by the id that its answer gave', async () => {
    const answer = await scenario.daypass.iam().send(new CreateUserCommand({ UserName: 'traced' }));
    const { events } = await lookUp(`?request_id=${answer.$metadata.requestId}`);
    expect(events.map((event) => event.eventName)).toEqual(['CreateUser']);
  });

  test.each([
    '?limit=0',
    '?limit=201',
    '?limit=x',
    '?from=yesterday',
    '?from=2026-02-30',
    '?next=x',
    '?unknown=1',
    '?limit=1&limit=2',
  ])('%s is refused', async (query) => {
    expect((await lookUp(query)).status).toBe(400);
  });

  test('is for who has daypass:LookupEvents', async () => {
    expect((await lookUp('', stranger)).status).toBe(403);
    expect((await scenario.daypass.fetch('/v1/events')).status).toBe(401);
    expect((await scenario.daypass.fetch('/v1/events', { method: 'DELETE' })).status).toBe(405);
    const auditor = await scenario.makeUser('auditor', {
      Effect: 'Allow',
      Action: 'daypass:LookupEvents',
      Resource: '*',
    });
    expect((await lookUp('', auditor)).status).toBe(200);
  });
});
