import { describe, expect, test } from 'vitest';
import { type KeyKind, REQUIRED_KEYS } from '../../../src/core/keyring/keyring.ts';
import {
  FIRST_PUBLISHED_SECONDS,
  KEPT_SECONDS,
  PUBLISHED_SECONDS,
  planRotation,
  type RotationRules,
  type StoredKey,
} from '../../../src/core/keyring/rotation.ts';
import { START_SECONDS } from '../../helpers/fake-world.ts';

const PERIOD = 30 * 86_400;
const rules = (over: Partial<RotationRules> = {}): RotationRules => ({
  periodSeconds: PERIOD,
  kekId: 'kek-1',
  nowSeconds: START_SECONDS,
  ...over,
});

const stored = (kind: KeyKind, over: Partial<StoredKey> = {}): StoredKey => ({
  ...kind,
  keyId: `${kind.algorithm}-${over.state ?? 'active'}`,
  state: 'active',
  kekId: 'kek-1',
  createdAtSeconds: START_SECONDS,
  activatedAtSeconds: over.state === 'pending' ? null : START_SECONDS,
  retiredAtSeconds: null,
  forgottenAtSeconds: null,
  ...over,
});
const fresh = REQUIRED_KEYS.map((kind) => stored(kind));
const ES256: KeyKind = { purpose: 'jwt', algorithm: 'ES256' };
/** All kinds, with one of them in another state. */
const withKind = (kind: KeyKind, ...keys: readonly StoredKey[]): readonly StoredKey[] => [
  ...fresh.filter(({ purpose, algorithm }) => purpose !== kind.purpose || algorithm !== kind.algorithm),
  ...keys,
];

describe('a key in its time', () => {
  test('is left alone while it is young', () => {
    expect(planRotation(fresh, rules())).toEqual([]);
    const nowSeconds = START_SECONDS + PERIOD - PUBLISHED_SECONDS - 1;
    expect(planRotation(fresh, rules({ nowSeconds }))).toEqual([]);
  });

  test('gets a successor a day before its time is over, whatever its kind', () => {
    const nowSeconds = START_SECONDS + PERIOD - PUBLISHED_SECONDS;
    expect(planRotation(fresh, rules({ nowSeconds }))).toEqual(
      REQUIRED_KEYS.map((kind) => ({ step: 'create', kind })),
    );
  });

  test.for(REQUIRED_KEYS)(
    'of $purpose $algorithm gives way once its successor is known for a day',
    (kind) => {
      const pending = stored(kind, { state: 'pending' });
      const keys = withKind(kind, stored(kind), pending);
      const early = START_SECONDS + PUBLISHED_SECONDS - 1;
      expect(planRotation(keys, rules({ nowSeconds: early }))).toEqual([]);
      expect(planRotation(keys, rules({ nowSeconds: early + 1 }))).toEqual([
        {
          step: 'activate',
          key: pending,
          replaces: stored(kind),
          forgottenAtSeconds:
            kind.purpose === 'storage' || kind.purpose === 'trail' ? null : early + 1 + KEPT_SECONDS,
        },
      ]);
    },
  );

  test('that is overdue is still followed by one that is published first', () => {
    const nowSeconds = START_SECONDS + 10 * PERIOD;
    expect(planRotation(fresh, rules({ nowSeconds })).map(({ step }) => step)).toEqual(
      REQUIRED_KEYS.map(() => 'create'),
    );
  });

  test('is removed once it is forgotten, and not a second before', () => {
    const old = stored(ES256, { state: 'retired', keyId: 'old', forgottenAtSeconds: START_SECONDS + 5 });
    const keys = [...fresh, old];
    expect(planRotation(keys, rules({ nowSeconds: START_SECONDS + 4 }))).toEqual([]);
    expect(planRotation(keys, rules({ nowSeconds: START_SECONDS + 5 }))).toEqual([
      { step: 'remove', key: old },
    ]);
  });

  test('that retired without an end stays', () => {
    const old = stored({ purpose: 'storage', algorithm: 'A256GCM' }, { state: 'retired', keyId: 'old' });
    expect(planRotation([...fresh, old], rules({ nowSeconds: START_SECONDS + PERIOD / 2 }))).toEqual([]);
  });

  test('that was forgotten while it was active is not remembered by giving way', () => {
    const gone = stored(ES256, { forgottenAtSeconds: START_SECONDS - 1 });
    const keys = withKind(ES256, gone, stored(ES256, { state: 'pending', createdAtSeconds: 0 }));
    expect(planRotation(keys, rules())).toMatchObject([{ forgottenAtSeconds: START_SECONDS - 1 }]);
  });
});

describe('a kind without an active key', () => {
  test('gets one', () => {
    expect(planRotation([], rules())).toEqual(REQUIRED_KEYS.map((kind) => ({ step: 'create', kind })));
    expect(planRotation(withKind(ES256), rules())).toEqual([{ step: 'create', kind: ES256 }]);
  });

  test('publishes it for ten minutes where verifiers outside must learn of it', () => {
    const keys = withKind(ES256, stored(ES256, { state: 'pending' }));
    const early = START_SECONDS + FIRST_PUBLISHED_SECONDS - 1;
    expect(planRotation(keys, rules({ nowSeconds: early }))).toEqual([]);
    expect(planRotation(keys, rules({ nowSeconds: early + 1 }))).toMatchObject([
      { step: 'activate', replaces: null, forgottenAtSeconds: null },
    ]);
  });

  test('uses a symmetric one at once', () => {
    const kind: KeyKind = { purpose: 'session-token', algorithm: 'HKDF-SHA256' };
    const keys = withKind(kind, stored(kind, { state: 'pending' }));
    expect(planRotation(keys, rules())).toMatchObject([{ step: 'activate', replaces: null }]);
  });
});

describe('asked to rotate now', () => {
  test('each kind gets a successor, and a second time nothing more', () => {
    const now = rules({ periodSeconds: 0 });
    expect(planRotation(fresh, now)).toHaveLength(REQUIRED_KEYS.length);
    const pending = REQUIRED_KEYS.map((kind) => stored(kind, { state: 'pending' }));
    expect(planRotation([...fresh, ...pending], now)).toEqual([]);
  });
});

test('keys of an earlier key-encryption key are wrapped anew, but not what is forgotten', () => {
  const gone = stored(ES256, { keyId: 'gone', state: 'retired', forgottenAtSeconds: START_SECONDS });
  const steps = planRotation([...fresh, gone], rules({ kekId: 'kek-2' }));
  expect(steps).toEqual([...fresh.map((key) => ({ step: 'rewrap', key })), { step: 'remove', key: gone }]);
});
