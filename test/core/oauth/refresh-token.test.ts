import { describe, expect, test } from 'vitest';
import { toBase64Url } from '../../../src/core/bytes.ts';
import {
  decideRefresh,
  openSuccessor,
  parseRefreshToken,
  type RefreshState,
  refreshEnd,
  refreshTokenOf,
  sealSuccessor,
} from '../../../src/core/oauth/refresh-token.ts';
import { fakeRandom } from '../../helpers/fake-world.ts';

const ACCOUNT = '111122223333';
const random = fakeRandom(3);
const HANDLE = toBase64Url(random.bytes(16));
const tokenOf = () => refreshTokenOf(ACCOUNT, HANDLE, random.bytes(32));

describe('a refresh token', () => {
  test('names its account and its family', () => {
    const text = tokenOf();
    expect(parseRefreshToken(text)).toEqual({ accountId: ACCOUNT, handle: HANDLE, text });
  });

  test.for([
    '',
    'dpr_',
    HANDLE,
    `dpr_${ACCOUNT}.${HANDLE}`,
    `dpr_${ACCOUNT}.${HANDLE}.short`,
    `dpr_11112222333.${HANDLE}.${'A'.repeat(43)}`,
    `dpr_${ACCOUNT}.${HANDLE}.${'A'.repeat(44)}`,
    ` dpr_${ACCOUNT}.${HANDLE}.${'A'.repeat(43)}`,
    `dpr_${ACCOUNT}.${HANDLE}.${'A'.repeat(43)}\n`,
    `DPR_${ACCOUNT}.${HANDLE}.${'A'.repeat(43)}`,
    `dpr_${ACCOUNT}.__proto__.${'A'.repeat(43)}`,
  ])('is not `%s`', (text) => {
    expect(parseRefreshToken(text)).toBeNull();
  });
});

describe('what one is worth', () => {
  const state: RefreshState = {
    tokenHash: 'newest',
    previousHash: 'before',
    rotatedAtSeconds: 1000,
    expiresAtSeconds: 9000,
    endsAtSeconds: 5000,
  };
  test.for([
    ['newest', 1000, 'current'],
    ['newest', 4999, 'current'],
    ['newest', 5000, 'expired'],
    ['before', 1000, 'repeat'],
    ['before', 1009, 'repeat'],
    ['before', 1010, 'replayed'],
    ['before', 5000, 'expired'],
    ['older', 1000, 'replayed'],
    ['', 1000, 'replayed'],
  ] as const)('%s at %i: %s', ([hash, nowSeconds, answer]) => {
    expect(decideRefresh(state, hash, nowSeconds)).toBe(answer);
  });

  test('before its first use there is none before it', () => {
    expect(decideRefresh({ ...state, previousHash: null }, 'before', 1000)).toBe('replayed');
  });

  test('a use makes it live on, but never past its end', () => {
    const limits = { maxSeconds: 100, idleSeconds: 10 };
    expect([refreshEnd(50, limits, 20), refreshEnd(50, limits, 45)]).toEqual([30, 50]);
  });
});

describe('the successor of a token', () => {
  test('is given to whoever shows that token again, and to nobody else', async () => {
    const [token, successor, other] = [tokenOf(), tokenOf(), tokenOf()];
    const sealed = await sealSuccessor(token, successor);
    expect(sealed).not.toContain(successor);
    expect(await openSuccessor(token, sealed)).toBe(successor);
    for (const wrong of [other, successor, '', `${token} `])
      expect(await openSuccessor(wrong, sealed)).toBeNull();
  });

  test('does not open changed', async () => {
    const token = tokenOf();
    const sealed = await sealSuccessor(token, tokenOf());
    for (const wrong of ['', 'A', sealed.slice(1), `${sealed}A`, sealed.replace(/^./, '_'), 'ö'])
      expect(await openSuccessor(token, wrong)).toBeNull();
  });
});
