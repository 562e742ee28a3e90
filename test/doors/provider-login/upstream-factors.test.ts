/** What an issuer says of second factors counts where the account says so, and then at every door alike. */

import { CreateRoleCommand } from '@aws-sdk/client-iam';
import { AssumeRoleWithWebIdentityCommand } from '@aws-sdk/client-sts';
import { decodeJwt, type JWTPayload } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Daypass, startDaypass } from '../../helpers/daypass.ts';
import { daypassQuery } from '../../helpers/daypass-query.ts';
import { exchange } from '../../helpers/exchange.ts';
import { PageClient } from '../../helpers/page-client.ts';
import { policy } from '../../helpers/scenario.ts';
import {
  type RegisteredIssuer,
  type ScriptedIssuer,
  startScriptedIssuer,
} from '../../helpers/scripted-issuer.ts';

let daypass: Daypass;
let issuer: ScriptedIssuer;
let provider: RegisteredIssuer;
let guarded: string;
let open: string;

beforeAll(async () => {
  [daypass, issuer] = await Promise.all([startDaypass(), startScriptedIssuer()]);
  provider = await issuer.register(daypass);
  const makeRole = async (RoleName: string, Condition: object) => {
    const AssumeRolePolicyDocument = policy({
      Effect: 'Allow',
      Principal: { Federated: provider.arn },
      Action: 'sts:AssumeRoleWithWebIdentity',
      Condition: { StringEquals: { [`${issuer.prefix}:sub`]: 'anna' }, ...Condition },
    });
    const { Role } = await daypass.iam().send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument }));
    return Role?.Arn ?? '';
  };
  guarded = await makeRole('guarded', {
    Bool: { 'aws:MultiFactorAuthPresent': 'true' },
    NumericLessThan: { 'aws:MultiFactorAuthAge': '600' },
  });
  open = await makeRole('open', {});
  const RulesDocument = JSON.stringify({ Rules: [], Default: { Roles: [guarded, open] } });
  await daypassQuery(daypass, 'PutMappingRules', { ProviderArn: provider.arn, RulesDocument });
});
afterAll(() => Promise.all([daypass.stop(), issuer.stop()]));
beforeEach(() => counting({ MfaAmrValues: '', MfaAcrValues: '' }));

const counting = (values: Readonly<Record<string, string>>) =>
  daypassQuery(daypass, 'UpdateOpenIDConnectProviderLogin', {
    OpenIDConnectProviderArn: provider.arn,
    ...values,
  });
const MFA = { 'MfaAmrValues.member.1': 'mfa' };
const claims = (over: JWTPayload = {}): JWTPayload => ({
  sub: 'anna',
  amr: ['pwd', 'mfa'],
  auth_time: daypass.nowSeconds() - 60,
  ...over,
});

const assume = async (RoleArn: string, said = claims()) => {
  const WebIdentityToken = await issuer.sign(said);
  const command = new AssumeRoleWithWebIdentityCommand({
    RoleArn,
    RoleSessionName: 'anna',
    WebIdentityToken,
  });
  return daypass
    .sts()
    .send(command)
    .then(
      () => 'accepted',
      (error: Error) => error.name,
    );
};
const exchanged = async (resource: string, said = claims()) =>
  exchange(daypass, { subject_token: await issuer.sign(said), resource });
const browser = async (said = claims()) => {
  const client = new PageClient(daypass);
  const { location } = await client.get(`/login/${provider.providerId}?next=roles`);
  await client.get(issuer.answer(location, said));
  await client.get('/me/roles');
  return client;
};
const take = async (client: PageClient, role: string) =>
  (await client.post('/me/roles', { role, duration: '3600' })).status;

describe('without a word of the account', () => {
  test('it counts nowhere', async () => {
    expect([await assume(guarded), await assume(open)]).toEqual(['AccessDenied', 'accepted']);
    expect((await exchanged(guarded)).status).toBe(400);
    const client = await browser();
    expect([await take(client, guarded), await take(client, open)]).toEqual([400, 200]);
  });

  test('no token of ours repeats the word', async () => {
    const { body } = await exchanged(open);
    const token = decodeJwt(String(body.access_token));
    expect([token.amr, token.acr]).toEqual([['pwd'], undefined]);
  });
});

describe('where the account counts it', () => {
  beforeEach(() => counting(MFA));

  test('trust policy and session see it, at every door', async () => {
    expect(await assume(guarded)).toBe('accepted');
    const { status, body } = await exchanged(guarded);
    const said = decodeJwt(String(body.access_token));
    expect([status, said.acr, said.amr]).toEqual([200, 'urn:daypass:acr:mfa', ['pwd', 'mfa']]);
    expect(said.auth_time).toBeLessThanOrEqual(daypass.nowSeconds() - 60);
    const client = await browser();
    expect(await take(client, guarded)).toBe(200);
    expect((await client.get('/me')).text).toContain('Used in this session');
  });

  test('its age is that of the login, wherever the token is from', async () => {
    const old = claims({ auth_time: daypass.nowSeconds() - 700 });
    expect([await assume(guarded, old), (await exchanged(guarded, old)).status]).toEqual([
      'AccessDenied',
      400,
    ]);
    expect(await take(await browser(old), guarded)).toBe(400);
  });

  test.each<[string, JWTPayload]>([
    ['another method', { amr: ['pwd', 'otp'] }],
    ['no method', { amr: undefined }],
    ['no moment', { auth_time: undefined }],
    ['the value under another claim', { amr: undefined, acr: 'mfa' }],
  ])('%s does not', async (_name, over) => {
    expect(await assume(guarded, claims(over))).toBe('AccessDenied');
  });

  test('acr may count instead', async () => {
    await counting({ MfaAmrValues: '', 'MfaAcrValues.member.1': 'urn:okta:loa:2fa:any' });
    expect(await assume(guarded)).toBe('AccessDenied');
    expect(await assume(guarded, claims({ amr: undefined, acr: 'urn:okta:loa:2fa:any' }))).toBe('accepted');
  });
});

test('what counts is shown, kept where nothing is said of it, and told in the trail', async () => {
  const OpenIDConnectProviderArn = provider.arn;
  await counting({ ...MFA, 'MfaAmrValues.member.2': 'hwk' });
  await counting({ 'MfaAcrValues.member.1': 'phr' });
  const shown = await daypassQuery(daypass, 'GetOpenIDConnectProviderLogin', { OpenIDConnectProviderArn });
  expect(shown.all('member')).toEqual(['mfa', 'hwk', 'phr']);
  const query = "select body from audit_events where event_name = 'UpdateOpenIDConnectProviderLogin'";
  const { results } = await daypass.d1.prepare(query).all<{ body: string }>();
  expect(JSON.stringify(results)).toContain('phr');
});

test('it is for those who may, and for providers that are there', async () => {
  const OpenIDConnectProviderArn = `${provider.arn}x`;
  for (const action of ['GetOpenIDConnectProviderLogin', 'UpdateOpenIDConnectProviderLogin'])
    expect((await daypassQuery(daypass, action, { OpenIDConnectProviderArn })).code).toBe('NoSuchEntity');
  const many = Object.fromEntries(
    Array.from({ length: 11 }, (_, n) => [`MfaAmrValues.member.${n + 1}`, `v${n}`]),
  );
  expect((await counting(many)).code).toBe('ValidationError');
});
