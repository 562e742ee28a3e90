/** Whom to tell when a browser's session ends: due in the batch that ends it, and told by one. */
import { beforeEach, expect, test } from 'vitest';
import type { SignInClients } from '../../src/core/repositories/sign-in-clients.ts';
import type { SignInSessions } from '../../src/core/repositories/sign-in-sessions.ts';
import { ownerOf, type SignInIdentity } from '../../src/core/sign-in/identity.ts';
import { runBatch } from '../../src/store/database.ts';
import { createSignInClients, noteClient } from '../../src/store/sign-in-clients.ts';
import { createSignInSessions } from '../../src/store/sign-in-sessions.ts';
import { ACCOUNT, event, type IamWorld, iamWorld } from './iam-world.ts';

const OTHER = '999988887777';
const anna = (accountId: string): SignInIdentity => ({
  ...{ type: 'user', accountId, userId: 'AIDAANNA', userName: 'anna' },
});

let world: IamWorld;
let sessions: SignInSessions;
let clients: SignInClients;
beforeEach(async () => {
  world = await iamWorld();
  sessions = createSignInSessions(world.db, world.writer);
  clients = createSignInClients(world.db);
  for (const accountId of [ACCOUNT, OTHER]) {
    for (const sessionId of ['sis_1', 'sis_2']) {
      const times = { authAtSeconds: 100, createdAtSeconds: 100, lastSeenAtSeconds: 100, mfaAtSeconds: null };
      const from = { sourceIp: null, userAgent: null, amr: ['pwd'], identity: anna(accountId) };
      const session = { sessionId, ...times, ...from, expiresAtSeconds: 1000 };
      await sessions.begin(session, `hash-${sessionId}`, event);
      const client = {
        accountId,
        sessionId,
        clientId: 'app',
        subject: 'AIDAANNA',
        sessionExpiresAtSeconds: 1000,
      };
      await runBatch(world.db, [noteClient(world.db, client), noteClient(world.db, client)]);
    }
  }
});

const due = async (nowSeconds = 200) =>
  (await clients.due(nowSeconds, 10)).map(({ accountId, sessionId }) => `${accountId} ${sessionId}`).sort();

test('nobody is due while the sessions live', async () => {
  expect(await due()).toEqual([]);
});

test('the clients of the session that ended are due, and of no other account', async () => {
  await sessions.end(ACCOUNT, ownerOf(anna(ACCOUNT)), 'sis_1', event);
  expect(await due()).toEqual([`${ACCOUNT} sis_1`]);
  await sessions.endAll(OTHER, ownerOf(anna(OTHER)), event);
  expect(await due()).toEqual([`${ACCOUNT} sis_1`, `${OTHER} sis_1`, `${OTHER} sis_2`]);
});

test('an end that does not happen makes nobody due', async () => {
  const nobody = { type: 'user', id: 'AIDABOB' } as const;
  await expect(sessions.end(ACCOUNT, nobody, 'sis_1', event)).rejects.toThrow('ended already');
  expect(await due()).toEqual([]);
});

test('of 20 at once one tells; the next attempt waits for its time', async () => {
  await sessions.end(ACCOUNT, ownerOf(anna(ACCOUNT)), 'sis_1', event);
  const [client] = await clients.due(200, 10);
  if (client === undefined) throw new Error('nobody is due');
  const claims = await Promise.all(Array.from({ length: 20 }, () => clients.claim(client, 200, 260)));
  expect(claims.filter(Boolean)).toHaveLength(1);
  expect([await due(259), await due(260)]).toEqual([[], [`${ACCOUNT} sis_1`]]);
  expect(await clients.due(260, 10)).toMatchObject([{ attempts: 1, endedAtSeconds: 200 }]);
  await clients.forget(client);
  expect(await due(260)).toEqual([]);
});

test('sessions that grew old are forgotten with their clients; who is due stays', async () => {
  await sessions.end(ACCOUNT, ownerOf(anna(ACCOUNT)), 'sis_1', event);
  await sessions.sweep(1001);
  expect(await due(2000)).toEqual([`${ACCOUNT} sis_1`]);
  const { results } = await world.d1.db.prepare('SELECT session_id FROM sign_in_clients').all();
  expect(results).toEqual([{ session_id: 'sis_1' }]);
});
