/** IAM users at the pages: password, authenticator app, due passwords, roles, credentials. */
import {
  CreateLoginProfileCommand,
  CreateRoleCommand,
  ListOpenIDConnectProvidersCommand,
  PutUserPolicyCommand,
} from '@aws-sdk/client-iam';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Daypass } from '../../helpers/daypass.ts';
import { daypassQuery } from '../../helpers/daypass-query.ts';
import { exchange } from '../../helpers/exchange.ts';
import { type PageAnswer, PageClient } from '../../helpers/page-client.ts';
import { policy, type Scenario, startScenario } from '../../helpers/scenario.ts';
import { postSigned } from '../../helpers/signed-json.ts';
import { twoCodes } from '../../helpers/totp.ts';

const SESSION = '__Host-daypass-session';
const PASSWORD = 'seven quiet otters under the old mill';

let scenario: Scenario;
let daypass: Daypass;
let account: string;
beforeAll(async () => {
  scenario = await startScenario({ setup: { email: 'root@example.com', accountAlias: 'example' } });
  daypass = scenario.daypass;
  account = daypass.bootstrap.accountId;
});
afterAll(() => scenario.stop());

async function makePerson(UserName: string, options: { readonly reset?: boolean } = {}): Promise<void> {
  await scenario.makeUser(UserName);
  const PasswordResetRequired = options.reset === true;
  await daypass
    .iam()
    .send(new CreateLoginProfileCommand({ UserName, Password: PASSWORD, PasswordResetRequired }));
}

const fields = (username: string, over: Record<string, string> = {}) => ({
  account: 'example',
  username,
  password: PASSWORD,
  ...over,
});

async function submit(name: string, over: Record<string, string> = {}) {
  const client = new PageClient(daypass);
  await client.get('/login');
  const answer = await client.post('/login', fields(name, over));
  return { client, answer };
}

const saying = ({ status, text }: PageAnswer) => `${status} ${/<li>(.*?)<\/li>/.exec(text)?.[1]}`;

describe('a user', () => {
  beforeAll(() => makePerson('anna'));

  test.for<[string, () => Record<string, string>]>([
    ['by the alias of the account', () => ({})],
    ['by its id', () => ({ account })],
    ['in another spelling of alias and name', () => ({ account: ' EXAMPLE ', username: 'ANNA' })],
  ])('signs in %s', async ([, over]) => {
    const { client, answer } = await submit('anna', over());
    expect([answer.status, answer.location]).toEqual([303, '/me']);
    expect((await client.get('/me')).text).toContain(`arn:aws:iam::${account}:user/anna`);
  });

  test('who is wrong anywhere gets the answer of one who is nobody', async () => {
    await scenario.makeUser('without-password');
    const answers = [
      await submit('anna', { password: 'wrong' }),
      await submit('nobody', { password: 'wrong' }),
      await submit('without-password', { password: 'wrong' }),
      await submit('anna', { account: 'no-such-account' }),
      await submit('anna', { account: '999988887777' }),
      await submit('__proto__', { account: '__proto__' }),
    ];
    expect(new Set(answers.map(({ answer }) => saying(answer))).size).toBe(1);
    for (const { client } of answers) expect(client.cookies.has(SESSION)).toBe(false);
  });

  test('goes on to what waited, and nowhere else', async () => {
    const client = new PageClient(daypass);
    await client.get('/login?next=roles');
    expect((await client.post('/login', fields('anna'))).location).toBe('/me/roles');
    await client.get('/login?next=oauth:Req_1');
    const { location } = await client.post('/login', fields('anna'));
    expect(location).toBe('/login/continue?request=Req_1');
    const { text } = await client.get(location ?? '');
    expect(text).toContain('content="0; url=/oauth/authorize?request=Req_1"');
  });

  test('who is deleted has no session any more', async () => {
    await makePerson('gone');
    const { client } = await submit('gone');
    expect((await client.get('/me')).status).toBe(200);
    const { DeleteLoginProfileCommand, DeleteUserCommand, ListAccessKeysCommand, DeleteAccessKeyCommand } =
      await import('@aws-sdk/client-iam');
    const iam = daypass.iam();
    const UserName = 'gone';
    const { AccessKeyMetadata } = await iam.send(new ListAccessKeysCommand({ UserName }));
    const AccessKeyId = AccessKeyMetadata?.[0]?.AccessKeyId ?? '';
    await iam.send(new DeleteAccessKeyCommand({ UserName, AccessKeyId }));
    await iam.send(new DeleteLoginProfileCommand({ UserName }));
    await iam.send(new DeleteUserCommand({ UserName }));
    expect((await client.get('/me')).location).toBe('/login?next=me');
    await makePerson('gone');
    expect((await client.get('/me')).location).toBe('/login?next=me');
  });
});

