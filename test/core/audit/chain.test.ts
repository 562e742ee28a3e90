import { SignJWT } from 'jose';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  type ChainedEvent,
  type Checkpoint,
  chainHead,
  readStatement,
  signCheckpoint,
} from '../../../src/core/audit/chain.ts';
import type { Keyring, SigningKey } from '../../../src/core/keyring/keyring.ts';
import { START_SECONDS } from '../../helpers/fake-world.ts';
import { testKeyring } from '../../helpers/keys.ts';

const event = (over: Partial<ChainedEvent> = {}): ChainedEvent => ({
  accountId: '111122223333',
  eventId: 'a',
  atMilliseconds: 1,
  eventSource: 'iam.amazonaws.com',
  eventName: 'CreateUser',
  outcome: 'success',
  principalArn: null,
  requestId: 'r',
  shard: null,
  shardSequence: null,
  body: '{}',
  ...over,
});

describe('the head', () => {
  test('is the same for the same events', async () => {
    expect(await chainHead('', 1, [event()])).toBe(await chainHead('', 1, [event()]));
  });

  test('depends on each column, on the order, on the place and on all that came before', async () => {
    const two = [event(), event({ eventId: 'b' })];
    const heads = await Promise.all([
      chainHead('', 1, two),
      chainHead('', 1, two.toReversed()),
      chainHead('', 2, two),
      chainHead('before', 1, two),
      chainHead('', 1, two.slice(1)),
      ...Object.entries(event()).map(([column, value]) =>
        chainHead('', 1, [event({ [column]: typeof value === 'number' ? value + 1 : 'x' }), ...two.slice(1)]),
      ),
    ]);
    expect(new Set(heads).size).toBe(heads.length);
  });
});

describe('a statement', () => {
  const checkpoint: Checkpoint = { number: 7, firstPosition: 3, lastPosition: 9, previous: 'p', head: 'h' };
  let keyring: Keyring;
  let key: SigningKey;
  beforeAll(async () => {
    keyring = await testKeyring();
    if (keyring.trailSigning === null) throw new Error('no trail key');
    key = keyring.trailSigning;
  });
  const sign = (typ: string, claims: object, signer = key) =>
    new SignJWT({ ...claims })
      .setProtectedHeader({ alg: signer.algorithm, typ, kid: signer.kid })
      .sign(signer.privateKey);
  const read = (statement: string) => readStatement(statement, keyring.trailVerification);

  test('is read as it was signed', async () => {
    const statement = await signCheckpoint(key, 'https://daypass.example.com', checkpoint, START_SECONDS);
    expect(await read(statement)).toEqual(checkpoint);
  });

  test('is believed from the trail key alone, and as a statement alone', async () => {
    const tokenKey = keyring.signing.get('ES256');
    const other = (await testKeyring(2)).trailSigning;
    if (tokenKey === undefined || other === null) throw new Error('no key');
    for (const statement of [
      await sign('daypass-trail+jwt', checkpoint, tokenKey),
      await sign('daypass-trail+jwt', checkpoint, other),
      await sign('daypass-trail+jwt', checkpoint, { ...other, kid: key.kid }),
      await sign('at+jwt', checkpoint),
      await sign('daypass-trail+jwt', { ...checkpoint, number: '7' }),
      await sign('daypass-trail+jwt', { ...checkpoint, head: undefined }),
      '',
      'a.b.c',
    ]) {
      expect(await read(statement)).toBeNull();
    }
  });
});
