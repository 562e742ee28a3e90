/** What of a user is gone once the user is, and what keeps the user before. */
import { beforeEach, describe, expect, test } from 'vitest';
import type { Users } from '../../src/core/repositories/users.ts';
import { passkeySerial } from '../../src/core/sign-in/passkey.ts';
import { createAuthenticationFailures } from '../../src/store/authentication-failures.ts';
import { createLoginProfiles } from '../../src/store/login-profiles.ts';
import { createPasskeys } from '../../src/store/passkeys.ts';
import { createRecoveryCodes } from '../../src/store/recovery-codes.ts';
import { counters } from '../../src/store/schema/accounts.ts';
import { authenticationFailures, mfaDevices } from '../../src/store/schema/mfa-devices.ts';
import { passwordHistory } from '../../src/store/schema/passwords.ts';
import { recoveryCodes, signInSessions, webauthnCredentials } from '../../src/store/schema/sign-in.ts';
import { createSignInSessions } from '../../src/store/sign-in-sessions.ts';
import { createUsers } from '../../src/store/users.ts';
import { fakeRandom } from '../helpers/fake-world.ts';
import { ACCOUNT, event, type IamWorld, iamWorld } from './iam-world.ts';

let world: IamWorld;
let users: Users;
const ids = new Map<string, string>();

beforeEach(async () => {
  world = await iamWorld();
  users = createUsers(world.db, world.writer, fakeRandom());
  for (const name of ['anna', 'ben']) {
    const { userId } = await users.create(ACCOUNT, { name, path: '/', tags: [], boundaryArn: null }, event);
    ids.set(name, userId);
    await liveAs(name, userId);
  }
});

/** A password that was changed and deleted, wrong tries, a passkey, recovery codes and a browser. */
async function liveAs(userName: string, userId: string): Promise<void> {
  const { db, writer } = world;
  const profiles = createLoginProfiles(db, writer);
  const owner = { type: 'user', userId, userName } as const;
  const signedIn = { type: 'user', id: userId } as const;
  await profiles.create(ACCOUNT, userName, { passwordHash: 'first', resetRequired: false }, event);
  await profiles.remove(ACCOUNT, userName, event);
  await createAuthenticationFailures(db).begin(ACCOUNT, owner, 'password', 1);
  await createRecoveryCodes(db, writer).replace(ACCOUNT, signedIn, ['hash'], event);
  await createPasskeys(db, writer).add(
    ACCOUNT,
    {
      credentialId: `key-of-${userName}`,
      serialNumber: passkeySerial(ACCOUNT, signedIn, userName, 'KEY'),
      owner: signedIn,
      ...{ name: 'key', publicKey: 'k', counter: 0, transports: [], aaguid: 'a', backedUp: false },
      ...{ createdAtSeconds: 1, lastUsedAtSeconds: null },
    },
    event,
  );
  const identity = { type: 'user', accountId: ACCOUNT, userId, userName } as const;
  await createSignInSessions(db, writer).begin(
    {
      ...{ sessionId: `sis_${userName}`, identity, amr: ['pwd'], authAtSeconds: 1, mfaAtSeconds: null },
      ...{ createdAtSeconds: 1, lastSeenAtSeconds: 1, expiresAtSeconds: 9, sourceIp: null, userAgent: null },
    },
    `cookie-of-${userName}`,
    event,
  );
}

const rows = async () => {
  const { db } = world;
  const [history, failures, codes, keys, browsers] = await Promise.all([
    db.select({ id: passwordHistory.ownerId }).from(passwordHistory),
    db.select({ id: authenticationFailures.subject }).from(authenticationFailures),
    db.select({ id: recoveryCodes.ownerId }).from(recoveryCodes),
    db.select({ id: webauthnCredentials.ownerId }).from(webauthnCredentials),
    db.select({ id: signInSessions.ownerId }).from(signInSessions),
  ]);
  return [history, failures, codes, keys, browsers].map((found) =>
    found.map(({ id }) => id.replace('user:', '')),
  );
};

describe('a user', () => {
  test('with a security key is not deleted, and loses nothing', async () => {
    await expect(users.remove(ACCOUNT, 'anna', event)).rejects.toMatchObject({
      code: 'delete_conflict',
      message: 'Cannot delete entity, must delete MFA device first.',
    });
    for (const found of await rows()) expect(found.toSorted()).toEqual([...ids.values()].toSorted());
    expect((await world.db.select().from(counters))[0]?.value).toBe(2);
  });

  test('that is gone has left nothing, and others have lost nothing', async () => {
    await world.db.delete(mfaDevices);
    await users.remove(ACCOUNT, 'anna', event);
    for (const found of await rows()) expect(found).toEqual([ids.get('ben')]);
  });
});
