/** Keys change under load and nobody notices; a key that is retired in an emergency takes everything with it. */
import { AssumeRoleWithWebIdentityCommand, GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import {
  createLocalJWKSet,
  createRemoteJWKSet,
  type JSONWebKeySet,
  type JWTVerifyGetKey,
  jwtVerify,
} from 'jose';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Credentials } from '../helpers/daypass.ts';
import { daypassQuery } from '../helpers/daypass-query.ts';
import { exchange } from '../helpers/exchange.ts';
import { credentialsFrom, type Scenario, startScenario } from '../helpers/scenario.ts';

const DAY = 86_400;
/** Less than the hour that an access token lives, so that each is checked across each change of keys. */
const STEP_SECONDS = 3000;

let scenario: Scenario;
let longRole: string;
beforeAll(async () => {
  scenario = await startScenario({ vars: { DAYPASS_KEY_ROTATION_DAYS: '2' } });
  longRole = await scenario.makeRole('long', {}, { maxSeconds: 43_200 });
});
afterAll(() => scenario.stop());

const now = () => scenario.daypass.nowSeconds();

/** A verifier that holds our key set for a while and asks nobody meanwhile, whatever it meets. */
function holdingKeysFor(seconds: number): JWTVerifyGetKey {
  let held: { readonly keys: JWTVerifyGetKey; readonly atSeconds: number } | null = null;
  return async (...args) => {
    if (held === null || now() - held.atSeconds >= seconds) {
      const answer = await scenario.daypass.fetch('/.well-known/jwks.json');
      const keys = createLocalJWKSet((await answer.json()) as JSONWebKeySet);
      held = { keys, atSeconds: now() };
    }
    return held.keys(...args);
  };
}

async function signIn(): Promise<Credentials> {
  const sts = scenario.daypass.sts({ accessKeyId: 'none', secretAccessKey: 'none' });
  const { Credentials: made } = await sts.send(
    new AssumeRoleWithWebIdentityCommand({
      RoleArn: longRole,
      RoleSessionName: 'alice',
      WebIdentityToken: await scenario.idToken(),
      DurationSeconds: 43_200,
    }),
  );
  return credentialsFrom(made);
}

async function takeJwt(): Promise<string> {
  const parameters = { subject_token: await scenario.idToken(), resource: scenario.roleArn };
  const { status, body } = await exchange(scenario.daypass, parameters);
  expect(status).toBe(200);
  return String(body.access_token);
}

const isBelievedHere = async (id: string): Promise<boolean> => {
  const answer = await scenario.daypass.fetch('/access/v1/evaluation', {
    method: 'POST',
    body: JSON.stringify({
      subject: { type: 'access_token', id },
      action: { name: 's3:GetObject' },
      resource: { type: 'arn', id: 'arn:aws:s3:::reports/1' },
    }),
  });
  return ((await answer.json()) as { decision: boolean }).decision;
};

const verifyBy = (jwt: string, keys: JWTVerifyGetKey) =>
  jwtVerify(jwt, keys, { issuer: scenario.daypass.url, currentDate: new Date(now() * 1000) });

const whoAmI = (credentials: Credentials) =>
  scenario.daypass.sts(credentials).send(new GetCallerIdentityCommand({}));

interface Key {
  readonly id: string;
  /** Its algorithm; `trail` for the one that signs no tokens. */
  readonly kind: string;
  readonly state: string;
}

async function listKeys(): Promise<readonly Key[]> {
  const { all } = await daypassQuery(scenario.daypass, 'ListKeys');
  const [purposes, algorithms, states] = [all('Purpose'), all('Algorithm'), all('State')];
  const kindAt = (at: number) => (purposes[at] === 'trail' ? 'trail' : (algorithms[at] ?? ''));
  return all('KeyId').map((id, at) => ({ id, kind: kindAt(at), state: states[at] ?? '' }));
}

async function activeKey(kind: string): Promise<string> {
  const found = (await listKeys()).find((key) => key.kind === kind && key.state === 'active');
  return found?.id ?? '';
}

