import { expect, test } from 'vitest';
import { systemRandom } from '../../src/platform/random.ts';

test('gives as many bytes as asked for, each time others, in memory of their own', () => {
  const seen = new Set<string>();
  for (const count of [8, 9, 12, 16, 17, 32, 64]) {
    for (let time = 0; time < 500; time += 1) {
      const bytes = systemRandom.bytes(count);
      expect([bytes.length, bytes.buffer.byteLength, bytes.byteOffset]).toEqual([count, count, 0]);
      seen.add(bytes.join());
    }
  }
  expect(seen.size).toBe(7 * 500);
});

test('what one caller does to its bytes is nothing to the next', () => {
  const before = systemRandom.bytes(16);
  const kept = before.join();
  systemRandom.bytes(16).fill(0);
  expect(before.join()).toBe(kept);
});

test('no byte value is left out, and none is favoured', () => {
  const counts = new Array<number>(256).fill(0);
  const drawn = 4096;
  for (let time = 0; time < drawn; time += 1)
    for (const byte of systemRandom.bytes(16)) counts[byte] = (counts[byte] ?? 0) + 1;
  const expected = (drawn * 16) / 256; // 256 each; the standard deviation is 16
  expect(Math.min(...counts)).toBeGreaterThan(expected - 7 * 16);
  expect(Math.max(...counts)).toBeLessThan(expected + 7 * 16);
});
