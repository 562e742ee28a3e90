/** A person who signs in with password and authenticator app, roles that trust them, and clients, as an administrator makes them. */
import {
  CreateLoginProfileCommand,
  CreateRoleCommand,
  CreateVirtualMFADeviceCommand,
  EnableMFADeviceCommand,
  PutRolePolicyCommand,
} from '@aws-sdk/client-iam';
import type { Daypass } from './daypass.ts';
import { daypassQuery } from './daypass-query.ts';
import { PageClient } from './page-client.ts';
import { policy, type Scenario } from './scenario.ts';
import { twoCodes } from './totp.ts';

export const PASSWORD = 'seven quiet otters under the old mill';
const STEP_SECONDS = 30;

export interface Person {
  readonly name: string;
  /** A browser that is signed in; with its second factor unless `mfa` is false. */
  signIn(options?: { readonly next?: string }): Promise<{ client: PageClient; location: string | null }>;
  /** Proves both factors anew, on the page that asks for it. */
  confirm(client: PageClient, next: string): Promise<string | null>;
}

/** @param mfa - false leaves the person without a second factor */
export async function makePerson(scenario: Scenario, name: string, mfa = true): Promise<Person> {
  const { daypass } = scenario;
  const iam = daypass.iam();
  await scenario.makeUser(name, { Effect: 'Allow', Action: 'sts:AssumeRole', Resource: '*' });
  await iam.send(new CreateLoginProfileCommand({ UserName: name, Password: PASSWORD }));
  const seed = mfa ? await enrolApp(daypass, name) : null;
  const account = daypass.bootstrap.accountId;
  /** A code works once: each proof takes the clock to the next. */
  const nextCode = async (): Promise<string> => {
    if (seed === null) return '';
    await daypass.advance(STEP_SECONDS);
    return twoCodes(seed, daypass.nowSeconds())[1];
  };
  return {
    name,
    signIn: async ({ next } = {}) => {
      const client = new PageClient(daypass);
      await client.get(next === undefined ? '/login' : `/login?next=${next}`);
      const passed = await client.post('/login', { account, username: name, password: PASSWORD });
      if (seed === null) return { client, location: passed.location };
      await client.get('/mfa');
      const { location } = await client.post('/mfa/code', { code: await nextCode() });
      return { client, location };
    },
    confirm: async (client, next) => {
      await client.get(`/me/confirm?next=${next}`);
      const fields = { password: PASSWORD, code: await nextCode(), next };
      return (await client.post('/me/confirm', fields)).location;
    },
  };
}

async function enrolApp(daypass: Daypass, name: string): Promise<string> {
  const iam = daypass.iam();
  const made = await iam.send(new CreateVirtualMFADeviceCommand({ VirtualMFADeviceName: `${name}-app` }));
  const seed = new TextDecoder().decode(made.VirtualMFADevice?.Base32StringSeed);
  const SerialNumber = made.VirtualMFADevice?.SerialNumber ?? '';
  const [AuthenticationCode1, AuthenticationCode2] = twoCodes(seed, daypass.nowSeconds());
  await iam.send(
    new EnableMFADeviceCommand({ UserName: name, SerialNumber, AuthenticationCode1, AuthenticationCode2 }),
  );
  return seed;
}

/** Makes a role that one user may take, and that may read `arn:aws:s3:::reports/*`. @returns its ARN */
export async function makeRoleFor(
  { daypass }: Scenario,
  userName: string,
  RoleName: string,
): Promise<string> {
  const AssumeRolePolicyDocument = policy({
    Effect: 'Allow',
    Principal: { AWS: `arn:aws:iam::${daypass.bootstrap.accountId}:user/${userName}` },
    Action: 'sts:AssumeRole',
  });
  const { Role } = await daypass.iam().send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument }));
  const PolicyDocument = policy({ Effect: 'Allow', Action: 's3:*', Resource: 'arn:aws:s3:::reports/*' });
  await daypass.iam().send(new PutRolePolicyCommand({ RoleName, PolicyName: 'inline', PolicyDocument }));
  return Role?.Arn ?? '';
}

/** Registers a public client. @returns its id */
export async function registerClient(
  daypass: Daypass,
  grantType: string,
  more: Readonly<Record<string, string>> = {},
): Promise<string> {
  const answer = await daypassQuery(daypass, 'RegisterClient', {
    ClientName: 'Reports on TV',
    TokenEndpointAuthMethod: 'none',
    'GrantTypes.member.1': grantType,
    ...more,
  });
  const [clientId] = answer.all('ClientId');
  if (clientId === undefined) throw new Error(`the client was not registered: ${answer.text}`);
  return clientId;
}

/** Posts a form to an OAuth endpoint. */
export async function postForm(
  daypass: Daypass,
  path: string,
  fields: Readonly<Record<string, string>>,
): Promise<{ readonly status: number; readonly body: Readonly<Record<string, unknown>> }> {
  const answer = await daypass.fetch(path, { method: 'POST', body: new URLSearchParams(fields) });
  return { status: answer.status, body: await answer.json() };
}
