/** Google and Facebook by ID token: AWS's names and keys, real `iss` values, a stand-in behind them. */
import {
  CreateOpenIDConnectProviderCommand,
  CreateRoleCommand,
  ListRolesCommand,
  PutRolePolicyCommand,
} from '@aws-sdk/client-iam';
import { AssumeRoleWithWebIdentityCommand } from '@aws-sdk/client-sts';
import type { JWTPayload } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Daypass, startDaypass } from '../helpers/daypass.ts';
import { startOidcProvider, type TestIssuer } from '../helpers/oidc-provider.ts';
import { credentialsFrom, policy } from '../helpers/scenario.ts';

let daypass: Daypass;
let google: TestIssuer;
let facebook: TestIssuer;
let limited: TestIssuer;
let account: string;

const place = (issuer: TestIssuer): string => `${issuer.url}/.well-known/openid-configuration`;

beforeAll(async () => {
  [google, facebook, limited] = await Promise.all([
    startOidcProvider({ issuer: 'https://accounts.google.com' }),
    startOidcProvider({ issuer: 'https://www.facebook.com' }),
    startOidcProvider({ issuer: 'https://limited.facebook.com' }),
  ]);
  daypass = await startDaypass({
    vars: {
      DAYPASS_GOOGLE_DISCOVERY_URL: place(google),
      DAYPASS_FACEBOOK_DISCOVERY_URL: `${place(facebook)},${place(limited)}`,
    },
  });
  account = daypass.bootstrap.accountId;
  const register = (Url: string, ...ClientIDList: string[]) =>
    daypass.iam().send(new CreateOpenIDConnectProviderCommand({ Url, ClientIDList }));
  await register('https://accounts.google.com', 'web-client');
  await register('https://graph.facebook.com', '4711');
});

afterAll(() => Promise.all([daypass.stop(), google.stop(), facebook.stop(), limited.stop()]));

let roles = 0;
/** Makes a role. @returns its ARN */
async function trusting(Federated: string, Condition: object, ...allowed: object[]): Promise<string> {
  roles += 1;
  const RoleName = `role-${roles}`;
  const statement = { Effect: 'Allow', Principal: { Federated }, Action: 'sts:AssumeRoleWithWebIdentity' };
  const AssumeRolePolicyDocument = policy({ ...statement, Condition });
  const made = await daypass.iam().send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument }));
  if (allowed.length > 0) {
    const PolicyDocument = policy(...allowed);
    await daypass.iam().send(new PutRolePolicyCommand({ RoleName, PolicyName: 'inline', PolicyDocument }));
  }
  return made.Role?.Arn ?? '';
}

const assume = (RoleArn: string, WebIdentityToken: string) =>
  daypass
    .sts()
    .send(new AssumeRoleWithWebIdentityCommand({ RoleArn, RoleSessionName: 'someone', WebIdentityToken }));

const outcome = (RoleArn: string, token: string): Promise<string> =>
  assume(RoleArn, token).then(
    () => 'accepted',
    (error: Error) => error.name,
  );

describe('Google', () => {
  const token = (claims: JWTPayload = {}) =>
    google.signIdToken({ sub: '1098', aud: 'web-client', ...claims });
  const key = (name: string, value: string) => ({ StringEquals: { [`accounts.google.com:${name}`]: value } });

  test('is trusted by the name that AWS gives it, and answers call it so', async () => {
    const role = await trusting('accounts.google.com', key('aud', 'web-client'));
    const answer = await assume(role, await token());
    expect(answer).toMatchObject({
      SubjectFromWebIdentityToken: '1098',
      Provider: 'accounts.google.com',
      Audience: 'web-client',
    });
  });

  test('is trusted by the ARN under which the account registered it', async () => {
    const arn = `arn:aws:iam::${account}:oidc-provider/accounts.google.com`;
    expect(await outcome(await trusting(arn, key('sub', '1098')), await token())).toBe('accepted');
    const other = 'arn:aws:iam::999988887777:oidc-provider/accounts.google.com';
    expect(await outcome(await trusting(other, key('sub', '1098')), await token())).toBe('AccessDenied');
  });

  test('says who it is with or without the scheme, and in no other way', async () => {
    const role = await trusting('accounts.google.com', key('sub', '1098'));
    expect(await outcome(role, await token({ iss: 'accounts.google.com' }))).toBe('accepted');
    for (const iss of [
      'http://accounts.google.com',
      'https://accounts.google.com/',
      'accounts.google.com/',
      'https://accounts.google.com.evil.test',
      'HTTPS://accounts.google.com',
      google.url,
    ]) {
      expect(await outcome(role, await token({ iss })), iss).toBe('InvalidIdentityTokenException');
    }
  });

  test('`aud` is the client that asked, `oaud` the one that the token is for', async () => {
    const fromAndroid = await token({ azp: 'android-client' });
    const byAud = await trusting('accounts.google.com', key('aud', 'android-client'));
    const byOaud = await trusting('accounts.google.com', key('oaud', 'web-client'));
    const byWebAud = await trusting('accounts.google.com', key('aud', 'web-client'));
    expect(await assume(byAud, fromAndroid)).toMatchObject({ Audience: 'android-client' });
    expect(await outcome(byOaud, fromAndroid)).toBe('accepted');
    expect(await outcome(byWebAud, fromAndroid)).toBe('AccessDenied');
    expect(await outcome(byOaud, await token({ aud: 'stranger', azp: 'web-client' }))).toBe(
      'InvalidIdentityTokenException',
    );
    const forged = await token({ azp: 'android-client', oaud: 'other' });
    expect(await outcome(byOaud, forged)).toBe('accepted');
  });

  test('`hd` and a verified e-mail address can be asked for', async () => {
    const byDomain = await trusting('accounts.google.com', {
      StringEquals: { 'accounts.google.com:aud': 'web-client', 'accounts.google.com:hd': 'example.com' },
    });
    expect(await outcome(byDomain, await token({ hd: 'example.com' }))).toBe('accepted');
    expect(await outcome(byDomain, await token({ hd: 'example.org' }))).toBe('AccessDenied');
    expect(await outcome(byDomain, await token())).toBe('AccessDenied');
    const byMail = await trusting('accounts.google.com', {
      StringEquals: { 'accounts.google.com:aud': 'web-client', 'accounts.google.com:email': 'a@example.com' },
    });
    const email = 'a@example.com';
    expect(await outcome(byMail, await token({ email, email_verified: true }))).toBe('accepted');
    for (const email_verified of [false, 'true', undefined]) {
      expect(await outcome(byMail, await token({ email, email_verified }))).toBe('AccessDenied');
    }
  });

  test('keys of another provider do not sign for it, nor its for another', async () => {
    const role = await trusting('accounts.google.com', key('sub', '1098'));
    const claims = { sub: '1098', aud: 'web-client', iss: 'https://accounts.google.com' };
    expect(await outcome(role, await facebook.signIdToken(claims))).toBe('InvalidIdentityTokenException');
  });

  test('a role that anybody with an account could take is not saved', async () => {
    const open = trusting('accounts.google.com', { Bool: { 'aws:SecureTransport': 'true' } });
    await expect(open).rejects.toThrow(/shared by many tenants/);
  });
});

