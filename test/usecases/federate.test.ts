import { exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { OidcProvider, Role } from '../../src/core/account.ts';
import { readKeySet } from '../../src/core/oidc/key-set.ts';
import { type FederateInput, federate, federatedSubject } from '../../src/usecases/federate.ts';
import { ACCOUNT, fakeDeps, policyOf, requestFacts, testRole } from '../helpers/fake-deps.ts';
import { START_SECONDS as NOW } from '../helpers/fake-world.ts';

const ISSUER = 'https://accounts.example.com';
const provider: OidcProvider = {
  accountId: ACCOUNT,
  providerId: 'p1',
  arn: `arn:aws:iam::${ACCOUNT}:oidc-provider/accounts.example.com`,
  issuer: ISSUER,
  url: 'accounts.example.com',
  clientIds: ['client'],
  mfaAmrValues: [],
  mfaAcrValues: [],
};
const trustFor = (condition: object, actions: readonly string[] = ['sts:AssumeRoleWithWebIdentity']) =>
  policyOf('trust', {
    Effect: 'Allow',
    Principal: { Federated: provider.arn },
    Action: actions,
    Condition: condition,
  });
const SUB_ANNA = {
  StringEquals: { 'accounts.example.com:sub': 'anna', 'accounts.example.com:aud': 'client' },
};

let jwk: JWK;
let privateKey: CryptoKey;
let asked: string[];
/** What the issuer publishes before and after it is asked again. */
let kids: [string, string];
let issuerIsDown: boolean;

beforeAll(async () => {
  const pair = await generateKeyPair('ES256', { extractable: true });
  privateKey = pair.privateKey;
  jwk = await exportJWK(pair.publicKey);
});
beforeEach(() => {
  asked = [];
  kids = ['k1', 'k1'];
  issuerIsDown = false;
});

function keysNamed(kid: string, issuer: string) {
  asked.push(issuer);
  if (issuerIsDown) throw new Error('down');
  return readKeySet({ keys: [{ ...jwk, kid }] }, new Set(['ES256']));
}

type Claims = Readonly<Record<string, unknown>>;
const idToken = (claims: Claims = {}, header: Claims = {}) =>
  new SignJWT({ iss: ISSUER, aud: 'client', sub: 'anna', iat: NOW, exp: NOW + 300, ...claims })
    .setProtectedHeader({ alg: 'ES256', kid: 'k1', ...header })
    .sign(privateKey);

interface Case {
  readonly claims?: Claims;
  readonly header?: Claims;
  readonly role?: Partial<Role>;
  readonly input?: Partial<FederateInput>;
}

async function run({ claims = {}, header = {}, role = {}, input = {} }: Case) {
  const roles = [testRole({ trust: trustFor(SUB_ANNA), ...role })];
  const issuerKeys = {
    keysOf: async (issuer: string) => keysNamed(kids[0], issuer),
    keysAfterUnknown: async (issuer: string) => keysNamed(kids[1], issuer),
  };
  return federate(
    {
      roleArn: testRole().arn,
      accountId: null,
      sessionName: null,
      token: await idToken(claims, header),
      providerId: null,
      durationSeconds: null,
      inlinePolicy: null,
      policyArns: [],
      ...input,
    },
    requestFacts(),
    fakeDeps({ roles, providers: [provider] }, { issuerKeys }),
  );
}

describe('a login proved elsewhere', () => {
  test('begins a session of the role that trusts it', async () => {
    const { session, identity } = await run({ claims: { amr: ['mfa', 5], auth_time: NOW - 10.5 } });
    expect(identity).toMatchObject({ subject: 'anna', audience: 'client' });
    expect(session).toMatchObject({
      identity: { roleId: 'AROAEXAMPLE', sessionName: 'anna' },
      expiresAtSeconds: NOW + 3600,
      federation: {
        provider: provider.arn,
        keyPrefix: 'accounts.example.com',
        audience: 'client',
        subject: 'anna',
        amr: ['mfa'],
        authTimeSeconds: NOW - 11,
      },
      chained: false,
      scopes: [],
      mfaAtSeconds: null,
    });
  });

  test.for([0, -5, 1e300, 'now', null, Number.MAX_SAFE_INTEGER + 1])(
    'an auth_time of %o is not carried',
    async (auth_time) => {
      const { session } = await run({ claims: { auth_time } });
      expect(session.federation).not.toHaveProperty('authTimeSeconds');
    },
  );

  test('names its session after the subject, with a digest where a name may not hold it as it is', async () => {
    const sub = 'auth0|ann a/é';
    const role = { trust: trustFor({ StringLike: { 'accounts.example.com:sub': 'auth0|*' } }) };
    expect((await run({ claims: { sub }, role })).session.identity.sessionName).toMatch(
      /^auth0-ann-a--=[\w-]{22}$/,
    );
    const short = (await run({ claims: { sub: 'auth0|' }, role })).session.identity.sessionName;
    expect(short).toMatch(/^auth0-=[\w-]{22}$/);
  });

  test('carries the tags and the source identity that its token asks for, where trust allows', async () => {
    const claims = {
      'https://aws.amazon.com/tags': { principal_tags: { team: ['red'] }, transitive_tag_keys: ['team'] },
      'https://aws.amazon.com/source_identity': 'anna-1',
    };
    const call = 'sts:AssumeRoleWithWebIdentity';
    const all = trustFor(SUB_ANNA, [call, 'sts:TagSession', 'sts:SetSourceIdentity']);
    expect((await run({ claims, role: { trust: all } })).session).toMatchObject({
      tags: [{ Key: 'team', Value: 'red' }],
      transitiveTagKeys: ['team'],
      sourceIdentity: 'anna-1',
    });
    for (const actions of [[call], [call, 'sts:TagSession'], [call, 'sts:SetSourceIdentity']]) {
      await expect(run({ claims, role: { trust: trustFor(SUB_ANNA, actions) } })).rejects.toMatchObject({
        code: 'access_denied',
      });
    }
  });

  test('with a key that is new is looked for once more', async () => {
    kids = ['old', 'k1'];
    await expect(run({})).resolves.toMatchObject({});
    expect(asked).toHaveLength(2);
  });
});

describe('refused', () => {
  test('an issuer that nobody registered is never asked for its keys', async () => {
    await expect(run({ claims: { iss: 'https://evil.example.com' } })).rejects.toMatchObject({
      code: 'invalid_identity_token',
    });
    await expect(run({ claims: { iss: 'http://accounts.example.com' } })).rejects.toMatchObject({
      code: 'invalid_identity_token',
    });
    await expect(run({ claims: { iss: `${ISSUER}/` } })).rejects.toMatchObject({
      code: 'invalid_identity_token',
    });
    expect(asked).toEqual([]);
  });

  test.for<[string, string, Case]>([
    ['a subject that trust does not name', 'access_denied', { claims: { sub: 'eve' } }],
    ['a subject in other case', 'access_denied', { claims: { sub: 'Anna' } }],
    ['a claim SUB beside another subject', 'access_denied', { claims: { sub: 'eve', SUB: 'anna' } }],
    ['a claim Sub before another subject', 'access_denied', { claims: { Sub: 'anna', sub: 'eve' } }],
    ['a role that trusts accounts alone', 'access_denied', { role: { trust: testRole().trust } }],
    [
      'a role that is not there',
      'access_denied',
      { input: { roleArn: `arn:aws:iam::${ACCOUNT}:role/Gone` } },
    ],
    [
      'a role under another path',
      'access_denied',
      { input: { roleArn: `arn:aws:iam::${ACCOUNT}:role/x/Reader` } },
    ],
    [
      'a role of an account without the provider',
      'invalid_identity_token',
      { input: { roleArn: 'arn:aws:iam::999988887777:role/Reader' } },
    ],
    ['what is no role', 'validation_error', { input: { roleArn: 'Reader' } }],
    ['an expired token', 'expired_identity_token', { claims: { exp: NOW - 61 } }],
    ['a token for another client', 'invalid_identity_token', { claims: { aud: 'other' } }],
    ['a token of another kind', 'invalid_identity_token', { header: { typ: 'at+jwt' } }],
    ['a key that stays unknown', 'invalid_identity_token', { header: { kid: 'k9' } }],
    ['what is no token', 'invalid_identity_token', { input: { token: 'x' } }],
    [
      'a tag of AWS in the token',
      'invalid_identity_token',
      { claims: { 'https://aws.amazon.com/tags': { principal_tags: { 'aws:x': 'y' } } } },
    ],
    [
      'a tags claim of another form',
      'invalid_identity_token',
      { claims: { 'https://aws.amazon.com/tags': 'team=red' } },
    ],
    ['longer than the role allows', 'validation_error', { input: { durationSeconds: 3601 } }],
  ])('%s: %s', async ([, code, each]) => {
    await expect(run(each)).rejects.toMatchObject({ name: 'Fault', code });
  });

  test('while the issuer cannot be reached: nothing is guessed', async () => {
    issuerIsDown = true;
    await expect(run({})).rejects.toMatchObject({ code: 'idp_communication_error' });
  });

  test('no refusal repeats the token', async () => {
    const token = await idToken({ aud: 'other' });
    const error = await run({ input: { token } }).catch((each: unknown) => each);
    expect(JSON.stringify([String(error), error])).not.toContain(token.slice(0, 40));
  });

  test('a role that is not there and one that does not trust answer alike', async () => {
    const gone = await run({ input: { roleArn: `arn:aws:iam::${ACCOUNT}:role/Gone` } }).catch(String);
    expect(await run({ claims: { sub: 'eve' } }).catch(String)).toBe(gone);
  });
});

describe('the subject of a federated identity', () => {
  test('is stable, and another one for another account, provider or subject', async () => {
    const first = await federatedSubject('1', 'p', 's');
    expect(first).toMatch(/^fed_[\w-]{32}$/);
    expect(await federatedSubject('1', 'p', 's')).toBe(first);
    const others = [
      ['2', 'p', 's'],
      ['1', 'q', 's'],
      ['1', 'p', 't'],
      ['1', 'ps', ''],
      ['1p', '', 's'],
    ] as const;
    for (const [account, arn, subject] of others)
      expect(await federatedSubject(account, arn, subject)).not.toBe(first);
  });
});
