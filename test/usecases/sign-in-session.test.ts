import { expect, test } from 'vitest';
import { beginSignIn } from '../../src/usecases/sign-in-session.ts';
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
