/** Second factors that live long, and passkeys as the MFA devices that IAM sees. */
import {
  CreateLoginProfileCommand,
  CreateVirtualMFADeviceCommand,
  DeactivateMFADeviceCommand,
  DeleteLoginProfileCommand,
  DeleteUserCommand,
  EnableMFADeviceCommand,
  GetAccountSummaryCommand,
  ListMFADevicesCommand,
} from '@aws-sdk/client-iam';
import { GetSessionTokenCommand } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Daypass } from '../helpers/daypass.ts';
import { PageClient } from '../helpers/page-client.ts';
import { type Scenario, startScenario } from '../helpers/scenario.ts';
import { registrationAnswer } from '../helpers/soft-registration.ts';
import { twoCodes } from '../helpers/totp.ts';

const PASSWORD = 'seven quiet otters under the old mill';
const MODEL = 'ee882879-721c-4913-9775-3dfcce97072a';
const DAY = 86_400;

let scenario: Scenario;
let daypass: Daypass;
beforeAll(async () => {
  scenario = await startScenario({ vars: { DAYPASS_KEY_ROTATION_DAYS: '2' } });
  daypass = scenario.daypass;
});
afterAll(() => scenario.stop());

async function signIn(username: string): Promise<{ client: PageClient; location: string | null }> {
  const client = new PageClient(daypass);
  await client.get('/login');
  const account = daypass.bootstrap.accountId;
  const { location } = await client.post('/login', { account, username, password: PASSWORD });
  return { client, location };
}

const summary = async () => {
  const { SummaryMap } = await daypass.iam().send(new GetAccountSummaryCommand({}));
  return [SummaryMap?.MFADevices, SummaryMap?.MFADevicesInUse];
};

test('a passkey is listed, counted and deactivated through IAM, and signs nobody in then', async () => {
  const iam = daypass.iam();
  const UserName = 'petra';
  await scenario.makeUser(UserName);
  await iam.send(new CreateLoginProfileCommand({ UserName, Password: PASSWORD }));
  const { client } = await signIn(UserName);
  await client.get('/me/passkeys/add');
  const { challenge } = JSON.parse((await client.post('/me/passkeys/options', {})).text);
  const response = registrationAnswer({
    ...{ challenge, origin: daypass.url, aaguid: MODEL },
    statement: { fmt: 'none' },
  });
  expect((await client.post('/me/passkeys', { name: 'Key', response })).location).toBe(
    '/me?done=passkey-added',
  );
  const { MFADevices = [] } = await iam.send(new ListMFADevicesCommand({ UserName }));
  const account = daypass.bootstrap.accountId;
  expect(MFADevices).toEqual([
    {
      UserName,
      SerialNumber: expect.stringMatching(`^arn:aws:iam::${account}:u2f/user/petra/[A-Z2-7]{24}$`),
      EnableDate: expect.any(Date),
    },
  ]);
  expect(await summary()).toEqual([1, 1]);
  expect((await signIn(UserName)).location).toBe('/mfa');
  await iam.send(new DeleteLoginProfileCommand({ UserName }));
  await expect(iam.send(new DeleteUserCommand({ UserName }))).rejects.toMatchObject({
    name: 'DeleteConflictException',
  });

  const SerialNumber = MFADevices[0]?.SerialNumber ?? '';
  const deactivate = (of: string) => iam.send(new DeactivateMFADeviceCommand({ UserName: of, SerialNumber }));
  await expect(deactivate('admin')).rejects.toMatchObject({ name: 'NoSuchEntityException' });
  await deactivate(UserName);
  await expect(deactivate(UserName)).rejects.toMatchObject({ name: 'NoSuchEntityException' });
  expect((await iam.send(new ListMFADevicesCommand({ UserName }))).MFADevices).toEqual([]);
  expect(await summary()).toEqual([0, 0]);
  const left = await daypass.d1.prepare('select count(*) as n from webauthn_credentials').first();
  expect(left?.n).toBe(0);
});

test('the seed of an authenticator app outlives the storage key that sealed it, in a cold isolate too', async () => {
  const UserName = 'theo';
  const key = await scenario.makeUser(UserName);
  const iam = daypass.iam();
  const { VirtualMFADevice } = await iam.send(
    new CreateVirtualMFADeviceCommand({ VirtualMFADeviceName: UserName }),
  );
  const SerialNumber = VirtualMFADevice?.SerialNumber ?? '';
  const seed = new TextDecoder().decode(VirtualMFADevice?.Base32StringSeed);
  const [AuthenticationCode1, AuthenticationCode2] = twoCodes(seed, daypass.nowSeconds());
  await iam.send(
    new EnableMFADeviceCommand({ UserName, SerialNumber, AuthenticationCode1, AuthenticationCode2 }),
  );
  const active = async () =>
    (
      await daypass.d1
        .prepare("select key_id from keys where purpose = 'storage' and state = 'active'")
        .first<{ key_id: string }>()
    )?.key_id;
  const sealedBy = await active();
  const sealedSeed = () => daypass.d1.prepare('select sealed_seed from mfa_devices').first('sealed_seed');
  const before = await sealedSeed();
  for (let day = 0; day < 7; day += 1) {
    await daypass.advance(DAY);
    await daypass.scheduled();
  }
  expect(await active()).not.toBe(sealedBy);
  expect(await sealedSeed()).toBe(before);
  await daypass.restart();
  const [, TokenCode] = twoCodes(seed, daypass.nowSeconds());
  const prove = () => daypass.sts(key).send(new GetSessionTokenCommand({ SerialNumber, TokenCode }));
  expect((await prove()).Credentials?.AccessKeyId).toMatch(/^ASIA/);
  await expect(prove()).rejects.toMatchObject({ name: 'AccessDenied' });
});
