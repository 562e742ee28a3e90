import { expect, test } from 'vitest';
import { beginSignIn, readSignIn } from '../../src/usecases/sign-in-session.ts';
import { ACCOUNT, fakeDeps, requestFacts } from '../helpers/fake-deps.ts';
import { START_SECONDS } from '../helpers/fake-world.ts';

test.each([
  ['when the provider says', -100, -100],
  ['now, where the provider names a moment to come', 3600, 0],
])('a person was seen %s', async (_, said, kept) => {
  const signInSessions = { begin: async () => undefined } as never; // only this is called
  const deps = { ...fakeDeps({}), signInSessions };
  const { session } = await beginSignIn(
    { type: 'root', accountId: ACCOUNT, email: 'root@example.com' },
    { amr: [], mfa: false, authAtSeconds: START_SECONDS + said },
    requestFacts(),
    deps,
  );
  expect(session.authAtSeconds).toBe(START_SECONDS + kept);
});

test.each([
  [null, true],
  ['PCI', false],
] as const)(
  'a browser that is idle for 20 minutes, in an account with the preset %s',
  async (preset, alive) => {
    const fakes = fakeDeps({});
    const found = {
      preset,
      session: {
        ...{ sessionId: 'sis_1', amr: ['pwd'], authAtSeconds: START_SECONDS - 1200, mfaAtSeconds: null },
        identity: { type: 'root', accountId: ACCOUNT, email: 'root@example.com' } as const,
        ...{ createdAtSeconds: START_SECONDS - 1200, lastSeenAtSeconds: START_SECONDS - 1200 },
        ...{ expiresAtSeconds: START_SECONDS + 3600, sourceIp: null, userAgent: null },
      },
    };
    const deps = {
      ...fakes,
      settings: { ...fakes.settings, signIn: { idleSeconds: 3600, maxSeconds: 43_200 } },
      signInSessions: { find: async () => found, touch: async () => undefined } as never, // only these are called
    };
    const cookie = `${ACCOUNT}.${'A'.repeat(43)}`;
    expect(await readSignIn(cookie, requestFacts(), deps)).toEqual(alive ? found.session : null);
  },
);
