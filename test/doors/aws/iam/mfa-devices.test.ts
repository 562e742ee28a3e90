import {
  CreateUserCommand,
  CreateVirtualMFADeviceCommand,
  DeactivateMFADeviceCommand,
  DeleteUserCommand,
  DeleteVirtualMFADeviceCommand,
  EnableMFADeviceCommand,
  GetAccountSummaryCommand,
  GetMFADeviceCommand,
  type IAMClient,
  ListMFADevicesCommand,
  ListMFADeviceTagsCommand,
  ListVirtualMFADevicesCommand,
  ResyncMFADeviceCommand,
  TagMFADeviceCommand,
  UntagMFADeviceCommand,
} from '@aws-sdk/client-iam';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Daypass, startDaypass } from '../../../helpers/daypass.ts';
import { twoCodes } from '../../../helpers/totp.ts';
import { allow, eventNames, refusal, userWith } from './support.ts';

let daypass: Daypass;
let iam: IAMClient;
let own: string;

beforeAll(async () => {
  daypass = await startDaypass();
  iam = daypass.iam();
  own = `arn:aws:iam::${daypass.bootstrap.accountId}`;
});
afterAll(() => daypass.stop());

const make = async (VirtualMFADeviceName: string, client = iam, Path = '/') => {
  const made = await client.send(new CreateVirtualMFADeviceCommand({ VirtualMFADeviceName, Path }));
  const device = made.VirtualMFADevice;
  const seed = new TextDecoder().decode(device?.Base32StringSeed);
  return { device, seed, SerialNumber: device?.SerialNumber ?? '' };
};
const codesOf = (seed: string, offset = 0) => {
  const [AuthenticationCode1, AuthenticationCode2] = twoCodes(seed, daypass.nowSeconds(), offset);
  return { AuthenticationCode1, AuthenticationCode2 };
};
const enable = (UserName: string, SerialNumber: string, seed: string, client = iam) =>
  client.send(new EnableMFADeviceCommand({ UserName, SerialNumber, ...codesOf(seed) }));
const summary = async () => {
  const { SummaryMap } = await iam.send(new GetAccountSummaryCommand({}));
  return [SummaryMap?.MFADevices, SummaryMap?.MFADevicesInUse, SummaryMap?.AccountMFAEnabled];
};

