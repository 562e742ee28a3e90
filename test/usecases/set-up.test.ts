import { describe, expect, test } from 'vitest';
import { accountOfAccessKeyId } from '../../src/core/ids.ts';
import type { SetupPlan } from '../../src/core/repositories/setup.ts';
import { requireAudience } from '../../src/usecases/audience.ts';
import type { Deps } from '../../src/usecases/deps.ts';
import { asFault } from '../../src/usecases/record.ts';
import { setUp } from '../../src/usecases/set-up.ts';
import { sweep } from '../../src/usecases/sweep.ts';
import { ACCOUNT, DAYPASS_ISSUER, fakeDeps, requestFacts } from '../helpers/fake-deps.ts';
import { START_SECONDS } from '../helpers/fake-world.ts';

function recording() {
  const plans: SetupPlan[] = [];
  const sweeps: number[] = [];
  const setup = {
    setUp: async (plan: SetupPlan) => void plans.push(plan),
    isReady: async () => true,
    sweep: async (nowSeconds: number) => void sweeps.push(nowSeconds),
  };
  return { plans, sweeps, setup };
}

describe('setting up', () => {
  test('answers what bootstrap.json holds, and the plan holds the same', async () => {
    const { plans, setup } = recording();
    const answer = await setUp(
      { email: 'root@example.com', accountAlias: 'acme' },
      requestFacts(),
      fakeDeps({}, { setup }),
    );
    expect(answer).toEqual({
      endpoint: DAYPASS_ISSUER,
      accountId: expect.stringMatching(/^[1-9][0-9]{11}$/),
      root: { email: 'root@example.com', password: expect.stringMatching(/^[\w-]{32}$/) },
      admin: {
        userName: 'admin',
        accessKeyId: expect.stringMatching(/^AKIA[A-Z2-7]{16}$/),
        secretAccessKey: expect.stringMatching(/^[A-Za-z0-9+/]{40}$/),
      },
    });
    expect(accountOfAccessKeyId(answer.admin.accessKeyId)).toBe(answer.accountId);
    expect(plans).toMatchObject([
      {
        accountId: answer.accountId,
        accountAlias: 'acme',
        rootPassword: answer.root.password,
        adminSecret: answer.admin.secretAccessKey,
        nowSeconds: START_SECONDS,
      },
    ]);
  });

  test('its event holds no secret', async () => {
    const { plans, setup } = recording();
    const answer = await setUp(
      { email: 'root@example.com', accountAlias: null },
      requestFacts(),
      fakeDeps({}, { setup }),
    );
    const written = JSON.stringify(plans[0]?.event);
    expect(written).toContain(answer.admin.accessKeyId);
    expect(written).not.toContain(answer.admin.secretAccessKey);
    expect(written).not.toContain(answer.root.password);
  });

  test('is refused once there is an account', async () => {
    const { plans, setup } = recording();
    const deps = fakeDeps({ setUpAccount: ACCOUNT }, { setup });
    const again = setUp({ email: 'root@example.com', accountAlias: null }, requestFacts(), deps);
    await expect(again).rejects.toMatchObject({ code: 'already_set_up' });
    expect(plans).toEqual([]);
  });
});

describe('the cron trigger', () => {
  test('sweeps a broker that is set up, by its own clock, and leaves a fresh one alone', async () => {
    const { sweeps, setup } = recording();
    const { sweep: note } = setup;
    // Only their sweeping is asked for.
    const parts = {
      setup,
      enrolmentCodes: { sweep: note },
      signInSessions: { sweep: note },
      revocations: { sweep: note },
      deviceAuthorizations: { sweep: note },
      authorizationCodes: { sweep: note },
      consents: { sweep: note },
      pushedRequests: { sweep: note },
      refreshFamilies: { sweep: note },
      sessions: { sweep: note },
      accessDetails: { sweep: note },
      credentialReports: { advance: (_account: string, nowSeconds: number) => note(nowSeconds) },
    } as unknown as Partial<Deps>;
    await sweep(fakeDeps({}, parts));
    expect(sweeps).toEqual([]);
    await sweep(fakeDeps({ setUpAccount: ACCOUNT }, parts));
    expect(sweeps).toEqual(Array(Object.keys(parts).length).fill(START_SECONDS));
  });
});

describe('the audience of an access token', () => {
  const signIn = { idleSeconds: 900, maxSeconds: 43_200 };
  const settings = (mode: 'local' | 'production') => ({
    mode,
    issuer: DAYPASS_ISSUER,
    mtlsOrigin: null,
    setupToken: null,
    recoveryToken: null,
    keyRotationSeconds: 2_592_000,
    signIn,
  });
  const deps = fakeDeps({ audiences: ['https://api.example.com'] });
  const localDeps = fakeDeps({}, { settings: settings('local') });

  test('is the issuer where none is asked for, or a registered one', async () => {
    expect(await requireAudience(null, ACCOUNT, deps)).toBe(DAYPASS_ISSUER);
    expect(await requireAudience(DAYPASS_ISSUER, ACCOUNT, deps)).toBe(DAYPASS_ISSUER);
    expect(await requireAudience('https://api.example.com', ACCOUNT, deps)).toBe('https://api.example.com');
  });

  test('is any https address in local mode', async () => {
    expect(await requireAudience('https://anything.example', ACCOUNT, localDeps)).toBe(
      'https://anything.example',
    );
    for (const other of ['http://anything.example', 'app', 'javascript:x', '']) {
      await expect(requireAudience(other, ACCOUNT, localDeps)).rejects.toMatchObject({
        code: 'invalid_target',
      });
    }
  });

  test.for([
    '',
    'https://other.example.com',
    'https://api.example.com/',
    'HTTPS://API.EXAMPLE.COM',
    'x'.repeat(1001),
    `${DAYPASS_ISSUER}/`,
  ])('is never %s', async (audience) => {
    await expect(requireAudience(audience, ACCOUNT, deps)).rejects.toMatchObject({ code: 'invalid_target' });
  });
});

test('what nobody foresaw is an internal failure that tells nothing', () => {
  const fault = asFault(new TypeError('cannot read secret things'));
  expect([fault.code, fault.message]).toEqual(['internal_failure', 'internal failure']);
  for (const odd of [null, undefined, 'text', 5, {}]) expect(asFault(odd).code).toBe('internal_failure');
});
