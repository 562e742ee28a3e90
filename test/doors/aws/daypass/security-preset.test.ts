import {
  CreateLoginProfileCommand,
  CreateUserCommand,
  GetLoginProfileCommand,
  type IAMClient,
  UpdateLoginProfileCommand,
} from '@aws-sdk/client-iam';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Daypass, startDaypass } from '../../../helpers/daypass.ts';
import { daypassQuery } from '../../../helpers/daypass-query.ts';
import { accessKeyOf, allow, refusal, userWith } from '../iam/support.ts';

const LONG = 'orbit-lantern-92-quarry';
const OTHER = 'velvet-harbour-31-thicket';

let daypass: Daypass;
let iam: IAMClient;

beforeAll(async () => {
  daypass = await startDaypass();
  iam = daypass.iam();
});
afterAll(() => daypass.stop());

const put = (SecurityPreset: string) =>
  daypassQuery(daypass, 'UpdateAccountSecurityPreset', { SecurityPreset });
const preset = async () => (await daypassQuery(daypass, 'GetAccountSecurityPreset')).all('SecurityPreset');

const make = async (UserName: string, Password: string, PasswordResetRequired = false) => {
  await iam.send(new CreateUserCommand({ UserName }));
  return iam.send(new CreateLoginProfileCommand({ UserName, Password, PasswordResetRequired }));
};
const mustReset = async (UserName: string) =>
  (await iam.send(new GetLoginProfileCommand({ UserName }))).LoginProfile?.PasswordResetRequired;

describe('the security preset', () => {
  test("is NIST until it is set, and NIST's again when it is set back, each change in the trail", async () => {
    expect(await preset()).toEqual(['NIST']);
    expect((await put('PCI')).status).toBe(200);
    expect(await preset()).toEqual(['PCI']);
    expect((await put('NIST')).status).toBe(200);
    expect(await preset()).toEqual(['NIST']);
    const { results } = await daypass.d1
      .prepare("SELECT count(*) AS n FROM audit_events WHERE event_name = 'UpdateAccountSecurityPreset'")
      .all();
    expect(results).toEqual([{ n: 2 }]);
  });

  test.each(['', 'pci', 'HIPAA', '__proto__'])('%j is none', async (name) => {
    expect(await put(name)).toMatchObject({ status: 400, code: 'ValidationError' });
    expect(await preset()).toEqual(['NIST']);
  });

  test('is set and read by those alone who may do just that', async () => {
    const one = `arn:aws:daypass::${daypass.bootstrap.accountId}:security-preset`;
    await userWith(daypass, 'reader', allow('daypass:GetAccountSecurityPreset', one));
    const reader = await accessKeyOf(iam, 'reader');
    const ask = (action: string, form = {}) => daypassQuery(daypass, action, form, reader);
    expect((await ask('GetAccountSecurityPreset')).all('SecurityPreset')).toEqual(['NIST']);
    expect(await ask('UpdateAccountSecurityPreset', { SecurityPreset: 'PCI' })).toMatchObject({
      ...{ status: 403, code: 'AccessDenied' },
    });
    expect(await preset()).toEqual(['NIST']);
  });
});

describe('under PCI', () => {
  beforeAll(async () => {
    await put('PCI');
  });
  afterAll(async () => {
    await put('NIST');
  });

  test('twelve characters are enough, with a letter and a number among them', async () => {
    for (const [name, bad, message] of [
      ['short', 'kx7-vq2-ph9', 'Password should have a minimum length of 12'],
      ['letters', 'kxzvqwphyzut', 'Password should have at least one number'],
      ['digits', '829405713684', 'Password should have at least one letter'],
    ] as const) {
      expect(await refusal(make(name, bad)), bad).toEqual({
        ...{ name: 'PasswordPolicyViolationException', status: 400, message },
      });
    }
    await make('enough', 'kx7-vq2-ph9z');
  });

  test('a password that somebody else chose is changed at its first use, whatever was asked for', async () => {
    const { LoginProfile } = await make('anna', LONG, false);
    expect(LoginProfile?.PasswordResetRequired).toBe(true);
    const lift = { UserName: 'anna', PasswordResetRequired: false };
    await iam.send(new UpdateLoginProfileCommand(lift));
    expect(await mustReset('anna')).toBe(true);
    await iam.send(new UpdateLoginProfileCommand({ ...lift, Password: OTHER }));
    expect(await mustReset('anna')).toBe(true);
  });
});

test('without it the administrator has the say', async () => {
  await make('ben', LONG, true);
  await iam.send(new UpdateLoginProfileCommand({ UserName: 'ben', PasswordResetRequired: false }));
  expect(await mustReset('ben')).toBe(false);
  expect(await refusal(make('cyd', 'kx7-vq2-ph9z'))).toMatchObject({
    message: 'Password should have a minimum length of 15',
  });
});