describe('a virtual MFA device', () => {
  test('lives from its creation to its end, each change in the trail, and no seed anywhere', async () => {
    const before = (await eventNames(daypass)).length;
    const { User } = await iam.send(new CreateUserCommand({ UserName: 'Anna' }));
    const { device, seed, SerialNumber } = await make('Phone', iam, '/p/');
    expect(SerialNumber).toBe(`${own}:mfa/p/Phone`);
    expect(seed).toMatch(/^[A-Z2-7]{32}$/);
    expect([...(device?.QRCodePNG ?? []).slice(0, 4)]).toEqual([0x89, 0x50, 0x4e, 0x47]);
    expect(await summary()).toEqual([1, 0, 0]);
    const UserName = 'Anna';
    await enable(UserName, SerialNumber, seed);
    expect(await summary()).toEqual([1, 1, 0]);
    const listed = await iam.send(new ListMFADevicesCommand({ UserName: 'anna' }));
    expect(listed.MFADevices).toEqual([{ UserName, SerialNumber, EnableDate: expect.any(Date) }]);
    const got = await iam.send(
      new GetMFADeviceCommand({ UserName, SerialNumber: SerialNumber.toLowerCase() }),
    );
    expect(got).toMatchObject({ UserName, SerialNumber, EnableDate: expect.any(Date) });
    const { VirtualMFADevices } = await iam.send(
      new ListVirtualMFADevicesCommand({ AssignmentStatus: 'Assigned' }),
    );
    expect(VirtualMFADevices).toEqual([{ SerialNumber, User, EnableDate: expect.any(Date) }]);
    await iam.send(new ResyncMFADeviceCommand({ UserName, SerialNumber, ...codesOf(seed, 2) }));
    expect(await refusal(iam.send(new DeleteUserCommand({ UserName })))).toMatchObject({
      message: 'Cannot delete entity, must delete MFA device first.',
    });
    expect(await refusal(iam.send(new DeleteVirtualMFADeviceCommand({ SerialNumber })))).toMatchObject({
      name: 'DeleteConflictException',
    });
    await iam.send(new DeactivateMFADeviceCommand({ UserName, SerialNumber }));
    await iam.send(new DeleteVirtualMFADeviceCommand({ SerialNumber }));
    await iam.send(new DeleteUserCommand({ UserName }));
    expect(await summary()).toEqual([0, 0, 0]);
    expect((await eventNames(daypass)).slice(before)).toEqual([
      ...['CreateUser', 'CreateVirtualMFADevice', 'EnableMFADevice', 'ResyncMFADevice'],
      ...['DeactivateMFADevice', 'DeleteVirtualMFADevice', 'DeleteUser'],
    ]);
    const { results } = await daypass.d1.prepare('SELECT * FROM audit_events').all();
    expect(JSON.stringify(results) + daypass.logs.join('')).not.toContain(seed);
  });

  test('has tags', async () => {
    const { SerialNumber } = await make('tagged');
    await iam.send(new TagMFADeviceCommand({ SerialNumber, Tags: [{ Key: 'a', Value: '1' }] }));
    const tags = async () => (await iam.send(new ListMFADeviceTagsCommand({ SerialNumber }))).Tags;
    expect(await tags()).toEqual([{ Key: 'a', Value: '1' }]);
    await iam.send(new UntagMFADeviceCommand({ SerialNumber, TagKeys: ['A', 'b'] }));
    expect(await tags()).toEqual([]);
  });

  test('is refused for a taken name, wrong codes, a second owner and what there is not', async () => {
    await iam.send(new CreateUserCommand({ UserName: 'ben' }));
    const { seed, SerialNumber } = await make('bens');
    expect(await refusal(make('BENS'))).toMatchObject({ name: 'EntityAlreadyExistsException', status: 409 });
    const wrong = { AuthenticationCode1: '000000', AuthenticationCode2: '000000' };
    const asked = { UserName: 'ben', SerialNumber, ...wrong };
    expect(await refusal(iam.send(new EnableMFADeviceCommand(asked)))).toMatchObject({
      name: 'InvalidAuthenticationCodeException',
      status: 403,
      message: 'Authentication code for device is not valid.',
    });
    await enable('ben', SerialNumber, seed);
    expect(await refusal(enable('ben', SerialNumber, seed))).toMatchObject({
      name: 'EntityAlreadyExistsException',
    });
    const missing = { name: 'NoSuchEntityException', status: 404 };
    expect(await refusal(enable('ben', `${own}:mfa/none`, seed))).toMatchObject(missing);
    const { SerialNumber: free } = await make('free');
    for (const serial of [free, `${own}:mfa/none`]) {
      const call = iam.send(new DeactivateMFADeviceCommand({ UserName: 'ben', SerialNumber: serial }));
      expect(await refusal(call)).toMatchObject(missing);
    }
  });

  test('is managed by its user within what policy allows on its name, and by no other', async () => {
    const mfa = ['iam:CreateVirtualMFADevice', 'iam:DeleteVirtualMFADevice'];
    const user = ['iam:EnableMFADevice', 'iam:ListMFADevices', 'iam:DeactivateMFADevice'];
    const eve = await userWith(
      daypass,
      'eve',
      allow(mfa, 'arn:aws:iam::*:mfa/${aws:username}'),
      allow(user, 'arn:aws:iam::*:user/${aws:username}'),
    );
    const { seed, SerialNumber } = await make('eve', eve);
    await enable('eve', SerialNumber, seed, eve);
    expect((await eve.send(new ListMFADevicesCommand({}))).MFADevices).toHaveLength(1);
    const denied = { name: 'AccessDenied', status: 403 };
    expect(await refusal(make('ben', eve))).toMatchObject(denied);
    expect(await refusal(eve.send(new ListMFADevicesCommand({ UserName: 'ben' })))).toMatchObject(denied);
    expect(
      await refusal(eve.send(new DeleteVirtualMFADeviceCommand({ SerialNumber: `${own}:mfa/bens` }))),
    ).toMatchObject(denied);
    expect(await refusal(eve.send(new ListVirtualMFADevicesCommand({})))).toMatchObject(denied);
  });
});
