/** What the tests of IAM actions share: users with a policy of their own, and refusals as plain data. */
import { createHash, createHmac } from 'node:crypto';
import {
  CreateAccessKeyCommand,
  CreateUserCommand,
  type IAMClient,
  PutUserPolicyCommand,
} from '@aws-sdk/client-iam';
import { SignatureV4 } from '@smithy/signature-v4';
import type { Credentials, Daypass } from '../../../helpers/daypass.ts';

/** A document with one version and the given statements. */
export const policy = (...statements: readonly object[]): string =>
  JSON.stringify({ Version: '2012-10-17', Statement: statements });

export const allow = (Action: string | readonly string[], Resource: string | readonly string[] = '*') => ({
  Effect: 'Allow',
  Action,
  Resource,
});

export const deny = (Action: string | readonly string[], Resource: string | readonly string[] = '*') => ({
  Effect: 'Deny',
  Action,
  Resource,
});

/** What a refused call says: the SDK's error name is made of the wire code. */
export async function refusal(call: Promise<unknown>) {
  try {
    await call;
  } catch (error) {
    const { name, message, $metadata } = error as {
      readonly name: string;
      readonly message: string;
      readonly $metadata?: { readonly httpStatusCode?: number };
    };
    return { name, status: $metadata?.httpStatusCode, message };
  }
  throw new Error('the call was not refused');
}

export async function accessKeyOf(iam: IAMClient, userName: string): Promise<Credentials> {
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: userName }));
  if (AccessKey?.AccessKeyId === undefined || AccessKey.SecretAccessKey === undefined) {
    throw new Error('no key was made');
  }
  return { accessKeyId: AccessKey.AccessKeyId, secretAccessKey: AccessKey.SecretAccessKey };
}

/** Makes a user that may do what the statements say. @returns its IAM client */
export async function userWith(
  daypass: Daypass,
  userName: string,
  ...statements: readonly object[]
): Promise<IAMClient> {
  const admin = daypass.iam();
  await admin.send(new CreateUserCommand({ UserName: userName }));
  if (statements.length > 0) {
    await admin.send(
      new PutUserPolicyCommand({
        UserName: userName,
        PolicyName: 'own',
        PolicyDocument: policy(...statements),
      }),
    );
  }
  return daypass.iam(await accessKeyOf(admin, userName));
}

/** The names of `LookupEvents`' rows in the database that say what changed, newest last. */
export async function eventNames(daypass: Daypass): Promise<readonly string[]> {
  const { results } = await daypass.d1
    .prepare(
      "SELECT event_name AS name FROM audit_events WHERE event_source = 'iam.amazonaws.com' AND shard IS NULL ORDER BY rowid",
    )
    .all<{ name: string }>();
  return results.map(({ name }) => name);
}

/** Sends a form as it is, signed: for what no SDK would send. */
export async function signedForm(
  daypass: Daypass,
  credentials: Credentials,
  form: URLSearchParams,
): Promise<Response> {
  const signer = new SignatureV4({
    credentials,
    region: 'us-east-1',
    service: 'iam',
    sha256: Sha256 as never, // the SDK's type also asks for reset(), which its signer never calls
  });
  const { host, hostname } = new URL(daypass.url);
  const body = form.toString();
  const signed = await signer.sign({
    ...{ method: 'POST', protocol: 'http:', hostname, path: '/', query: {}, body },
    headers: { host, 'content-type': 'application/x-www-form-urlencoded' },
  });
  return daypass.fetch('/', { method: 'POST', headers: signed.headers, body });
}

export class Sha256 {
  readonly #hash;
  constructor(secret?: string | Uint8Array) {
    this.#hash = secret === undefined ? createHash('sha256') : createHmac('sha256', secret);
  }
  update(data: string | Uint8Array): void {
    this.#hash.update(data);
  }
  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }
}
