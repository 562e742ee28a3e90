import {
  AddClientIDToOpenIDConnectProviderCommand,
  CreateOpenIDConnectProviderCommand,
  DeleteOpenIDConnectProviderCommand,
  GetOpenIDConnectProviderCommand,
  type IAMClient,
  ListOpenIDConnectProvidersCommand,
  ListOpenIDConnectProviderTagsCommand,
  RemoveClientIDFromOpenIDConnectProviderCommand,
  TagOpenIDConnectProviderCommand,
  UntagOpenIDConnectProviderCommand,
  UpdateOpenIDConnectProviderThumbprintCommand,
} from '@aws-sdk/client-iam';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Daypass, startDaypass } from '../../../helpers/daypass.ts';
import { allow, refusal, userWith } from './support.ts';

let daypass: Daypass;
let iam: IAMClient;
let account: string;

beforeAll(async () => {
  daypass = await startDaypass();
  iam = daypass.iam();
  account = daypass.bootstrap.accountId;
});
afterAll(() => daypass.stop());

const arnOf = (url: string) => `arn:aws:iam::${account}:oidc-provider/${url}`;
const THUMBPRINT = 'a'.repeat(40);

async function make(Url: string, more: object = {}): Promise<string> {
  const made = await iam.send(new CreateOpenIDConnectProviderCommand({ Url, ...more }));
  return made.OpenIDConnectProviderArn ?? '';
}

const show = (OpenIDConnectProviderArn: string) =>
  iam.send(new GetOpenIDConnectProviderCommand({ OpenIDConnectProviderArn }));

test('a provider is made, shown, listed and deleted', async () => {
  const arn = await make('https://idp.example.com/realm', {
    ClientIDList: ['one', 'two', 'one'],
    ThumbprintList: [THUMBPRINT],
    Tags: [{ Key: 'a', Value: 'b' }],
  });
  expect(arn).toBe(arnOf('idp.example.com/realm'));
  const { $metadata, ...shown } = await show(arn);
  expect($metadata.httpStatusCode).toBe(200);
  expect(shown).toEqual({
    Url: 'idp.example.com/realm',
    ClientIDList: ['one', 'two'],
    ThumbprintList: [THUMBPRINT],
    CreateDate: expect.any(Date),
    Tags: [{ Key: 'a', Value: 'b' }],
  });
  const { OpenIDConnectProviderList } = await iam.send(new ListOpenIDConnectProvidersCommand({}));
  expect(OpenIDConnectProviderList).toEqual([{ Arn: arn }]);
  await iam.send(new DeleteOpenIDConnectProviderCommand({ OpenIDConnectProviderArn: arn }));
  expect(await refusal(show(arn))).toEqual({
    name: 'NoSuchEntityException',
    status: 404,
    message: `OpenIDConnect Provider not found for arn ${arn}`,
  });
});

test('a trailing slash makes another issuer', async () => {
  const bare = await make('https://slash.example.com');
  const slashed = await make('https://slash.example.com/');
  expect([bare, slashed]).toEqual([arnOf('slash.example.com'), arnOf('slash.example.com/')]);
  expect((await show(slashed)).Url).toBe('slash.example.com/');
  expect(await refusal(make('https://slash.example.com'))).toEqual({
    name: 'EntityAlreadyExistsException',
    status: 409,
    message: 'Provider with url https://slash.example.com already exists.',
  });
});

test('an issuer on this machine is admitted without TLS, in local mode', async () => {
  expect(await make('http://localhost:9999')).toBe(arnOf('localhost:9999'));
});

test.for([
  'http://idp.example.com',
  'http://localhost.example.com',
  'ftp://idp.example.com',
  'idp.example.com',
  'https://',
  'https://idp.example.com/?tenant=a',
  'https://idp.example.com/#a',
  'https://user@idp.example.com',
  'https://user:secret@idp.example.com',
  'https://idp.example.com/a b',
  'https://idp.example.com\n',
  ' https://idp.example.com',
  'HTTPS://idp.example.com',
  'https://ídp.example.com',
  'javascript:alert(1)',
  `https://idp.example.com/${'x'.repeat(255)}`,
])('the URL `%s` is refused', async (url) => {
  expect(await refusal(make(url))).toMatchObject({ name: 'ValidationError', status: 400 });
});