test('RevokeSessions for a user ends browser sessions of that user alone', async () => {
  await makePerson('mara');
  const [{ client: mara }, { client: anna }] = [await submit('mara'), await submit('anna')];
  expect((await mara.get('/me')).status).toBe(200);
  expect((await daypassQuery(daypass, 'RevokeSessions', { UserName: 'mara' })).code).toBeNull();
  expect((await mara.get('/me')).location).toBe('/login?next=me');
  expect((await anna.get('/me')).status).toBe(200);
});

test('a due password is changed before there is a session', async () => {
  await makePerson('fresh', { reset: true });
  const { client, answer } = await submit('fresh');
  expect(answer.location).toBe('/login/new-password');
  expect(client.cookies.has(SESSION)).toBe(false);
  await client.get('/login/new-password');
  const next = 'eleven loud herons above the new bridge';
  const post = (over: Record<string, string>) =>
    client.post('/login/new-password', { old: PASSWORD, new: next, again: next, ...over });
  expect(saying(await post({ again: 'other' }))).toContain('differ');
  expect(saying(await post({ new: 'short', again: 'short' }))).toMatch(/^400 /);
  expect(saying(await post({ new: PASSWORD, again: PASSWORD }))).toMatch(/^400 /);
  expect(saying(await post({ old: 'wrong' }))).toMatch(/^400 /);
  expect((await post({})).location).toBe('/me');
  expect((await submit('fresh')).answer.status).toBe(400);
  expect((await submit('fresh', { password: next })).answer.location).toBe('/me');
});

describe('an authenticator app', () => {
  let client: PageClient;
  let seed = '';
  beforeAll(async () => {
    await makePerson('otto');
    ({ client } = await submit('otto'));
  });

  test('is added with two codes in a row, and gives the session a new secret', async () => {
    await client.get('/me/app');
    const { text } = await client.post('/me/app', { name: 'My phone!' });
    seed = /data-copy-text="([A-Z2-7]+)"/.exec(text)?.[1] ?? '';
    const device = /name="device" value="([^"]+)"/.exec(text)?.[1] ?? '';
    expect(device).toMatch(new RegExp(`^arn:aws:iam::${account}:mfa/My-phone--[\\w-]+$`));
    const wrong = await client.post('/me/app/confirm', { device, first: '000000', second: '000000' });
    expect(saying(wrong)).toContain('not accepted');
    expect(wrong.text).not.toContain(seed);
    const before = client.cookies.get(SESSION);
    const [first, second] = twoCodes(seed, daypass.nowSeconds());
    const added = await client.post('/me/app/confirm', { device, first, second });
    expect(added.location).toBe('/me?done=app-added');
    expect(client.cookies.get(SESSION)).not.toBe(before);
    expect((await client.get('/me')).text).toContain('Used in this session');
  });

  test('is asked for after the password; each code counts once', async () => {
    await daypass.advance(60);
    const { client: again, answer } = await submit('otto');
    expect(answer.location).toBe('/mfa');
    expect((await again.get('/me')).location).toBe('/login?next=me');
    await again.get('/mfa');
    expect(saying(await again.post('/mfa/code', { code: '000000' }))).toContain('not accepted');
    const [, code] = twoCodes(seed, daypass.nowSeconds());
    const spaced = `${code.slice(0, 3)} ${code.slice(3)}`;
    expect((await again.post('/mfa/code', { code: spaced })).location).toBe('/me');
    const { client: third } = await submit('otto');
    await third.get('/mfa');
    expect((await third.post('/mfa/code', { code })).status).toBe(400);
  });

  test('of fifty right codes at once opens one session', async () => {
    await daypass.advance(60);
    const { client: base } = await submit('otto');
    await base.get('/mfa');
    const [, code] = twoCodes(seed, daypass.nowSeconds());
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => {
        const each = new PageClient(daypass);
        for (const [name, value] of base.cookies) each.cookies.set(name, value);
        each.csrf = base.csrf;
        return each.post('/mfa/code', { code });
      }),
    );
    expect(answers.filter(({ status }) => status === 303)).toHaveLength(1);
  });

  test('a sign-in that waits for its code is forgotten after five minutes', async () => {
    await daypass.advance(60);
    const { client: slow } = await submit('otto');
    await slow.get('/mfa');
    await daypass.advance(301);
    const [, code] = twoCodes(seed, daypass.nowSeconds());
    expect((await slow.post('/mfa/code', { code })).status).toBe(403);
  });
});

