/** Users that nobody uses, in an account that goes by PCI's numbers. @see PCI DSS 4.0.1, 8.2.6 */
import {
  CreateLoginProfileCommand,
  GetUserCommand,
  ListAccessKeysCommand,
  UpdateAccessKeyCommand,
  UpdateLoginProfileCommand,
} from '@aws-sdk/client-iam';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Credentials } from '../helpers/daypass.ts';
import { daypassQuery } from '../helpers/daypass-query.ts';
import { PageClient } from '../helpers/page-client.ts';
import { type Scenario, startScenario } from '../helpers/scenario.ts';

const PASSWORD = 'seven quiet otters under the old mill 7';
const NEXT = 'eleven loud herons above the new bridge 8';
const DAY = 86_400;

let scenario: Scenario;
let key: Credentials;
beforeAll(async () => {
  scenario = await startScenario({ setup: { email: 'root@example.com', accountAlias: 'example' } });
  key = await scenario.makeUser('idle');
  await scenario.makeUser('busy');
  for (const UserName of ['idle', 'busy']) {
    const profile = { UserName, Password: PASSWORD, PasswordResetRequired: false };
    await scenario.daypass.iam().send(new CreateLoginProfileCommand(profile));
  }
});
afterAll(() => scenario.stop());

async function signIn(username: string, password = PASSWORD) {
  const client = new PageClient(scenario.daypass);
  await client.get('/login');
  const { status, location, text } = await client.post('/login', { account: 'example', username, password });
  return { status, location, text, hasSession: client.cookies.has('__Host-daypass-session') };
}

const disabled = async (): Promise<readonly string[]> => {
  const { results } = await scenario.daypass.d1
    .prepare('select name from users where disabled_at_seconds is not null order by name')
    .all<{ name: string }>();
  return results.map(({ name }) => name);
};

const statusOf = async (UserName: string) => {
  const { AccessKeyMetadata } = await scenario.daypass.iam().send(new ListAccessKeysCommand({ UserName }));
  return AccessKeyMetadata?.map(({ Status }) => Status);
};

test('after ninety days one that nobody used is disabled: password, keys and all; one in use and the last administrator are not', async () => {
  const { daypass } = scenario;
  await daypass.advance(60 * DAY);
  expect((await signIn('busy')).hasSession).toBe(true);
  await daypass.advance(31 * DAY);
  await daypass.scheduled();
  expect(await disabled()).toEqual([]); // NIST's numbers ask for nothing of the kind
  await daypassQuery(daypass, 'UpdateAccountSecurityPreset', { SecurityPreset: 'PCI' });
  await daypass.advance(3600);
  await daypass.scheduled();
  expect(await disabled()).toEqual(['idle']);

  const { status, hasSession, text } = await signIn('idle');
  expect([status, hasSession]).toEqual([400, false]);
  expect(text).toContain('These details were not accepted');
  expect(await statusOf('idle')).toEqual(['Inactive']);
  await expect(daypass.sts(key).send(new GetCallerIdentityCommand({}))).rejects.toMatchObject({
    name: 'InvalidClientTokenId',
  });
  const { results } = await daypass.d1
    .prepare("select body from audit_events where event_name = 'DisableInactiveUser'")
    .all<{ body: string }>();
  expect(results.map(({ body }) => JSON.parse(body))).toEqual([
    expect.objectContaining({
      userIdentity: { type: 'Deployment' },
      requestParameters: { userName: 'idle' },
    }),
  ]);
});

test('a new password by an administrator lets it in again, and the key once that is switched on', async () => {
  const { daypass } = scenario;
  const iam = daypass.iam();
  await iam.send(new UpdateLoginProfileCommand({ UserName: 'idle', PasswordResetRequired: true }));
  expect(await disabled()).toEqual(['idle']);
  await iam.send(
    new UpdateLoginProfileCommand({ UserName: 'idle', Password: NEXT, PasswordResetRequired: false }),
  );
  expect(await disabled()).toEqual([]);
  const AccessKeyId = key.accessKeyId;
  await iam.send(new UpdateAccessKeyCommand({ UserName: 'idle', AccessKeyId, Status: 'Active' }));
  await daypass.advance(3600);
  await daypass.scheduled();
  expect(await disabled()).toEqual([]);
  expect((await daypass.sts(key).send(new GetCallerIdentityCommand({}))).Arn).toContain(':user/idle');
  expect((await signIn('idle', NEXT)).location).toBe('/login/new-password');
});

test('the last administrator stays, however long nobody comes', async () => {
  const { daypass } = scenario;
  await daypass.advance(200 * DAY);
  await daypass.scheduled();
  expect(await disabled()).toEqual(['busy', 'idle']);
  expect((await daypass.iam().send(new GetUserCommand({}))).User?.UserName).toBe('admin');
});
