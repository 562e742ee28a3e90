import { beforeAll, describe, expect, test } from 'vitest';
import { parseBase64Url, toBase64Url } from '../../../src/core/bytes.ts';
import { type AccessTokenFacts, accessTokenClaims } from '../../../src/core/credentials/access-token.ts';
import {
  openAccessToken,
  parseOpaqueHeader,
  sealAccessToken,
} from '../../../src/core/credentials/opaque-access-token.ts';
import type { TokenSealingKey } from '../../../src/core/credentials/session-token.ts';
import { fakeRandom, START_SECONDS as NOW } from '../../helpers/fake-world.ts';
import { testKeyring } from '../../helpers/keys.ts';
import { roleSession } from '../../helpers/sessions.ts';

const ISSUER = 'https://daypass.example.com';
const ID = fakeRandom(7).bytes(32);
const facts: AccessTokenFacts = {
  issuer: ISSUER,
  audience: 'https://api.example.com',
  clientId: 'app',
  subject: 'fed_1',
  arn: 'arn:aws:sts::111122223333:assumed-role/Reader/anna',
  tokenId: toBase64Url(ID),
  scope: 'openid reports:read',
  keyThumbprint: 'thumb',
  marks: [],
  chain: [],
};

const keyOf = async (seed = 1): Promise<TokenSealingKey> => {
  const { tokenSealing } = await testKeyring(seed);
  if (tokenSealing === null) throw new Error('no sealing key');
  return tokenSealing;
};

let key: TokenSealingKey;
let token: string;
beforeAll(async () => {
  key = await keyOf();
  token = await sealAccessToken(key, accessTokenClaims(roleSession(), facts, NOW), ID);
});

async function open(text: string, by = key, issuer = ISSUER, nowSeconds = NOW) {
  const header = parseOpaqueHeader(text);
  return header === null ? null : openAccessToken(header, by.base, issuer, nowSeconds);
}

describe('an opaque access token', () => {
  test('opens as what was sealed, and names its key', async () => {
    expect(parseOpaqueHeader(token)?.keyId).toBe(key.keyId);
    const { 'urn:daypass:session': _, ...claims } = accessTokenClaims(roleSession(), facts, NOW);
    expect(await open(token)).toEqual({
      session: roleSession(),
      audience: facts.audience,
      subject: facts.subject,
      tokenId: facts.tokenId,
      clientId: facts.clientId,
      scope: facts.scope,
      issuedAtSeconds: NOW,
      keyThumbprint: 'thumb',
      claims,
    });
  });

  test('tells nobody what it says', () => {
    const text = new TextDecoder().decode(parseBase64Url(token.slice(4)) ?? new Uint8Array());
    for (const said of ['anna', 'fed_1', 'api.example.com', 'Reader']) expect(text).not.toContain(said);
  });

  test('does not open changed in any byte', async () => {
    const bytes = parseBase64Url(token.slice(4)) ?? new Uint8Array();
    for (let at = 0; at < bytes.length; at += 1) {
      const changed = bytes.slice();
      changed[at] = (changed[at] ?? 0) ^ 1;
      expect(await open(`dpa_${toBase64Url(changed)}`), String(at)).toBeNull();
    }
  });

  test('opens for its issuer alone, with its key alone, until its session ends', async () => {
    const { expiresAtSeconds } = roleSession();
    expect(await open(token, key, ISSUER, expiresAtSeconds - 1)).not.toBeNull();
    expect(await open(token, key, ISSUER, expiresAtSeconds)).toBeNull();
    expect(await open(token, key, `${ISSUER}/`)).toBeNull();
    expect(await open(token, await keyOf(2))).toBeNull();
  });

  test.for(['', 'dpa_', 'dpa_AAAA', 'x', 'e30.e30.e30', `dpa_${'A'.repeat(20_000)}`])(
    'is not %s',
    async (text) => {
      expect(await open(text)).toBeNull();
    },
  );

  test('has one spelling', async () => {
    for (const other of [`${token}=`, `${token} `, token.replace('dpa_', 'DPA_'), `dpa_ ${token.slice(4)}`])
      expect(await open(other)).toBeNull();
  });
});
