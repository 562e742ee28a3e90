import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { parseBase64Url, toBase64Url, utf8 } from '../../src/core/bytes.ts';
import {
  importSealKey,
  type SealBinding,
  type SealKey,
  seal,
  sealKeyId,
  unseal,
} from '../../src/core/sealing.ts';

const binding: SealBinding = {
  table: 'access_keys',
  account: '111122223333',
  row: 'AKIA1',
  purpose: 'secret',
};
const nonce = new Uint8Array(12).fill(5);

let key: SealKey;
let other: CryptoKey;
beforeAll(async () => {
  key = { keyId: 'k1', key: await importSealKey(new Uint8Array(32).fill(1)) };
  other = await importSealKey(new Uint8Array(32).fill(2));
});

const bytesOf = (sealed: string): Uint8Array<ArrayBuffer> =>
  parseBase64Url(sealed.slice(sealed.indexOf('.') + 1)) ?? new Uint8Array();

describe('a sealed value', () => {
  test('opens where it was sealed', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 100 }), async (plain) => {
        const bytes = Uint8Array.from(plain);
        expect(await unseal(key.key, binding, await seal(key, binding, bytes, nonce))).toEqual(bytes);
      }),
    );
  });

  test('names its key', async () => {
    expect(sealKeyId(await seal(key, binding, utf8('x'), nonce))).toBe('k1');
    for (const nameless of ['', '.', '.abc', 'abc']) expect(sealKeyId(nameless)).toBeNull();
  });

  test.for<[string, Partial<SealBinding>]>([
    ['table', { table: 'users' }],
    ['account', { account: '999988887777' }],
    ['row', { row: 'AKIA2' }],
    ['purpose', { purpose: 'other' }],
    ['row that borrows from the account', { account: '11112222333', row: '3AKIA1' }],
    ['separator smuggled into a part', { account: '111122223333,5:AKIA1', row: '' }],
  ])('does not open at another %s', async ([, moved]) => {
    const sealed = await seal(key, binding, utf8('secret'), nonce);
    expect(await unseal(key.key, { ...binding, ...moved }, sealed)).toBeNull();
  });

  test.for<[string, string]>([
    ['a,b', 'c'],
    ['a,0:b', 'c'],
    ['a,1:b', 'c'],
  ])('the place %j, %j is not the one whose parts are cut elsewhere', async ([account, row]) => {
    const sealed = await seal(key, { ...binding, account, row }, utf8('secret'), nonce);
    const [head = '', ...tail] = account.split(',');
    for (const rest of [tail.join(','), tail.join(',').slice(2)]) {
      const moved = { ...binding, account: head, row: `${rest},${row}` };
      expect(await unseal(key.key, moved, sealed)).toBeNull();
      expect(await unseal(key.key, { ...moved, row: `${rest},0:${row}` }, sealed)).toBeNull();
    }
  });

  test('does not open with another key', async () => {
    expect(await unseal(other, binding, await seal(key, binding, utf8('secret'), nonce))).toBeNull();
  });

  test('does not open with any one byte changed, or cut', async () => {
    const bytes = bytesOf(await seal(key, binding, utf8('secret'), nonce));
    for (let at = 0; at < bytes.length; at += 1) {
      const bent = bytes.slice();
      bent[at] = (bent[at] ?? 0) ^ 1;
      expect([at, await unseal(key.key, binding, `k1.${toBase64Url(bent)}`)]).toEqual([at, null]);
      expect([at, await unseal(key.key, binding, `k1.${toBase64Url(bytes.slice(0, at))}`)]).toEqual([
        at,
        null,
      ]);
    }
  });

  test('that is no sealed value at all does not open', async () => {
    for (const text of ['', 'k1', 'k1.', '.', 'k1.!!!!', 'k1.AAAA', 'k1.AAAA=']) {
      expect([text, await unseal(key.key, binding, text)]).toEqual([text, null]);
    }
  });

  test('has a key that cannot be exported', () => {
    expect(key.key.extractable).toBe(false);
  });
});