test('client ids are added and removed, and never twice', async () => {
  const OpenIDConnectProviderArn = await make('https://clients.example.com', { ClientIDList: ['a'] });
  const add = (ClientID: string) =>
    iam.send(new AddClientIDToOpenIDConnectProviderCommand({ OpenIDConnectProviderArn, ClientID }));
  const remove = (ClientID: string) =>
    iam.send(new RemoveClientIDFromOpenIDConnectProviderCommand({ OpenIDConnectProviderArn, ClientID }));
  for (const id of ['b', 'a']) await add(id);
  expect((await show(OpenIDConnectProviderArn)).ClientIDList).toEqual(['a', 'b']);
  for (const id of ['a', 'never']) await remove(id);
  expect((await show(OpenIDConnectProviderArn)).ClientIDList).toEqual(['b']);
});

test('client ids are a hundred at most', async () => {
  const ClientIDList = Array.from({ length: 100 }, (_, index) => `client-${index}`);
  const OpenIDConnectProviderArn = await make('https://many.example.com', { ClientIDList });
  const more = { OpenIDConnectProviderArn, ClientID: 'more' };
  expect(await refusal(iam.send(new AddClientIDToOpenIDConnectProviderCommand(more)))).toEqual({
    name: 'LimitExceededException',
    status: 409,
    message: 'Cannot exceed quota for ClientIdsPerOpenIdConnectProvider: 100',
  });
  const twice = make('https://too-many.example.com', { ClientIDList: [...ClientIDList, 'more'] });
  expect(await refusal(twice)).toMatchObject({ name: 'ValidationError', status: 400 });
});

test('thumbprints are replaced as a whole', async () => {
  const OpenIDConnectProviderArn = await make('https://thumbs.example.com');
  const set = (ThumbprintList: string[]) =>
    iam.send(new UpdateOpenIDConnectProviderThumbprintCommand({ OpenIDConnectProviderArn, ThumbprintList }));
  await set([THUMBPRINT]);
  expect((await show(OpenIDConnectProviderArn)).ThumbprintList).toEqual([THUMBPRINT]);
  for (const bad of [['a'], ['z'.repeat(40)], Array.from({ length: 6 }, () => THUMBPRINT)]) {
    expect(await refusal(set(bad))).toMatchObject({ name: 'ValidationError', status: 400 });
  }
});

test('tags are added, listed and removed', async () => {
  const OpenIDConnectProviderArn = await make('https://tags.example.com');
  const Tags = [{ Key: 'A', Value: '1' }];
  await iam.send(new TagOpenIDConnectProviderCommand({ OpenIDConnectProviderArn, Tags }));
  const list = () => iam.send(new ListOpenIDConnectProviderTagsCommand({ OpenIDConnectProviderArn }));
  expect(await list()).toMatchObject({ Tags, IsTruncated: false });
  await iam.send(new UntagOpenIDConnectProviderCommand({ OpenIDConnectProviderArn, TagKeys: ['a'] }));
  expect((await list()).Tags).toEqual([]);
});

test('what names no provider of this account is refused', async () => {
  for (const [OpenIDConnectProviderArn, name] of [
    [arnOf('none.example.com'), 'NoSuchEntityException'],
    [`arn:aws:iam::${account}:saml-provider/none`, 'NoSuchEntityException'],
    ['arn:aws:iam::999988887777:oidc-provider/idp.example.com', 'AccessDenied'],
    ['nothing that is an ARN', 'NoSuchEntityException'],
  ] as const) {
    const calls = [
      show(OpenIDConnectProviderArn),
      iam.send(new DeleteOpenIDConnectProviderCommand({ OpenIDConnectProviderArn })),
      iam.send(new AddClientIDToOpenIDConnectProviderCommand({ OpenIDConnectProviderArn, ClientID: 'a' })),
      iam.send(new UntagOpenIDConnectProviderCommand({ OpenIDConnectProviderArn, TagKeys: ['a'] })),
    ];
    for (const refused of await Promise.all(calls.map(refusal))) expect(refused).toMatchObject({ name });
  }
});

test('a user makes only what its policy names', async () => {
  const own = await userWith(
    daypass,
    'federator',
    allow('iam:CreateOpenIDConnectProvider', arnOf('good.example.com')),
  );
  const good = new CreateOpenIDConnectProviderCommand({ Url: 'https://good.example.com' });
  expect((await own.send(good)).OpenIDConnectProviderArn).toBe(arnOf('good.example.com'));
  const other = new CreateOpenIDConnectProviderCommand({ Url: 'https://good.example.com/other' });
  expect(await refusal(own.send(other))).toMatchObject({ name: 'AccessDenied', status: 403 });
});
