import { exportJWK, generateKeyPair, type JWK } from 'jose';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createIssuerKeySource, type IssuerKeySource } from '../../src/platform/jwks.ts';
import { type Deferred, deferred, type FakeClock, fakeClock, settle } from '../helpers/fake-world.ts';

const ISSUER = 'https://accounts.example.com';
const SECOND = 1000;
const HOUR = 3_600_000;

let jwk: JWK;
let clock: FakeClock;
let asked: string[];
let deadlines: AbortSignal[];
let failing: Error | null;
let kid: string;
let gate: Deferred<void> | null;
let deferredWork: Promise<unknown>[];
let logged: unknown[];
let source: IssuerKeySource;

beforeAll(async () => {
  jwk = await exportJWK((await generateKeyPair('ES256', { extractable: true })).publicKey);
});

beforeEach(() => {
  clock = fakeClock();
  asked = [];
  deadlines = [];
  failing = null;
  kid = 'k1';
  gate = null;
  deferredWork = [];
  logged = [];
  source = createIssuerKeySource({
    clock,
    defer: (promise) => deferredWork.push(promise.catch(() => undefined)),
    log: (...line) => logged.push(line),
    http: {
      getJson: async (url, deadline) => {
        asked.push(url);
        deadlines.push(deadline);
        await gate?.promise;
        if (failing !== null) throw failing;
        if (!url.endsWith('/jwks')) {
          const issuer = url.replace(/\/\.well-known\/openid-configuration$/, '');
          return {
            issuer: issuer === ISSUER ? ISSUER : `${issuer}/`,
            jwks_uri: 'https://keys.example.com/jwks',
          };
        }
        return { keys: [{ ...jwk, kid }] };
      },
    },
  });
});

const kidsOf = async (keys: Promise<{ keys: readonly { kid: string | null }[] }>) =>
  (await keys).keys.map((key) => key.kid);
/** Each fetch asks for the discovery document and the keys. */
const fetches = () => asked.length / 2;

describe('the keys of an issuer', () => {
  test('come by discovery', async () => {
    expect(await kidsOf(source.keysOf(ISSUER))).toEqual(['k1']);
    expect(asked).toEqual([`${ISSUER}/.well-known/openid-configuration`, 'https://keys.example.com/jwks']);
  });

  test('of an issuer with a slash are asked for without a double slash', async () => {
    await source.keysOf('https://tenant.example.com/');
    expect(asked[0]).toBe('https://tenant.example.com/.well-known/openid-configuration');
  });

  test('are fetched once by all that come together, and kept alive past their requests', async () => {
    gate = deferred();
    const all = Array.from({ length: 20 }, () => kidsOf(source.keysOf(ISSUER)));
    await settle();
    gate.resolve();
    expect(await Promise.all(all)).toEqual(Array(20).fill(['k1']));
    expect(fetches()).toBe(1);
    expect(deferredWork).toHaveLength(1);
  });

  test('have a deadline over both documents', async () => {
    await source.keysOf(ISSUER);
    expect(deadlines).toHaveLength(2);
    expect(deadlines[0]).toBe(deadlines[1]);
  });

  test('are fresh for an hour', async () => {
    await source.keysOf(ISSUER);
    clock.advance(HOUR - 1);
    await source.keysOf(ISSUER);
    expect(fetches()).toBe(1);
  });

  test('after an hour are given at once and renewed behind the answer', async () => {
    await source.keysOf(ISSUER);
    kid = 'k2';
    clock.advance(HOUR);
    expect(await kidsOf(source.keysOf(ISSUER))).toEqual(['k1']);
    await Promise.all(deferredWork);
    expect(await kidsOf(source.keysOf(ISSUER))).toEqual(['k2']);
    expect(fetches()).toBe(2);
  });

  test('of a silent issuer serve up to six hours, asked for again every five seconds', async () => {
    await source.keysOf(ISSUER);
    failing = new Error('down');
    asked.length = 0;
    clock.advance(HOUR);
    for (const pause of [0, 4 * SECOND, SECOND]) {
      clock.advance(pause);
      expect(await kidsOf(source.keysOf(ISSUER))).toEqual(['k1']);
      await Promise.all(deferredWork);
    }
    expect(asked).toHaveLength(2);
    clock.advance(5 * HOUR - 6 * SECOND);
    expect(await kidsOf(source.keysOf(ISSUER))).toEqual(['k1']);
    await Promise.all(deferredWork);
    clock.advance(SECOND);
    await expect(source.keysOf(ISSUER)).rejects.toThrow('down');
  });

  test('of one issuer say nothing about another', async () => {
    await source.keysOf(ISSUER);
    await source.keysOf('https://other.example.com/');
    expect(fetches()).toBe(2);
  });
});

