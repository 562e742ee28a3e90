import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { parseBase64Url, parseHex, toBase64Url } from '../../../src/core/bytes.ts';
import { importDerivationKey } from '../../../src/core/credentials/derive.ts';
import type { Session } from '../../../src/core/credentials/session.ts';
import {
  openSessionToken,
  parseTokenHeader,
  sealSessionToken,
} from '../../../src/core/credentials/session-token.ts';
import { accessKeyId } from '../../../src/core/ids.ts';
import { incompressible } from '../../helpers/fake-world.ts';
import { anySession, roleSession } from '../../helpers/sessions.ts';

const KEY_ID = '0011223344556677';
const CREDENTIAL_ID = new Uint8Array(32).fill(3);
const ACCESS_KEY_ID = accessKeyId('ASIA', '111122223333', new Uint8Array(5).fill(9));
const OTHER_ACCESS_KEY_ID = accessKeyId('ASIA', '111122223333', new Uint8Array(5).fill(8));

let base: CryptoKey;
let otherBase: CryptoKey;
beforeAll(async () => {
  base = await importDerivationKey(new Uint8Array(32).fill(1));
  otherBase = await importDerivationKey(new Uint8Array(32).fill(2));
});

const sealing = (session: Session, minimumTokenBytes = 0) =>
  sealSessionToken({
    session,
    accessKeyId: ACCESS_KEY_ID,
    credentialId: CREDENTIAL_ID,
    keyIdBytes: parseHex(KEY_ID) ?? new Uint8Array(),
    base,
    minimumTokenBytes,
  });

async function seal(session: Session): Promise<string> {
  const sealed = await sealing(session);
  if (!sealed.ok) throw new Error(`too large: ${sealed.failure.bytes}`);
  return sealed.value;
}

async function open(token: string, accessKey = ACCESS_KEY_ID, key = base) {
  const header = parseTokenHeader(token);
  return header === null ? 'no header' : openSessionToken(header, accessKey, key);
}

const NOT_AUTHENTIC = { ok: false, failure: 'not_authentic' };

