import { describe, expect, test } from 'vitest';
import { sessionExpiry } from '../../../src/core/credentials/limits.ts';

const NOW = 1_000_000;
const asked = (over: Partial<Parameters<typeof sessionExpiry>[0]>) =>
  sessionExpiry({
    nowSeconds: NOW,
    requestedSeconds: null,
    roleMaxSeconds: 3600,
    chained: false,
    notAfterSeconds: null,
    ...over,
  });

describe('how long a role session lasts', () => {
  test.for([
    ['an hour where nothing is asked', {}, 3600],
    ['an hour also where the role allows more', { roleMaxSeconds: 43_200 }, 3600],
    ['as asked, up to what the role allows', { requestedSeconds: 43_200, roleMaxSeconds: 43_200 }, 43_200],
    ['as short as asked', { requestedSeconds: 900 }, 900],
    ['an hour in a chain', { requestedSeconds: 3600, chained: true, roleMaxSeconds: 43_200 }, 3600],
    ['no longer than the login it came from', { notAfterSeconds: NOW + 1000 }, 1000],
    ['as asked where the login lasts longer', { requestedSeconds: 900, notAfterSeconds: NOW + 1000 }, 900],
  ] as const)('%s', ([, over, seconds]) => {
    expect(asked(over)).toEqual({ ok: true, value: NOW + seconds });
  });

  test.for([
    ['exceeds_role', { requestedSeconds: 3601 }, 3600],
    ['exceeds_role', { requestedSeconds: 43_201, roleMaxSeconds: 43_200 }, 43_200],
    ['exceeds_chain', { requestedSeconds: 3601, chained: true, roleMaxSeconds: 43_200 }, 3600],
    ['exceeds_chain', { requestedSeconds: 3601, chained: true }, 3600],
  ] as const)('%s: asking for more is an error, never a shorter session', ([why, over, limitSeconds]) => {
    expect(asked(over)).toEqual({ ok: false, failure: { why, limitSeconds } });
  });
});
