/** What a refusal of AssumeRole tells, and whom: roles that exist, trust policies and external ids are not everybody's to know. */
import { GetRoleCommand } from '@aws-sdk/client-iam';
import { AssumeRoleCommand, DecodeAuthorizationMessageCommand } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Credentials } from '../../../helpers/daypass.ts';
import { type Scenario, startScenario } from '../../../helpers/scenario.ts';

let scenario: Scenario;
let account: string;
let nobody: Credentials;

const OTHER_ACCOUNT = '999988887777';
const SECRET_ID = 'partner-external-id-4711';

beforeAll(async () => {
  scenario = await startScenario();
  account = scenario.daypass.bootstrap.accountId;
  nobody = await scenario.makeUser('nobody', { Effect: 'Allow', Action: 'sts:AssumeRole', Resource: '*' });
  await scenario.makeRole('closed', {
    Principal: { AWS: `arn:aws:iam::${account}:root` },
    Action: 'sts:AssumeRole',
    Condition: { StringEquals: { 'sts:ExternalId': SECRET_ID } },
  });
  await scenario.makeRole('forbidden', {
    Effect: 'Deny',
    Principal: { AWS: `arn:aws:iam::${account}:root` },
    Action: 'sts:AssumeRole',
  });
  await copyRoleToOtherAccount('closed', 'partner');
});

afterAll(() => scenario.stop());

/** One deployment holds many accounts, but nothing over HTTP makes a second one yet. */
async function copyRoleToOtherAccount(from: string, name: string): Promise<void> {
  const { d1 } = scenario.daypass;
  const row = await d1.prepare('SELECT * FROM roles WHERE name = ?').bind(from).first();
  const copy = { ...row, account_id: OTHER_ACCOUNT, role_id: 'AROAPARTNERPARTNER123', name, name_key: name };
  const columns = Object.keys(copy);
  await d1
    .prepare(`INSERT INTO roles (${columns}) VALUES (${columns.map(() => '?')})`)
    .bind(...Object.values(copy))
    .run();
}

async function refusal(RoleArn: string, credentials?: Credentials): Promise<string> {
  const sts = scenario.daypass.sts(credentials);
  const error: Error = await sts.send(new AssumeRoleCommand({ RoleArn, RoleSessionName: 'al' })).then(
    () => new Error('it was allowed'),
    (reason: Error) => reason,
  );
  expect(error.name).toBe('AccessDenied');
  return error.message;
}

const roleArn = (name: string, accountId = account) => `arn:aws:iam::${accountId}:role/${name}`;

test('who may not read roles is told the same of one that refuses, one that forbids and one that is not there', async () => {
  for (const name of ['closed', 'forbidden', 'absent']) {
    expect(await refusal(roleArn(name), nobody)).toBe(
      `User: arn:aws:iam::${account}:user/nobody is not authorized to perform: sts:AssumeRole on resource: ${roleArn(name)}`,
    );
  }
});

test('who may read the role is told why, by a message that its account opens', async () => {
  const message = await refusal(roleArn('closed'));
  expect(message).toContain('because no resource-based policy allows the sts:AssumeRole action');
  const EncodedMessage = message.split(' ').at(-1);
  const { DecodedMessage } = await scenario.daypass
    .sts()
    .send(new DecodeAuthorizationMessageCommand({ EncodedMessage }));
  expect(JSON.parse(DecodedMessage ?? '').explanation.policies).toContainEqual(
    expect.objectContaining({
      layer: 'resource',
      statements: [expect.objectContaining({ failures: [expect.objectContaining({ wanted: [SECRET_ID] })] })],
    }),
  );
  expect((await scenario.daypass.iam().send(new GetRoleCommand({ RoleName: 'closed' }))).Role?.Arn).toBe(
    roleArn('closed'),
  );
});

test('a role of another account tells nothing to anybody, its administrator included', async () => {
  const words = async (name: string, credentials?: Credentials) =>
    (await refusal(roleArn(name, OTHER_ACCOUNT), credentials)).replace(name, 'NAME');
  for (const credentials of [undefined, nobody]) {
    expect(await words('partner', credentials)).toBe(await words('absent', credentials));
    expect(await words('partner', credentials)).not.toMatch(/because|Encoded|policy/);
  }
});

test('nor does the trail of the asker’s account', async () => {
  const asked = roleArn('partner', OTHER_ACCOUNT);
  await refusal(asked);
  const find = async () =>
    scenario.daypass.d1
      .prepare(
        "SELECT body FROM audit_events WHERE account_id = ? AND event_name = 'AssumeRole' AND body LIKE ?",
      )
      .bind(account, `%${asked}%`)
      .first<{ body: string }>();
  await expect.poll(find, { timeout: 20_000 }).not.toBeNull(); // the buffer drains within about a second
  expect(JSON.parse((await find())?.body ?? '')).toMatchObject({
    errorCode: 'AccessDenied',
    additionalEventData: { action: 'sts:AssumeRole', resource: asked, effect: 'ImplicitDeny' },
  });
  expect((await find())?.body).not.toContain(SECRET_ID);
});

test('the right external id opens the other account’s role, which trusts this one', async () => {
  const sts = scenario.daypass.sts();
  const RoleArn = roleArn('partner', OTHER_ACCOUNT);
  const { AssumedRoleUser } = await sts.send(
    new AssumeRoleCommand({ RoleArn, RoleSessionName: 'al', ExternalId: SECRET_ID }),
  );
  expect(AssumedRoleUser?.Arn).toBe(`arn:aws:sts::${OTHER_ACCOUNT}:assumed-role/partner/al`);
});
