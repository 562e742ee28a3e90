/** Limits by address, asked as a deployment is that has addresses: on a local port everybody has the same one. */
import { beforeEach, expect, test } from 'vitest';
import type { Guesser } from '../../src/core/repositories/device-authorizations.ts';
import type { SignInSession } from '../../src/core/sign-in/session.ts';
import { findWaitingDevice } from '../../src/usecases/approve-device.ts';
import { beginDeviceAuthorization } from '../../src/usecases/begin-device-authorization.ts';
import type { Deps } from '../../src/usecases/deps.ts';
import { ACCOUNT, fakeDeps, requestFacts } from '../helpers/fake-deps.ts';
import { START_SECONDS } from '../helpers/fake-world.ts';

const client = { accountId: ACCOUNT, clientId: 'dpc' };
const notAsked = () => Promise.reject(new Error('not asked'));

let counts: Map<string, number>;
let begun: number;
let deps: Deps;
beforeEach(() => {
  counts = new Map();
  begun = 0;
  deps = {
    ...fakeDeps({}),
    deviceAuthorizations: {
      ...{ findByDeviceCode: notAsked, notePoll: notAsked, decide: notAsked },
      ...{ redeem: notAsked, sweep: notAsked },
      begin: async () => {
        begun += 1;
      },
      findWaiting: async () => null,
      countGuess: async (_account: string, { name, limit }: Guesser) => {
        const count = (counts.get(name) ?? 0) + 1;
        counts.set(name, count);
        return count <= limit;
      },
    },
  };
});

const begin = (sourceIp: string | null) =>
  beginDeviceAuthorization(
    client,
    { scope: [], audience: null, authorizationDetails: null },
    requestFacts({ sourceIp }),
    deps,
  );

test('addresses of one IPv6 network begin fifty device authorizations together; other networks go on', async () => {
  for (let at = 0; at < 50; at += 1) await begin(`2001:db8:1:2::${at.toString(16)}`);
  await expect(begin('2001:db8:1:2:9:9:9:9')).rejects.toMatchObject({ code: 'throttling' });
  expect(begun).toBe(50);
  await begin('2001:db8:1:3::1');
  expect(begun).toBe(51);
});

test('an IPv4 address, and one that is not known, are counted by those that wait alone', async () => {
  for (let at = 0; at < 60; at += 1) await begin(at % 2 === 0 ? '192.0.2.1' : null);
  expect([begun, counts.size]).toEqual([60, 0]);
});

test('codes that many people type from one IPv6 network count together', async () => {
  const typed = (userId: string, sourceIp: string) => {
    const signIn: SignInSession = {
      ...{ sessionId: 'sis_1', amr: ['pwd'], authAtSeconds: START_SECONDS, mfaAtSeconds: null },
      identity: { type: 'user', accountId: ACCOUNT, userId, userName: userId },
      ...{ createdAtSeconds: START_SECONDS, lastSeenAtSeconds: START_SECONDS },
      ...{ expiresAtSeconds: START_SECONDS + 900, sourceIp, userAgent: null },
    };
    return findWaitingDevice(signIn, 'BCDF-GHJK', requestFacts({ sourceIp }), deps);
  };
  for (let at = 0; at < 60; at += 1) await typed(`AIDA${at}`, `2001:db8:1:2::${at.toString(16)}`);
  await expect(typed('AIDA60', '2001:db8:1:2::abcd')).rejects.toMatchObject({ code: 'throttling' });
  expect(await typed('AIDA61', '2001:db8:1:3::1')).toBeNull();
});