test('through two rotations every credential is accepted for as long as it lives, by verifiers that ask us and by those that do not', async () => {
  const verifiers = [
    createRemoteJWKSet(new URL(`${scenario.daypass.url}/.well-known/jwks.json`), {
      cacheMaxAge: Number.POSITIVE_INFINITY,
      cooldownDuration: 0,
    }),
    holdingKeysFor(300), // what our cache-control admits
    holdingKeysFor(DAY - STEP_SECONDS), // nearly as long as keys are published before they sign
  ];
  const first = await listKeys();
  const startedAt = now();
  const signedBy = new Set<string>();
  let sessions: readonly { readonly credentials: Credentials; readonly untilSeconds: number }[] = [];
  let jwts: readonly string[] = [];
  while (now() < startedAt + 4.5 * DAY) {
    await scenario.daypass.advance(STEP_SECONDS);
    // The trigger fires twice at once, and credentials are made meanwhile.
    const [credentials, before, , , after] = await Promise.all([
      signIn(),
      takeJwt(),
      scenario.daypass.scheduled(),
      scenario.daypass.scheduled(),
      takeJwt(),
    ]);
    sessions = [...sessions, { credentials, untilSeconds: now() + 43_000 }].filter(
      ({ untilSeconds }) => untilSeconds > now(),
    );
    const fresh = [before, after];
    for (const jwt of [...jwts, ...fresh]) {
      for (const keys of verifiers) {
        const { protectedHeader } = await verifyBy(jwt, keys);
        signedBy.add(String(protectedHeader.kid));
      }
      expect(await isBelievedHere(jwt)).toBe(true);
    }
    const identities = await Promise.all(sessions.map((session) => whoAmI(session.credentials)));
    for (const { Arn } of identities) expect(Arn).toMatch(/assumed-role\/long\/alice$/);
    jwts = fresh;
  }
  expect(signedBy.size).toBe(3);
  const last = await listKeys();
  for (const { kind, id } of first) {
    const same = last.filter((key) => key.kind === kind);
    expect(same.filter(({ state }) => state === 'active')).toHaveLength(1);
    // Storage and trail keys stay, for what they made has no end; the others are deleted once nothing of theirs lives.
    expect(same.some((key) => key.id === id)).toBe(['A256GCM', 'trail'].includes(kind));
  }
  const jwks = (await (await scenario.daypass.fetch('/.well-known/jwks.json')).json()) as JSONWebKeySet;
  const published = last.filter(({ kind }) => /^(ES|RS)/.test(kind)).map(({ id }) => id);
  expect(jwks.keys.map(({ kid }) => kid).sort()).toEqual([...published].sort());
  const { results } = await scenario.daypass.d1
    .prepare(
      "SELECT event_name AS name, count(*) AS n FROM audit_events WHERE event_name LIKE '%Key' GROUP BY 1",
    )
    .all<{ name: string; n: number }>();
  const counts = Object.fromEntries(results.map(({ name, n }) => [name, n]));
  // Six kinds, twice; two of them stay, and so do the keys that retired less than 36 hours ago.
  expect(counts).toEqual({ CreateKey: 12, ActivateKey: 12, DeleteKey: 4 });
}, 400_000);

test('an emergency ends all that the keys made, everywhere within the freshness bound', async () => {
  const [credentials, jwt] = [await signIn(), await takeJwt()];
  const keys = holdingKeysFor(0);
  await verifyBy(jwt, keys);
  await whoAmI(credentials);
  const [signing, sealing] = [await activeKey('ES256'), await activeKey('HKDF-SHA256')];
  const answers = await Promise.all(
    [signing, sealing].map((KeyId) => daypassQuery(scenario.daypass, 'RetireKey', { KeyId })),
  );
  expect(answers.map(({ status }) => status)).toEqual([200, 200]);
  expect(answers[0]?.all('ReplacementKeyId')).toEqual([await activeKey('ES256')]);

  await expect(verifyBy(jwt, keys)).rejects.toMatchObject({ code: 'ERR_JWKS_NO_MATCHING_KEY' });
  expect(await isBelievedHere(jwt)).toBe(false);
  await expect(whoAmI(credentials)).rejects.toMatchObject({ name: 'InvalidClientTokenId' });
  // Whoever comes again is served at once, by the new keys.
  await verifyBy(await takeJwt(), keys);
  await whoAmI(await signIn());

  const again = await daypassQuery(scenario.daypass, 'RetireKey', { KeyId: signing });
  expect([again.status, again.code]).toEqual([404, 'NoSuchEntity']);
  await scenario.daypass.scheduled();
  expect((await listKeys()).some(({ id }) => id === signing || id === sealing)).toBe(false);
});

