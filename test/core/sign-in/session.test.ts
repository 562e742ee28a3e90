import { describe, expect, test } from 'vitest';
import { isAlive, limitsUnder } from '../../../src/core/sign-in/session.ts';

const HOUR = 3600;

describe('a sign-in session', () => {
  test.each([
    ['just seen', 0, true],
    ['a moment before it was idle too long', 899, true],
    ['idle too long', 900, false],
    ['at its end, however busy', 1000, false],
  ])('%s', (_, nowSeconds, alive) => {
    const lastSeenAtSeconds = nowSeconds === 1000 ? 999 : 0;
    const session = { lastSeenAtSeconds, expiresAtSeconds: 1000 };
    expect(isAlive(session, nowSeconds, { idleSeconds: 900, maxSeconds: HOUR })).toBe(alive);
  });

  test.each([
    ["the deployment's", null, 4 * HOUR, 4 * HOUR],
    ['15 minutes under PCI', 'PCI', 4 * HOUR, 900],
    ['less under PCI where the deployment has less', 'PCI', 300, 300],
  ] as const)('may be idle as long as is %s', (_, preset, idleSeconds, bound) => {
    const limits = { idleSeconds, maxSeconds: 12 * HOUR };
    expect(limitsUnder(preset, limits)).toEqual({ ...limits, idleSeconds: bound });
  });
});