test('a token without a second factor is challenged for one where that alone is missing', async () => {
  const withFactor = {
    Effect: 'Allow',
    Action: 'daypass:LookupEvents',
    Resource: '*',
    Condition: { Bool: { 'aws:MultiFactorAuthPresent': 'true' } },
  };
  const ask = async () => {
    const token = await accessToken();
    const answer = await daypass.fetch('/v1/events', { headers: { authorization: `Bearer ${token}` } });
    return [answer.status, answer.headers.get('www-authenticate')];
  };
  const accessToken = async (): Promise<string> => {
    const { body } = await exchange(daypass, {
      subject_token: await scenario.idToken(),
      subject_token_type: 'urn:ietf:params:oauth:token-type:id_token',
      resource: scenario.roleArn,
    });
    return String(body.access_token);
  };
  expect(await ask()).toEqual([403, null]);
  await scenario.allow('reader', withFactor);
  expect(await ask()).toEqual([
    401,
    'Bearer error="insufficient_user_authentication", error_description="a second factor is needed", acr_values="urn:daypass:acr:mfa"',
  ]);
});

describe('what a signed-in user takes', () => {
  const READ = { Effect: 'Allow', Action: 's3:GetObject', Resource: '*' };
  let client: PageClient;
  beforeAll(async () => {
    await makePerson('rita');
    const iam = daypass.iam();
    const trust = policy({
      Effect: 'Allow',
      Principal: { AWS: `arn:aws:iam::${account}:user/rita` },
      Action: 'sts:AssumeRole',
    });
    await iam.send(new CreateRoleCommand({ RoleName: 'open', AssumeRolePolicyDocument: trust }));
    const withMfa = policy({
      Effect: 'Allow',
      Principal: { AWS: `arn:aws:iam::${account}:user/rita` },
      Action: 'sts:AssumeRole',
      Condition: { Bool: { 'aws:MultiFactorAuthPresent': 'true' } },
    });
    await iam.send(new CreateRoleCommand({ RoleName: 'guarded', AssumeRolePolicyDocument: withMfa }));
    const denied = { Effect: 'Deny', Action: 'iam:EnableMFADevice', Resource: '*' };
    await iam.send(
      new PutUserPolicyCommand({ UserName: 'rita', PolicyName: 'p', PolicyDocument: policy(READ, denied) }),
    );
    ({ client } = await submit('rita'));
  });

  const roleArn = (name: string): string => `arn:aws:iam::${account}:role/${name}`;
  const keysIn = (text: string) => {
    const lines = text.replaceAll('&#x2F;', '/');
    const exported = (name: string) => new RegExp(`${name}=([^\\s<]+)`).exec(lines)?.[1] ?? '';
    return {
      accessKeyId: exported('AWS_ACCESS_KEY_ID'),
      secretAccessKey: exported('AWS_SECRET_ACCESS_KEY'),
      sessionToken: exported('AWS_SESSION_TOKEN'),
    };
  };

  test('is offered by what trust and policies say now', async () => {
    const { text } = await client.get('/me/roles');
    expect(text).toContain(`value="${roleArn('open')}"`);
    expect(text).not.toContain(roleArn('guarded'));
    expect(text).not.toContain(roleArn('reader'));
  });

  test('is the role itself: its credentials work', async () => {
    await client.get('/me/roles');
    const taken = await client.post('/me/roles', { role: roleArn('open'), arn: '', duration: '900' });
    expect(taken.status).toBe(200);
    const { Arn } = await daypass.sts(keysIn(taken.text)).send(new GetCallerIdentityCommand({}));
    expect(Arn).toBe(`arn:aws:sts::${account}:assumed-role/open/rita`);
  });

  test.for(['guarded', 'reader', 'no-such-role'])('is not the role %s', async (name) => {
    await client.get('/me/roles');
    const refused = await client.post('/me/roles', { arn: roleArn(name), duration: '900' });
    expect(saying(refused)).toContain('is not authorized to perform: sts:AssumeRole');
    expect(refused.text).not.toContain('AWS_SECRET_ACCESS_KEY');
  });

  test('are credentials of its own that say whether a second factor was proved', async () => {
    await client.get('/me/cli');
    const made = await client.post('/me/cli', { duration: '900' });
    const { Arn } = await daypass.sts(keysIn(made.text)).send(new GetCallerIdentityCommand({}));
    expect(Arn).toBe(`arn:aws:iam::${account}:user/rita`);
    expect(made.text).toContain('not proved');
  });

  test('is told by AuthZEN what a new sign-in would have to be worth', async () => {
    const denyWithout = {
      Effect: 'Deny',
      Action: 's3:GetObject',
      Resource: 'arn:aws:s3:::vault/*',
      Condition: { BoolIfExists: { 'aws:MultiFactorAuthPresent': 'false' } },
    };
    await daypass
      .iam()
      .send(
        new PutUserPolicyCommand({ UserName: 'rita', PolicyName: 'q', PolicyDocument: policy(denyWithout) }),
      );
    await client.get('/me/cli');
    const { sessionToken } = keysIn((await client.post('/me/cli', { duration: '900' })).text);
    const ask = async (resource: string, action = 's3:GetObject') => {
      const { body } = await postSigned(daypass, '/access/v1/evaluation', {
        subject: { type: 'session_token', id: sessionToken },
        action: { name: action },
        resource: { type: 'arn', id: resource },
      });
      return [body.decision, Object(body.context).acr_values];
    };
    expect(await ask('arn:aws:s3:::vault/a')).toEqual([false, 'urn:daypass:acr:mfa']);
    expect(await ask('arn:aws:s3:::reports/a')).toEqual([true, undefined]);
    expect(await ask('arn:aws:s3:::vault/a', 's3:PutObject')).toEqual([false, undefined]);
  });

  test('is no factor that a policy denies', async () => {
    const options = await client.post('/me/passkeys/options', {});
    expect([options.status, JSON.parse(options.text)]).toEqual([
      403,
      { message: 'A policy of your account denies you this.' },
    ]);
  });
});