describe('a failure', () => {
  test('is remembered for five seconds, so that a dead issuer costs nobody its patience', async () => {
    failing = new Error('down');
    await expect(source.keysOf(ISSUER)).rejects.toThrow('down');
    clock.advance(5 * SECOND - 1);
    await expect(source.keysOf(ISSUER)).rejects.toThrow('down');
    expect(asked).toHaveLength(1);
    failing = null;
    clock.advance(1);
    expect(await kidsOf(source.keysOf(ISSUER))).toEqual(['k1']);
  });

  test('reaches all that wait for it, is logged once, and frees its place', async () => {
    gate = deferred();
    failing = new Error('down');
    const all = Array.from({ length: 5 }, () => source.keysOf(ISSUER));
    await settle();
    gate.resolve();
    const settled = await Promise.allSettled(all);
    expect(settled.map(({ status }) => status)).toEqual(Array(5).fill('rejected'));
    expect(logged).toEqual([['warn', 'issuer.keys_not_fetched', { issuer: ISSUER, reason: 'Error: down' }]]);
    failing = null;
    clock.advance(5 * SECOND);
    expect(await kidsOf(source.keysOf(ISSUER))).toEqual(['k1']);
  });

  test('is also a document of another issuer', async () => {
    await expect(source.keysOf('https://no-slash.example.com')).rejects.toMatchObject({
      name: 'KeySetError',
    });
  });
});

describe('an unknown key id', () => {
  test('asks again, and finds a rotated key', async () => {
    await source.keysOf(ISSUER);
    kid = 'k2';
    expect(await kidsOf(source.keysAfterUnknown(ISSUER))).toEqual(['k2']);
    expect(await kidsOf(source.keysOf(ISSUER))).toEqual(['k2']);
  });

  test('asks at most once in 30 seconds', async () => {
    await source.keysOf(ISSUER);
    for (let at = 0; at < 100; at += 1) await source.keysAfterUnknown(ISSUER);
    expect(fetches()).toBe(2);
    clock.advance(30 * SECOND - 1);
    await source.keysAfterUnknown(ISSUER);
    expect(fetches()).toBe(2);
    clock.advance(1);
    await source.keysAfterUnknown(ISSUER);
    expect(fetches()).toBe(3);
  });

  test('of many requests at once is one question', async () => {
    await source.keysOf(ISSUER);
    gate = deferred();
    kid = 'k2';
    const all = Array.from({ length: 20 }, () => kidsOf(source.keysAfterUnknown(ISSUER)));
    await settle();
    gate.resolve();
    expect(new Set((await Promise.all(all)).flat())).toEqual(new Set(['k2']));
    expect(fetches()).toBe(2);
  });

  test('at a silent issuer is a failure, and the held keys still serve', async () => {
    await source.keysOf(ISSUER);
    failing = new Error('down');
    await expect(source.keysAfterUnknown(ISSUER)).rejects.toThrow('down');
    expect(await kidsOf(source.keysOf(ISSUER))).toEqual(['k1']);
  });

  test('of one issuer does not use up the question of another', async () => {
    await source.keysAfterUnknown(ISSUER);
    await source.keysAfterUnknown('https://other.example.com/');
    expect(fetches()).toBe(2);
  });
});