test('a key that is asked for by rotation waits a day before it works', async () => {
  const before = await listKeys();
  const { all } = await daypassQuery(scenario.daypass, 'RotateKeys');
  const waiting = (keys: readonly Key[]) => keys.filter(({ state }) => state === 'pending');
  expect(all('Step')).toEqual(Array.from({ length: 6 - waiting(before).length }, () => 'create'));
  expect(waiting(await listKeys())).toHaveLength(6);
  expect((await daypassQuery(scenario.daypass, 'RotateKeys')).all('Step')).toEqual([]);
  await scenario.daypass.advance(DAY);
  expect((await daypassQuery(scenario.daypass, 'RotateKeys')).all('Step')).toEqual(
    Array.from({ length: 6 }, () => 'activate'),
  );
});

test('only who may touch the keys does', async () => {
  const { accountId } = scenario.daypass.bootstrap;
  const KeyId = await activeKey('ES384');
  const nobody = await scenario.makeUser('nobody', { Effect: 'Allow', Action: 'iam:*', Resource: '*' });
  for (const [action, parameters] of [['ListKeys'], ['RotateKeys'], ['RetireKey', { KeyId }]] as const) {
    const answer = await daypassQuery(scenario.daypass, action, parameters, nobody);
    expect([answer.status, answer.code]).toEqual([403, 'AccessDenied']);
  }
  const keeper = await scenario.makeUser('keeper', {
    Effect: 'Allow',
    Action: 'daypass:RetireKey',
    Resource: `arn:aws:daypass::${accountId}:key/${KeyId}`,
  });
  const other = await daypassQuery(
    scenario.daypass,
    'RetireKey',
    { KeyId: await activeKey('RS256') },
    keeper,
  );
  expect(other.code).toBe('AccessDenied');
  expect((await daypassQuery(scenario.daypass, 'RetireKey', { KeyId }, keeper)).status).toBe(200);
  for (const bad of ['', 'x', KeyId.toUpperCase(), `${KeyId}0`, '__proto__', `${'0'.repeat(15)}g`]) {
    const answer = await daypassQuery(scenario.daypass, 'RetireKey', { KeyId: bad });
    expect([answer.status, answer.code]).toEqual([400, 'ValidationError']);
  }
  const unknown = await daypassQuery(scenario.daypass, 'RetireKey', { KeyId: '0'.repeat(16) });
  expect(unknown.code).toBe('NoSuchEntity');
});

test('a storage key is not retired by somebody who does not know what dies with it', async () => {
  const KeyId = await activeKey('A256GCM');
  const careless = await daypassQuery(scenario.daypass, 'RetireKey', { KeyId });
  expect([careless.status, careless.code]).toEqual([400, 'InvalidParameterCombination']);
  // Keys that the active storage key sealed end with it; what an earlier one sealed does not.
  const user = await scenario.makeUser('sealed');
  await whoAmI(user);
  const meant = await daypassQuery(scenario.daypass, 'RetireKey', { KeyId, DestroyStoredSecrets: 'true' });
  expect(meant.status).toBe(200);
  await expect(whoAmI(user)).rejects.toMatchObject({ name: 'InvalidClientTokenId' });
  await whoAmI(scenario.daypass.bootstrap.admin);
  await whoAmI(await scenario.makeUser('sealed-anew'));
});
