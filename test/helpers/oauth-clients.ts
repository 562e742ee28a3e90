/** Registers roles, scopes and clients of the OAuth door as an administrator would. */
import { CreateRoleCommand, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import type { Daypass } from './daypass.ts';
import { daypassQuery } from './daypass-query.ts';
import { policy } from './scenario.ts';

export interface RegisteredClient {
  readonly clientId: string;
  /** Empty for a client without one. */
  readonly secret: string;
}

/** Makes a role that clients may have, with one inline policy. @returns its ARN */
export async function makeClientRole(
  daypass: Daypass,
  RoleName: string,
  allowed: object,
  condition: object = {},
): Promise<string> {
  const iam = daypass.iam();
  const made = await iam.send(
    new CreateRoleCommand({
      RoleName,
      AssumeRolePolicyDocument: policy({
        Effect: 'Allow',
        Principal: { Service: 'oauth.daypass.amazonaws.com' },
        Action: 'sts:AssumeRole',
        ...condition,
      }),
    }),
  );
  const PolicyDocument = policy({ Effect: 'Allow', Resource: '*', ...allowed });
  await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: 'inline', PolicyDocument }));
  return made.Role?.Arn ?? '';
}

/** @throws Error when the registration is refused */
export async function registerClient(
  daypass: Daypass,
  parameters: Readonly<Record<string, string>>,
): Promise<RegisteredClient> {
  const made = await daypassQuery(daypass, 'RegisterClient', { ClientName: 'Test', ...parameters });
  const [clientId] = made.all('ClientId');
  if (clientId === undefined) throw new Error(made.text);
  return { clientId, secret: made.all('ClientSecret')[0] ?? '' };
}

/** @throws Error when the registration is refused */
export async function registerScope(daypass: Daypass, Scope: string, allowed: object): Promise<void> {
  const PolicyDocument = policy({ Effect: 'Allow', Resource: '*', ...allowed });
  const made = await daypassQuery(daypass, 'RegisterScope', { Scope, PolicyDocument });
  if (made.status !== 200) throw new Error(made.text);
}

/** Posts a form to an endpoint of the OAuth door. */
export async function postForm(
  daypass: Daypass,
  path: string,
  parameters: Readonly<Record<string, string>>,
  headers: Readonly<Record<string, string>> = {},
): Promise<{
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
  readonly headers: Headers;
}> {
  const answer = await daypass.fetch(path, {
    method: 'POST',
    headers,
    body: new URLSearchParams(parameters),
  });
  const text = await answer.text();
  return {
    status: answer.status,
    headers: answer.headers,
    body: text === '' ? {} : (JSON.parse(text) as Readonly<Record<string, unknown>>),
  };
}

/** The header of client_secret_basic. @see RFC 6749 section 2.3.1 */
export const basicOf = ({ clientId, secret }: RegisteredClient): Readonly<Record<string, string>> => ({
  authorization: `Basic ${btoa(`${encodeURIComponent(clientId)}:${encodeURIComponent(secret)}`)}`,
});