describe('Facebook by ID token', () => {
  const byApp = { StringEquals: { 'graph.facebook.com:app_id': '4711' } };

  test.for([
    ['Facebook Login', () => facebook, () => limited],
    ['Limited Login', () => limited, () => facebook],
  ] as const)('%s is signed by its own keys alone', async ([, issuer, other]) => {
    const role = await trusting('graph.facebook.com', {
      StringEquals: { 'graph.facebook.com:app_id': '4711', 'graph.facebook.com:id': '10' },
    });
    const claims = { sub: '10', aud: '4711', nonce: 'n', iss: issuer().issuer };
    const answer = await assume(role, await issuer().signIdToken(claims));
    expect(answer).toMatchObject({
      Provider: 'graph.facebook.com',
      SubjectFromWebIdentityToken: '10',
      Audience: '4711',
    });
    expect(await outcome(role, await other().signIdToken(claims))).toBe('InvalidIdentityTokenException');
  });

  test('a token for another app, another issuer or another person is refused', async () => {
    const role = await trusting('graph.facebook.com', byApp);
    const claims = { sub: '10', aud: '4711' };
    expect(await outcome(role, await facebook.signIdToken(claims))).toBe('accepted');
    expect(await outcome(role, await facebook.signIdToken({ ...claims, aud: '4712' }))).toBe(
      'InvalidIdentityTokenException',
    );
    for (const iss of [
      'https://graph.facebook.com',
      'graph.facebook.com',
      'https://facebook.com',
      'www.facebook.com',
    ]) {
      expect(await outcome(role, await facebook.signIdToken({ ...claims, iss })), iss).toBe(
        'InvalidIdentityTokenException',
      );
    }
    const forTen = await trusting('graph.facebook.com', { StringEquals: { 'graph.facebook.com:id': '10' } });
    expect(await outcome(forTen, await facebook.signIdToken({ ...claims, sub: '11', id: '10' }))).toBe(
      'AccessDenied',
    );
  });

  test('an e-mail address, which nobody says was verified, is no key', async () => {
    const email = 'a@example.com';
    const role = await trusting('graph.facebook.com', {
      StringEquals: { 'graph.facebook.com:app_id': '4711', 'graph.facebook.com:email': email },
    });
    const claims = { sub: '10', aud: '4711', email };
    expect(await outcome(role, await facebook.signIdToken(claims))).toBe('AccessDenied');
    expect(await outcome(role, await facebook.signIdToken({ ...claims, email_verified: true }))).toBe(
      'AccessDenied',
    );
  });

  test('is known to the policies of its session by AWS’s keys', async () => {
    const role = await trusting('graph.facebook.com', byApp, {
      Effect: 'Allow',
      Action: 'iam:ListRoles',
      Resource: '*',
      Condition: { StringEquals: { 'graph.facebook.com:id': '10', 'graph.facebook.com:app_id': '4711' } },
    });
    const list = async (sub: string): Promise<string> => {
      const { Credentials } = await assume(role, await facebook.signIdToken({ sub, aud: '4711' }));
      return daypass
        .iam(credentialsFrom(Credentials))
        .send(new ListRolesCommand({}))
        .then(
          () => 'listed',
          (error: Error) => error.name,
        );
    };
    expect([await list('10'), await list('11')]).toEqual(['listed', 'AccessDenied']);
  });

  test.for(['https://www.facebook.com', 'https://limited.facebook.com'])(
    '%s is registered under the name that policies know',
    async (Url) => {
      await expect(
        daypass.iam().send(new CreateOpenIDConnectProviderCommand({ Url, ClientIDList: ['4711'] })),
      ).rejects.toThrow(/register https:\/\/graph\.facebook\.com/);
    },
  );
});
