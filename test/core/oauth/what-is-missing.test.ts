import { expect, test } from 'vitest';
import { parseAuthorizationRequest } from '../../../src/core/oauth/authorization-request.ts';
import { type Missing, whatIsMissing } from '../../../src/core/oauth/what-is-missing.ts';

const STARTED = 10_000;
const PETRA = { type: 'user', accountId: '111122223333', userId: 'AIDAPETRA', userName: 'petra' } as const;

function missing(
  parameters: Readonly<Record<string, string>>,
  signIn: { createdAtSeconds: number; authAtSeconds: number; mfaAtSeconds: number | null } | null,
  nowSeconds = STARTED,
  expectedSubject: string | null = null,
): Missing | null {
  const usual = { response_type: 'code', code_challenge: 'x'.repeat(43), code_challenge_method: 'S256' };
  const parsed = parseAuthorizationRequest(
    'https://a/',
    new Map(Object.entries({ ...usual, ...parameters })),
    expectedSubject,
  );
  if (!parsed.ok) throw new Error(parsed.failure.message);
  return whatIsMissing(
    signIn === null ? null : { ...signIn, identity: PETRA },
    parsed.value,
    STARTED,
    nowSeconds,
  );
}

const at = (authAtSeconds: number, createdAtSeconds = authAtSeconds, mfaAtSeconds: number | null = null) => ({
  authAtSeconds,
  createdAtSeconds,
  mfaAtSeconds,
});
const MFA = 'urn:daypass:acr:mfa';

test.for<[string, Missing | null, ...Parameters<typeof missing>]>([
  ['nobody', 'sign_in', {}, null],
  ['somebody', null, {}, at(9000)],
  ['prompt login, proved before', 'confirmation', { prompt: 'login' }, at(9999)],
  ['prompt login, proved since', null, { prompt: 'login' }, at(10_000, 9000)],
  ['select_account, signed in before', 'sign_in', { prompt: 'select_account' }, at(10_001, 9000)],
  ['select_account, signed in since', null, { prompt: 'select_account' }, at(10_001)],
  ['max_age just met', null, { max_age: '60' }, at(9940)],
  ['max_age just missed', 'confirmation', { max_age: '60' }, at(9939)],
  ['max_age 0, proved before', 'confirmation', { max_age: '0' }, at(9999)],
  ['max_age 0, proved since, a while ago', null, { max_age: '0' }, at(10_001), 10_060],
  ['a second factor, without', 'second_factor', { acr_values: MFA }, at(9000)],
  ['a second factor, with', null, { acr_values: MFA }, at(9000, 9000, 9000)],
  ['a second factor or a single one', null, { acr_values: `${MFA} urn:daypass:acr:single` }, at(9000)],
  ['a class that is not known', null, { acr_values: 'urn:other' }, at(9000)],
  ['the person who is expected', null, {}, at(9000), STARTED, 'AIDAPETRA'],
  ['nobody, where one is expected', 'sign_in', {}, null, STARTED, 'AIDAPETRA'],
  ['another person than expected, signed in before', 'sign_in', {}, at(10_001, 9000), STARTED, 'AIDAPAULA'],
  ['another person than expected, signed in since', 'expected_person', {}, at(10_001), STARTED, 'AIDAPAULA'],
  ['an expected name in other letters', 'sign_in', {}, at(9000), STARTED, 'aidapetra'],
])('%s', ([, expected, ...given]) => {
  expect(missing(...given)).toBe(expected);
});
