/** AssumeRoleWithWebIdentity and token exchange are twins: what one refuses, the other refuses. */
import { createPrivateKey, createPublicKey } from 'node:crypto';
import { AssumeRoleWithWebIdentityCommand } from '@aws-sdk/client-sts';
import { CompactSign, exportJWK, exportSPKI, generateKeyPair, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { exchange } from '../helpers/exchange.ts';
import { jsonOf } from '../helpers/json.ts';
import { assembleToken, startOidcProvider } from '../helpers/oidc-provider.ts';
import { CLIENT_ID, type Scenario, startScenario } from '../helpers/scenario.ts';

let scenario: Scenario;

beforeAll(async () => {
  scenario = await startScenario();
});

afterAll(() => scenario.stop());

/** The wire code of STS, and the error of the token endpoint, for one token. */
async function answers(idToken: string, roleArn = scenario.roleArn): Promise<readonly [string, string]> {
  const { daypass } = scenario;
  const sts = await daypass
    .sts()
    .send(
      new AssumeRoleWithWebIdentityCommand({
        RoleArn: roleArn,
        RoleSessionName: 'alice',
        WebIdentityToken: idToken,
      }),
    )
    .then(
      () => 'accepted',
      (error: Error) => error.name,
    );
  const { body } = await exchange(daypass, { subject_token: idToken, resource: roleArn });
  return [sts, typeof body.access_token === 'string' ? 'accepted' : String(body.error)];
}

const now = () => scenario.daypass.nowSeconds();
const INVALID = ['InvalidIdentityTokenException', 'invalid_request'] as const;
const EXPIRED = ['ExpiredTokenException', 'invalid_request'] as const;
const DENIED = ['AccessDenied', 'invalid_target'] as const;
const ACCEPTED = ['accepted', 'accepted'] as const;

const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

describe('accepted', () => {
  test.each([
    ['the usual token', {}, {}],
    ['an audience list with ours alone', { aud: [CLIENT_ID] }, {}],
    ['an audience list whose azp is ours', { aud: [CLIENT_ID, 'other'], azp: CLIENT_ID }, {}],
    ['a clock that is a minute ahead', { iat: 59 }, {}],
    ['ES256', {}, { alg: 'ES256' as const }],
    ['further claims of every kind', { groups: ['a', 'b'], admin: true, level: 3, nested: { a: 1 } }, {}],
  ])('%s', async (_what, claims, options) => {
    const { iat, ...rest } = claims as { iat?: number };
    const token = await scenario.idToken(
      { ...rest, ...(iat !== undefined && { iat: now() + iat }) },
      options,
    );
    expect(await answers(token)).toEqual(ACCEPTED);
  });
});

describe('refused by its claims', () => {
  test.each<[string, () => Record<string, unknown>, readonly [string, string]]>([
    ['another audience', () => ({ aud: 'somebody-else' }), INVALID],
    ['no audience', () => ({ aud: undefined }), INVALID],
    ['an audience list without azp', () => ({ aud: [CLIENT_ID, 'other'] }), INVALID],
    ['an audience list whose azp is another', () => ({ aud: [CLIENT_ID, 'other'], azp: 'other' }), INVALID],
    ['an audience that is no text', () => ({ aud: 42 }), INVALID],
    ['an issuer in a list', () => ({ iss: [scenario.issuer.issuer] }), INVALID],
    ['an issuer with a slash too many', () => ({ iss: `${scenario.issuer.issuer}/` }), INVALID],
    [
      'an issuer of the other scheme',
      () => ({ iss: scenario.issuer.issuer.replace('http:', 'https:') }),
      INVALID,
    ],
    ['expired', () => ({ exp: now() - 61 }), EXPIRED],
    ['no expiry', () => ({ exp: undefined }), INVALID],
    ['an expiry in text', () => ({ exp: String(now() + 600) }), INVALID],
    ['an expiry without end', () => ({ exp: 1e300 }), INVALID],
    ['not valid yet', () => ({ nbf: now() + 120 }), INVALID],
    ['issued in the future', () => ({ iat: now() + 120 }), INVALID],
    ['issued more than a day ago', () => ({ iat: now() - 86_500 }), EXPIRED],
    ['no issue time', () => ({ iat: undefined }), INVALID],
    ['no subject', () => ({ sub: undefined }), INVALID],
    ['an empty subject', () => ({ sub: '' }), INVALID],
    ['a subject too long', () => ({ sub: 'x'.repeat(256) }), INVALID],
    ['another subject than the trust policy names', () => ({ sub: 'bob' }), DENIED],
    ['a client that the trust policy does not name', () => ({ aud: 'second-app' }), DENIED],
    ['a subject that differs in case', () => ({ sub: 'Alice' }), DENIED],
    [
      'tags without sts:TagSession',
      () => ({ 'https://aws.amazon.com/tags': { principal_tags: { team: ['x'] } } }),
      DENIED,
    ],
    [
      'a source identity without sts:SetSourceIdentity',
      () => ({ 'https://aws.amazon.com/source_identity': 'al' }),
      DENIED,
    ],
    [
      'tags that are none',
      () => ({ 'https://aws.amazon.com/tags': { principal_tags: { team: [1] } } }),
      INVALID,
    ],
  ])('%s', async (_what, claims, expected) => {
    expect(await answers(await scenario.idToken(claims()))).toEqual(expected);
  });
});

describe('refused by its header, key or form', () => {
  test.each([
    ['an access token', { typ: 'at+jwt' }],
    ['a logout token', { typ: 'logout+jwt' }],
    ['a security event', { typ: 'application/secevent+jwt' }],
    ['an unknown key', { kid: 'nobody' }],
    ['a key id that is no text', { kid: 7 as unknown as string }],
  ])('%s', async (_what, header) => {
    expect(await answers(await scenario.idToken({}, { header }))).toEqual(INVALID);
  });

  test('headers that a signer of good faith does not even write, signed by the issuer itself', async () => {
    const key = scenario.issuer.keys().find(({ alg }) => alg === 'RS256');
    if (key === undefined) throw new Error('the issuer has no key');
    const claims = {
      iss: scenario.issuer.issuer,
      sub: 'alice',
      aud: CLIENT_ID,
      iat: now(),
      exp: now() + 600,
    };
    const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' };
    const signing = await crypto.subtle.importKey('jwk', key as JsonWebKey, algorithm, false, ['sign']); // a private JWK
    const sign = async (extra: object): Promise<string> => {
      const header = { alg: key.alg, kid: key.kid, ...extra };
      const input = assembleToken(header, claims).slice(0, -1);
      const signature = await crypto.subtle.sign(algorithm, signing, Buffer.from(input));
      return assembleToken(header, claims, new Uint8Array(signature));
    };
    for (const extra of [{ crit: ['x'], x: 1 }, { b64: false, crit: ['b64'] }, { crit: [] }, { b64: true }]) {
      expect(await answers(await sign(extra))).toEqual(INVALID);
    }
    expect(await answers(await sign({}))).toEqual(ACCEPTED);
  });

  test('no signature at all', async () => {
    const [, body] = (await scenario.idToken()).split('.');
    for (const alg of ['none', 'None', 'NONE', 'nOnE']) {
      expect(await answers(`${part({ alg })}.${body}.`)).toEqual(INVALID);
      expect(await answers(`${part({ alg })}.${body}.AA`)).toEqual(INVALID);
    }
  });

  test('HMAC with the public key as its secret', async () => {
    const key = scenario.issuer.keys().find(({ alg }) => alg === 'RS256');
    const claims = {
      iss: scenario.issuer.issuer,
      sub: 'alice',
      aud: CLIENT_ID,
      iat: now(),
      exp: now() + 600,
    };
    if (key === undefined) throw new Error('the issuer has no key');
    // The published half in each form in which a careless verifier might take it for a secret.
    const { d: _, p: _p, q: _q, dp: _dp, dq: _dq, qi: _qi, ...jwk } = key;
    const pem = createPublicKey({ key: { ...jwk }, format: 'jwk' }).export({ type: 'spki', format: 'pem' });
    const der = createPublicKey({ key: { ...jwk }, format: 'jwk' }).export({ type: 'spki', format: 'der' });
    const secrets = [
      pem,
      String(pem).trim(),
      der,
      JSON.stringify(jwk),
      Buffer.from(key.n ?? '', 'base64url'),
    ];
    for (const secret of secrets) {
      const token = await new SignJWT(claims)
        .setProtectedHeader({ alg: 'HS256', kid: key.kid })
        .sign(Buffer.from(secret));
      expect(await answers(token)).toEqual(INVALID);
    }
  });

  test('a key of its own in the header', async () => {
    const { privateKey, publicKey } = await generateKeyPair('RS256', { extractable: true });
    const jwk = await exportJWK(publicKey);
    const claims = {
      iss: scenario.issuer.issuer,
      sub: 'alice',
      aud: CLIENT_ID,
      iat: now(),
      exp: now() + 600,
    };
    const rogue = await startOidcProvider();
    for (const extra of [
      { jwk },
      { jku: `${rogue.url}/jwks` },
      { x5u: `${rogue.url}/jwks` },
      { x5c: [await exportSPKI(publicKey)] },
    ]) {
      const token = await new SignJWT(claims).setProtectedHeader({ alg: 'RS256', ...extra }).sign(privateKey);
      expect(await answers(token)).toEqual(INVALID);
    }
    expect(rogue.hits()).toBe(0);
    await rogue.stop();
  });

  test('signed by another key under a known key id, or changed by one bit anywhere', async () => {
    const { privateKey } = await generateKeyPair('RS256');
    const good = await scenario.idToken();
    const [head = '', body = '', signature = ''] = good.split('.');
    const kid = JSON.parse(Buffer.from(head, 'base64url').toString()).kid;
    const forged = await new CompactSign(Buffer.from(body, 'base64url'))
      .setProtectedHeader({ alg: 'RS256', kid })
      .sign(privateKey);
    expect(await answers(forged)).toEqual(INVALID);
    const claims = JSON.parse(Buffer.from(body, 'base64url').toString());
    for (const changed of [
      `${head}.${part({ ...claims, sub: 'alice', admin: true })}.${signature}`,
      `${part({ ...JSON.parse(Buffer.from(head, 'base64url').toString()), x: 1 })}.${body}.${signature}`,
      `${head}.${body}.${signature.slice(0, -2)}AA`,
      `${head}.${body}.${signature}.${signature}`,
      `${head}.${body}`,
      ` ${good}`,
      `${good}=`,
      good.replace('.', '..'),
    ]) {
      expect(await answers(changed)).toEqual(INVALID);
    }
  });

  test('things that are no token', async () => {
    for (const text of [
      '....',
      'a.b.c',
      `${part([])}.${part([])}.AA`,
      `${part({ alg: 'RS256' })}.${part({})}.AA`,
      '.'.repeat(5000),
    ]) {
      expect(await answers(text)).toEqual(INVALID);
    }
  });
});

test('an unknown issuer is never asked', async () => {
  const stranger = await startOidcProvider();
  const token = await stranger.signIdToken({ sub: 'alice', aud: CLIENT_ID });
  expect(await answers(token)).toEqual(INVALID);
  expect(stranger.hits()).toBe(0);
  await stranger.stop();
});

test('a role that is not there answers like one that does not trust', async () => {
  const token = await scenario.idToken();
  expect(await answers(token, `${scenario.roleArn}x`)).toEqual(DENIED);
  expect(await answers(token, scenario.roleArn.replace(':role/', ':role/path/'))).toEqual(DENIED);
});

test('trust conditions see every claim, lists by ForAnyValue', async () => {
  const { prefix } = scenario;
  const roleArn = await scenario.makeRole('by-claims', {
    Condition: {
      StringEquals: { [`${prefix}:aud`]: CLIENT_ID },
      'ForAnyValue:StringLike': { [`${prefix}:groups`]: ['admin-*'] },
      Bool: { [`${prefix}:email_verified`]: 'true' },
      NumericGreaterThan: { [`${prefix}:level`]: '2' },
    },
  });
  const good = { groups: ['staff', 'admin-eu'], email_verified: true, level: 3 };
  expect(await answers(await scenario.idToken(good), roleArn)).toEqual(ACCEPTED);
  for (const bad of [
    { groups: ['staff'] },
    { groups: 'admin' },
    { email_verified: 'no' },
    { level: 2 },
    { level: undefined },
  ]) {
    expect(await answers(await scenario.idToken({ ...good, ...bad }), roleArn)).toEqual(DENIED);
  }
});

test('tags and source identity of the token reach the session where the trust policy allows them', async () => {
  const { prefix, daypass } = scenario;
  const roleArn = await scenario.makeRole('tagged', {
    Action: ['sts:AssumeRoleWithWebIdentity', 'sts:TagSession', 'sts:SetSourceIdentity'],
    Condition: { StringEquals: { [`${prefix}:sub`]: 'alice' } },
  });
  await scenario.allow('tagged', {
    Effect: 'Allow',
    Action: 's3:GetObject',
    Resource: 'arn:aws:s3:::reports/${aws:PrincipalTag/team}/${aws:SourceIdentity}/*',
  });
  const { body } = await exchange(daypass, {
    resource: roleArn,
    subject_token: await scenario.idToken({
      'https://aws.amazon.com/tags': { principal_tags: { team: ['blue'] }, transitive_tag_keys: ['team'] },
      'https://aws.amazon.com/source_identity': 'alice@example',
    }),
  });
  const ask = async (resource: string) => {
    const answer = await daypass.fetch('/access/v1/evaluation', {
      method: 'POST',
      body: JSON.stringify({
        subject: { type: 'access_token', id: body.access_token },
        action: { name: 's3:GetObject' },
        resource: { type: 'arn', id: resource },
      }),
    });
    return (await jsonOf(answer)).decision;
  };
  expect(await ask('arn:aws:s3:::reports/blue/alice@example/q1')).toBe(true);
  expect(await ask('arn:aws:s3:::reports/red/alice@example/q1')).toBe(false);
});

test('20,000 characters are a token, one more is none', async () => {
  const { daypass } = scenario;
  const padded = async (length: number): Promise<string> => {
    const bare = (await scenario.idToken({ padding: '' })).length;
    // Three characters make four of base64url; the rest of the length is reached from below.
    return scenario.idToken({ padding: 'x'.repeat(Math.floor(((length - bare) * 3) / 4)) });
  };
  const long = await padded(19_900);
  expect(long.length).toBeGreaterThan(19_800);
  expect(await answers(long)).toEqual(ACCEPTED);
  const tooLong = await padded(20_010);
  expect(tooLong.length).toBeGreaterThan(20_000);
  expect(await answers(tooLong)).toEqual(['ValidationError', 'invalid_request']);
  const { body } = await exchange(daypass, { subject_token: tooLong, resource: scenario.roleArn });
  expect(JSON.stringify(body)).not.toContain('xxx');
});

test('tokens that are alike at both ends, and interleaved, never give each other’s identity', async () => {
  const { daypass, prefix } = scenario;
  const roleArn = await scenario.makeRole('crowd', {
    Condition: { StringLike: { [`${prefix}:sub`]: 'user-*' } },
  });
  const names = Array.from({ length: 12 }, (_, index) => `user-${String(index).padStart(4, '0')}`);
  const tokens = new Map(
    await Promise.all(names.map(async (sub) => [sub, await scenario.idToken({ sub })] as const)),
  );
  const asked = Array.from({ length: 240 }, (_, index) => names[(index * 7) % names.length] ?? '');
  const told = await Promise.all(
    asked.map(async (name, index) => {
      const token = tokens.get(name) ?? '';
      if (index % 2 === 0) {
        const answer = await daypass.sts().send(
          new AssumeRoleWithWebIdentityCommand({
            RoleArn: roleArn,
            RoleSessionName: 'crowd',
            WebIdentityToken: token,
          }),
        );
        return answer.SubjectFromWebIdentityToken;
      }
      const { body } = await exchange(daypass, { subject_token: token, resource: roleArn });
      const [, claims = ''] = String(body.access_token).split('.');
      return JSON.parse(Buffer.from(claims, 'base64url').toString()).daypass.arn.split('/').at(-1);
    }),
  );
  expect(told).toEqual(asked);
});

test('a member twice in the token counts by its last value alone, for signature, trust and subject', async () => {
  const key = scenario.issuer.keys().find(({ alg }) => alg === 'RS256');
  if (key === undefined) throw new Error('the issuer has no key');
  const common = `"iss":"${scenario.issuer.issuer}","aud":"${CLIENT_ID}","iat":${now()},"exp":${now() + 600}`;
  const sign = (claims: string) =>
    new CompactSign(Buffer.from(claims))
      .setProtectedHeader({ alg: 'RS256', kid: key.kid })
      .sign(createPrivateKey({ key: { ...key }, format: 'jwk' }));
  expect(await answers(await sign(`{${common},"sub":"alice"}`))).toEqual(ACCEPTED);
  expect(await answers(await sign(`{${common},"sub":"alice","sub":"bob"}`))).not.toEqual(ACCEPTED);
  expect(await answers(await sign(`{${common},"sub":"alice","aud":"other"}`))).toEqual(INVALID);
});