describe('a session token', () => {
  test('opens to the session that was sealed', async () => {
    await fc.assert(
      fc.asyncProperty(anySession, async (session) => {
        expect(await open(await seal(session))).toEqual({ ok: true, value: session });
      }),
    );
  });

  test('says in the clear which key opens it, and nothing about the session', async () => {
    const token = await seal(roleSession({ sourceIdentity: 'a-very-visible-name' }));
    expect(parseTokenHeader(token)).toMatchObject({
      keyId: KEY_ID,
      credentialId: CREDENTIAL_ID,
      accessKeyId: ACCESS_KEY_ID,
    });
    const bytes = parseBase64Url(token) ?? new Uint8Array();
    expect(new TextDecoder('latin1').decode(bytes)).not.toContain('a-very-visible-name');
  });

  test.for([roleSession(), roleSession({ policies: { inline: 'x'.repeat(2000), arns: [] } })])(
    'is refused with any one byte changed (session %#: plain and deflated)',
    async (session) => {
      const bytes = parseBase64Url(await seal(session)) ?? new Uint8Array();
      for (let at = 0; at < bytes.length; at += 1) {
        const bent = bytes.slice();
        bent[at] = (bent[at] ?? 0) ^ (1 << (at % 8));
        const opened = await open(toBase64Url(bent));
        expect([at, opened]).toEqual([at, at === 0 ? 'no header' : NOT_AUTHENTIC]);
      }
    },
  );

  test('is refused when cut at any length, or longer', async () => {
    const bytes = parseBase64Url(await seal(roleSession())) ?? new Uint8Array();
    for (let length = 0; length < bytes.length; length += 1) {
      const opened = await open(toBase64Url(bytes.slice(0, length)));
      expect([length, opened]).toEqual([length, length <= 51 ? 'no header' : NOT_AUTHENTIC]);
    }
    expect(await open(toBase64Url(new Uint8Array([...bytes, 0])))).toEqual(NOT_AUTHENTIC);
  });

  test('is refused with another access key id', async () => {
    expect(await open(await seal(roleSession()), OTHER_ACCESS_KEY_ID)).toEqual(NOT_AUTHENTIC);
    expect(await open(await seal(roleSession()), ACCESS_KEY_ID.toLowerCase())).toEqual(NOT_AUTHENTIC);
    expect(await open(await seal(roleSession()), `AKIA${ACCESS_KEY_ID.slice(4)}`)).toEqual(NOT_AUTHENTIC);
  });

  test('is refused with another access key id written into its header too', async () => {
    const bytes = parseBase64Url(await seal(roleSession())) ?? new Uint8Array();
    const other = parseBase64Url(
      await sealSessionToken({
        session: roleSession(),
        accessKeyId: OTHER_ACCESS_KEY_ID,
        credentialId: CREDENTIAL_ID,
        keyIdBytes: parseHex(KEY_ID) ?? new Uint8Array(),
        base,
        minimumTokenBytes: 0,
      }).then((sealed) => (sealed.ok ? sealed.value : '')),
    );
    bytes.set((other ?? new Uint8Array()).slice(41, 51), 41);
    expect(parseTokenHeader(toBase64Url(bytes))?.accessKeyId).toBe(OTHER_ACCESS_KEY_ID);
    expect(await open(toBase64Url(bytes), OTHER_ACCESS_KEY_ID)).toEqual(NOT_AUTHENTIC);
  });

  test('is refused with another key', async () => {
    expect(await open(await seal(roleSession()), ACCESS_KEY_ID, otherBase)).toEqual(NOT_AUTHENTIC);
  });

  test('has one spelling: what base64url allows beside it is no token', async () => {
    const token = await seal(roleSession());
    for (const other of [
      `${token}=`,
      `${token}==`,
      ` ${token}`,
      `${token}\n`,
      token.replace(/[-_]/g, '+'),
      token.slice(0, -1),
    ]) {
      if (other !== token)
        expect([other, await open(other)]).not.toEqual([other, expect.objectContaining({ ok: true })]);
    }
  });

  test.for(['', 'A', 'AA', '.', '{}', 'é', '\u0000', 'AQ', 'x'.repeat(4097), `AQ${'A'.repeat(66)}`])(
    'the text %# is no token',
    (text) => {
      expect(parseTokenHeader(text)).toBeNull();
    },
  );

  test('any text gives a header or null, never an exception', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(fc.string(), fc.uint8Array({ maxLength: 200 }).map(toBase64Url)),
        async (text) => {
          const opened = await open(text);
          expect(opened === 'no header' || !opened.ok).toBe(true);
        },
      ),
    );
  });
});

describe('the size of a token', () => {
  test('a small session stays plain, a large one is deflated', async () => {
    const small = await seal(roleSession());
    const repetitive = await seal(roleSession({ policies: { inline: 'x'.repeat(2048), arns: [] } }));
    expect(small.length).toBeLessThan(400);
    expect(repetitive.length).toBeLessThan(400);
  });

  test('is 4,096 at most: one byte more of policy is too large, with the size it would have had', async () => {
    const noise = incompressible(8000);
    const texts = (length: number) => roleSession({ policies: { inline: noise.slice(0, length), arns: [] } });
    let fits = 2000;
    for (const step of [512, 64, 8, 1]) while ((await sealing(texts(fits + step))).ok) fits += step;
    const largest = await seal(texts(fits));
    expect(largest.length).toBeGreaterThan(4080);
    expect(largest.length).toBeLessThanOrEqual(4096);
    expect(await open(largest)).toEqual({ ok: true, value: texts(fits) });
    const refused = await sealing(texts(fits + 1));
    expect(refused).toMatchObject({ ok: false, failure: { why: 'too_large' } });
    expect(refused.ok ? 0 : refused.failure.bytes).toBeGreaterThan(4096);
  });

  test('is at least what is asked for, whatever is in it', async () => {
    const long = roleSession({ policies: { inline: incompressible(1200), arns: [] } });
    for (const session of [roleSession(), long]) {
      const natural = (await seal(session)).length;
      for (const asked of [0, natural - 1, natural, natural + 1, natural + 2, natural + 500, 4095, 4096]) {
        const sealed = await sealing(session, asked);
        const token = sealed.ok ? sealed.value : '';
        expect([asked, token.length >= asked && token.length <= Math.max(asked, natural) + 4]).toEqual([
          asked,
          true,
        ]);
        expect(await open(token)).toEqual({ ok: true, value: session });
      }
    }
  });
});
