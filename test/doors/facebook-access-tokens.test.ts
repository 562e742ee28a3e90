/** Facebook's classic user access tokens: only the Graph says whose they are, and for which app. */
import { createServer } from 'node:http';
import { CreateOpenIDConnectProviderCommand, CreateRoleCommand } from '@aws-sdk/client-iam';
import { AssumeRoleWithWebIdentityCommand } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { listen } from '../../dev/loopback.ts';
import { type Graph, makeGraph } from '../../dev/peers/facebook/graph.ts';
import { type Daypass, startDaypass } from '../helpers/daypass.ts';
import { daypassQuery } from '../helpers/daypass-query.ts';
import { actOut, type ProviderFault } from '../helpers/oidc-provider.ts';
import { policy } from '../helpers/scenario.ts';

const OURS = { id: '4711', secret: 'our-app-secret-1' };
const SECOND = { id: '4712', secret: 'our-app-secret-2' };
const STRANGERS = { id: '666', secret: 'their-app-secret' };
const SECRETS = [OURS, SECOND, STRANGERS].map(({ secret }) => secret);

let daypass: Daypass;
let providerArn: string;
let roleArn: string;
let graph: Graph;
/** How the Graph fails from now on; null for not at all. */
let fault: ProviderFault | null = null;
/** What `me` answers instead of the person's id. */
let meSays: string | null = null;
let asked: string[] = [];
const server = createServer((request, response) => {
  asked.push(request.url ?? '');
  const next = () => graph.serve(request, response);
  if (fault !== null) actOut(fault, response, next);
  else if (meSays !== null && request.url?.startsWith('/me')) response.end(JSON.stringify({ id: meSays }));
  else next();
});

beforeAll(async () => {
  graph = makeGraph([OURS, SECOND, STRANGERS]);
  const port = await listen(server, 0);
  daypass = await startDaypass({ vars: { DAYPASS_FACEBOOK_GRAPH_URL: `http://127.0.0.1:${port}/` } });
  const iam = daypass.iam();
  const made = await iam.send(
    new CreateOpenIDConnectProviderCommand({
      Url: 'https://graph.facebook.com',
      ClientIDList: ['4711', '4712'],
    }),
  );
  providerArn = made.OpenIDConnectProviderArn ?? '';
  const role = await iam.send(
    new CreateRoleCommand({
      RoleName: 'reader',
      AssumeRolePolicyDocument: policy({
        Effect: 'Allow',
        Principal: { Federated: 'graph.facebook.com' },
        Action: 'sts:AssumeRoleWithWebIdentity',
        Condition: {
          StringEquals: { 'graph.facebook.com:app_id': ['4711', '4712'], 'graph.facebook.com:id': '10' },
        },
      }),
    }),
  );
  roleArn = role.Role?.Arn ?? '';
  for (const app of [OURS, SECOND]) await keepSecret(app.id, app.secret);
});
beforeEach(() => {
  fault = null;
  meSays = null;
  asked = [];
});
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await daypass.stop();
});

const keepSecret = (ClientId: string, ClientSecret: string) =>
  daypassQuery(daypass, 'PutProviderClientSecret', {
    OpenIDConnectProviderArn: providerArn,
    ClientId,
    ClientSecret,
  });

const assume = (WebIdentityToken: string, ProviderId = 'graph.facebook.com') =>
  daypass.sts().send(
    new AssumeRoleWithWebIdentityCommand({
      RoleArn: roleArn,
      RoleSessionName: 'someone',
      WebIdentityToken,
      ProviderId,
    }),
  );
const outcome = (...call: Parameters<typeof assume>): Promise<string> =>
  assume(...call).then(
    () => 'accepted',
    (error: Error) => error.name,
  );