test('the page offers the providers that people sign in through, and no others', async () => {
  const { text } = await new PageClient(daypass).get('/login?next=roles');
  expect(text).not.toContain('Continue with');
  const { OpenIDConnectProviderList } = await daypass.iam().send(new ListOpenIDConnectProvidersCommand({}));
  expect(OpenIDConnectProviderList).toHaveLength(1);
  const RulesDocument = JSON.stringify({ Rules: [{ Effect: 'Allow', Roles: [scenario.roleArn] }] });
  const put = await daypassQuery(daypass, 'PutMappingRules', {
    ProviderArn: scenario.providerArn,
    RulesDocument,
  });
  expect(put.code).toBeNull();
  const offering = await new PageClient(daypass).get('/login?next=roles');
  expect(offering.text).toMatch(/href="\/login\/op[0-9a-z]+\?next=roles"/);
  expect(offering.text).toContain(`<bdi>${scenario.prefix}</bdi>`);
});

describe('access keys at the security page', () => {
  test('are there for a user whose policies allow them, and work until they are switched off', async () => {
    await makePerson('kara');
    const PolicyDocument = policy({ Effect: 'Allow', Action: 'iam:*AccessKey*', Resource: '*' });
    await daypass
      .iam()
      .send(new PutUserPolicyCommand({ UserName: 'kara', PolicyName: 'keys', PolicyDocument }));
    const { client } = await submit('kara');
    await client.get('/me');
    const { text } = await client.post('/me/access-keys', {});
    const accessKeyId = /aws_access_key_id = (AKIA\w+)/.exec(text)?.[1] ?? '';
    const secretAccessKey = /aws_secret_access_key = (\S+?)</.exec(text)?.[1] ?? '';
    const whoami = () => daypass.sts({ accessKeyId, secretAccessKey }).send(new GetCallerIdentityCommand({}));
    expect((await whoami()).Arn).toBe(`arn:aws:iam::${account}:user/kara`);
    const page = await client.get('/me');
    expect(page.text).toContain(accessKeyId);
    expect(page.text).not.toContain(secretAccessKey);
    const off = { key: accessKeyId, status: 'Inactive' };
    expect((await client.post('/me/access-keys/status', off)).location).toBe('/me?done=key-changed');
    await expect(whoami()).rejects.toMatchObject({ name: 'InvalidClientTokenId' });
    expect((await client.post('/me/access-keys/remove', { key: accessKeyId })).status).toBe(303);
    expect((await client.post('/me/access-keys/remove', { key: accessKeyId })).status).toBe(404);
  });

  test('are neither shown nor made where no policy allows it, nor another user’s to remove', async () => {
    const { client } = await submit('anna');
    expect((await client.get('/me')).text).not.toContain('Access keys');
    const made = await client.post('/me/access-keys', {});
    expect(made.status).toBe(403);
    expect(made.text).not.toContain('AKIA');
    const { accessKeyId } = daypass.bootstrap.admin;
    const { client: kara } = await submit('kara');
    await kara.get('/me');
    expect((await kara.post('/me/access-keys/remove', { key: accessKeyId })).status).toBe(404);
  });
});
