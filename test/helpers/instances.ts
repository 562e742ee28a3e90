/** Keys, roles and profiles for what runs. */
import {
  AddRoleToInstanceProfileCommand,
  CreateInstanceProfileCommand,
  CreateRoleCommand,
  PutRolePolicyCommand,
} from '@aws-sdk/client-iam';
import { exportJWK, generateKeyPair, type JWK, type JWTPayload, SignJWT } from 'jose';
import type { Daypass } from './daypass.ts';
import { daypassQuery } from './daypass-query.ts';
import { jsonOf } from './json.ts';

export interface DeviceKey {
  readonly algorithm: string;
  readonly publicJwk: JWK;
  readonly privateKey: CryptoKey;
}

/** A fresh key pair of a device. */
export async function deviceKey(algorithm = 'ES256'): Promise<DeviceKey> {
  const { publicKey, privateKey } = await generateKeyPair(algorithm, { extractable: true });
  return { algorithm, publicJwk: await exportJWK(publicKey), privateKey };
}

const TRUST = JSON.stringify({
  Version: '2012-10-17',
  Statement: {
    Effect: 'Allow',
    Principal: { Service: 'daypass.amazonaws.com' },
    Action: ['sts:AssumeRole', 'sts:TagSession'],
  },
});

/** A role that instances may have, in an instance profile of the same name. @returns the role's ARN */
export async function makeProfile(
  daypass: Daypass,
  name: string,
  { trust = TRUST, allow = 's3:GetObject' }: { readonly trust?: string; readonly allow?: string } = {},
): Promise<string> {
  const iam = daypass.iam();
  const { Role } = await iam.send(new CreateRoleCommand({ RoleName: name, AssumeRolePolicyDocument: trust }));
  const PolicyDocument = JSON.stringify({
    Version: '2012-10-17',
    Statement: { Effect: 'Allow', Action: allow, Resource: '*' },
  });
  await iam.send(new PutRolePolicyCommand({ RoleName: name, PolicyName: 'inline', PolicyDocument }));
  await iam.send(new CreateInstanceProfileCommand({ InstanceProfileName: name }));
  await iam.send(new AddRoleToInstanceProfileCommand({ InstanceProfileName: name, RoleName: name }));
  return Role?.Arn ?? '';
}

/** Registers an instance by its key. @returns its id */
export async function register(daypass: Daypass, key: DeviceKey, more: Record<string, string> = {}) {
  const answer = await daypassQuery(daypass, 'RegisterInstance', {
    PublicKey: JSON.stringify(key.publicJwk),
    ...more,
  });
  if (answer.status !== 200) throw new Error(answer.text);
  return answer.all('InstanceId')[0] ?? '';
}

/** Gives an instance a profile. @returns the association's id */
export async function associate(daypass: Daypass, InstanceId: string, InstanceProfileName: string) {
  const answer = await daypassQuery(daypass, 'AssociateInstanceProfile', { InstanceId, InstanceProfileName });
  if (answer.status !== 200) throw new Error(answer.text);
  return answer.all('AssociationId')[0] ?? '';
}

export const instanceArnOf = (daypass: Daypass, instanceId: string): string =>
  `arn:aws:daypass::${daypass.bootstrap.accountId}:instance/${instanceId}`;

/** A fresh nonce of the broker. */
export async function nonceOf(daypass: Daypass): Promise<string> {
  return String((await jsonOf(await daypass.fetch('/credentials/nonce', { method: 'POST' }))).nonce);
}

/** Signs a proof. @param payload - beside or instead of audience and a fresh nonce */
export async function proofOf(
  daypass: Daypass,
  key: DeviceKey,
  payload: JWTPayload,
  header: Readonly<Record<string, unknown>> = {},
): Promise<string> {
  const usual = { aud: `${daypass.url}/credentials`, nonce: payload.nonce ?? (await nonceOf(daypass)) };
  return new SignJWT({ ...usual, ...payload })
    .setProtectedHeader({ alg: key.algorithm, typ: 'daypass-proof+jwt', ...header })
    .sign(key.privateKey);
}

/** Asks for credentials. @returns status and body */
export async function askCredentials(daypass: Daypass, authorization: string, query = '') {
  const answer = await daypass.fetch(`/credentials${query}`, { headers: { authorization } });
  return { status: answer.status, body: await jsonOf(answer) };
}

/** A token for SDKs, changed for a fresh proof. */
export async function tokenOf(daypass: Daypass, key: DeviceKey, instanceId: string): Promise<string> {
  const proof = await proofOf(daypass, key, { sub: instanceArnOf(daypass, instanceId) });
  const answer = await daypass.fetch('/credentials/token', {
    method: 'POST',
    body: JSON.stringify({ proof }),
  });
  return String((await jsonOf(answer)).token);
}