describe('a user access token', () => {
  test.for([OURS, SECOND])('of our app $id begins a session', async ({ id: appId }) => {
    const answer = await assume(graph.issue({ appId, userId: '10' }));
    expect(answer).toMatchObject({
      Provider: 'graph.facebook.com',
      SubjectFromWebIdentityToken: '10',
      Audience: appId,
    });
  });

  test('that does not expire is accepted', async () => {
    expect(await outcome(graph.issue({ appId: '4711', userId: '10', expiresAt: 0 }))).toBe('accepted');
  });

  test('of another person is for the trust policy to judge', async () => {
    expect(await outcome(graph.issue({ appId: '4711', userId: '11' }))).toBe('AccessDenied');
  });

  test.for<[string, () => string]>([
    ['of a stranger’s app', () => graph.issue({ appId: '666', userId: '10' })],
    ['that has expired', () => graph.issue({ appId: '4711', userId: '10', expiresAt: 1 })],
    ['of a page', () => graph.issue({ appId: '4711', userId: '10', type: 'PAGE' })],
    ['that nobody issued', () => 'EAAnobody'],
    [
      'that the person has ended',
      () => {
        const token = graph.issue({ appId: '4711', userId: '10' });
        graph.end(token);
        return token;
      },
    ],
  ])('%s is refused', async ([, token]) => {
    expect(await outcome(token())).toBe('InvalidIdentityTokenException');
  });

  test('whose person `me` does not confirm is refused', async () => {
    const token = graph.issue({ appId: '4711', userId: '10' });
    meSays = '11';
    expect(await outcome(token)).toBe('InvalidIdentityTokenException');
    meSays = '10';
    expect(await outcome(token)).toBe('accepted');
  });

  test.for(['4711|our-app-secret-1', 'aaaa.bbbb.cccc', 'token with spaces', 'tok\nen'])(
    'is not %j, and the Graph is not asked',
    async (token) => {
      expect(await outcome(token)).toBe('InvalidIdentityTokenException');
      expect(asked).toEqual([]);
    },
  );

  test.for(['www.amazon.com', 'accounts.google.com', 'api.x.com', 'GRAPH.facebook.com', '__proto__'])(
    'of %s proves nothing here, and the refusal says so',
    async (providerId) => {
      const refused = assume(graph.issue({ appId: '4711', userId: '10' }), providerId);
      await expect(refused).rejects.toMatchObject({
        name: 'ValidationError',
        message: `access tokens of \`${providerId}\` are not accepted; for an ID token leave ProviderId out`,
      });
    },
  );
});

describe('a Graph that fails', () => {
  test.each<ProviderFault>(['down', 'hang', 'slow', 'error', 'garbage', 'redirect', 'huge'])(
    '%s is IDPCommunicationError within three seconds, and it recovers',
    async (kind) => {
      const token = graph.issue({ appId: '4711', userId: '10' });
      fault = kind;
      const startedAt = performance.now();
      expect(await outcome(token)).toBe('IDPCommunicationErrorException');
      expect(performance.now() - startedAt).toBeLessThan(3500);
      fault = null;
      expect(await outcome(token)).toBe('accepted');
    },
  );
});

describe('the secret of an app', () => {
  test('goes in and never comes out, of the API, the trail, the database or the log', async () => {
    const listed = await daypassQuery(daypass, 'ListProviderClientSecrets', {
      OpenIDConnectProviderArn: providerArn,
    });
    expect(listed.all('ClientId')).toEqual(['4711', '4712']);
    const token = graph.issue({ appId: '4711', userId: '10' });
    await outcome(token);
    await outcome(graph.issue({ appId: '666', userId: '10' }));
    const rows = await daypass.d1.prepare('select * from provider_clients').all();
    const trail = await daypass.fetch('/v1/events').then((answer) => answer.text());
    const events = await daypass.d1.prepare('select * from audit_events').all();
    const everything = JSON.stringify([listed, rows, trail, events, daypass.logs]);
    expect(rows.results).toHaveLength(2);
    for (const secret of [...SECRETS, token]) expect(everything).not.toContain(secret);
  });

  test('is for a client id that the provider is registered with', async () => {
    const refused = await keepSecret('666', 'their-app-secret');
    expect([refused.status, refused.code]).toEqual([404, 'NoSuchEntity']);
  });

  test('that is wrong, or gone, lets nobody in; put again it counts at once', async () => {
    const token = graph.issue({ appId: '4711', userId: '10' });
    await keepSecret('4711', 'not-the-secret');
    expect(await outcome(token)).toBe('InvalidIdentityTokenException');
    for (const ClientId of ['4711', '4712']) {
      await daypassQuery(daypass, 'DeleteProviderClientSecret', {
        OpenIDConnectProviderArn: providerArn,
        ClientId,
      });
    }
    asked = [];
    expect(await outcome(token)).toBe('InvalidIdentityTokenException');
    expect(asked).toEqual([]);
    for (const app of [OURS, SECOND]) await keepSecret(app.id, app.secret);
    expect(await outcome(token)).toBe('accepted');
  });
});
