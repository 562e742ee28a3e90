import { generateKeyPairSync } from 'node:crypto';
import {
  CreateSAMLProviderCommand,
  type CreateSAMLProviderCommandInput,
  DeleteSAMLProviderCommand,
  GetAccountSummaryCommand,
  GetSAMLProviderCommand,
  type IAMClient,
  ListSAMLProvidersCommand,
  ListSAMLProviderTagsCommand,
  TagSAMLProviderCommand,
  UntagSAMLProviderCommand,
  UpdateSAMLProviderCommand,
  type UpdateSAMLProviderCommandInput,
} from '@aws-sdk/client-iam';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { standInMetadata } from '../../../../dev/peers/saml/metadata.ts';
import { makeSamlKey, type SamlSigningKey } from '../../../../dev/peers/saml/signing-key.ts';
import { parseMetadata } from '../../../../src/core/saml/metadata.ts';
import { type Daypass, startDaypass } from '../../../helpers/daypass.ts';
import { IDP_ENTITY_ID, makeSamlIdp, type TestSamlIdp } from '../../../helpers/saml-idp.ts';
import { allow, refusal, signedForm, userWith } from './support.ts';

let daypass: Daypass;
let iam: IAMClient;
let idp: TestSamlIdp;
let second: SamlSigningKey;
beforeAll(async () => {
  daypass = await startDaypass();
  iam = daypass.iam();
  idp = await makeSamlIdp();
  second = await makeSamlKey(daypass.nowSeconds());
});
afterAll(() => daypass.stop());

const arnOf = (name: string): string => `arn:aws:iam::${daypass.bootstrap.accountId}:saml-provider/${name}`;
const make = (Name: string, over: Partial<CreateSAMLProviderCommandInput> = {}) =>
  iam.send(new CreateSAMLProviderCommand({ Name, SAMLMetadataDocument: idp.metadata, ...over }));
const show = (name: string) => iam.send(new GetSAMLProviderCommand({ SAMLProviderArn: arnOf(name) }));
const update = (name: string, change: Omit<UpdateSAMLProviderCommandInput, 'SAMLProviderArn'>) =>
  iam.send(new UpdateSAMLProviderCommand({ SAMLProviderArn: arnOf(name), ...change }));

test('a provider is made, shown, listed, counted and deleted', async () => {
  const Tags = [{ Key: 'Team', Value: 'it' }];
  expect(await make('ad', { Tags })).toMatchObject({ SAMLProviderArn: arnOf('ad'), Tags });
  const shown = await show('ad');
  expect(shown).toMatchObject({ Tags, AssertionEncryptionMode: 'Allowed', PrivateKeyList: [] });
  expect(shown.SAMLProviderUUID).toMatch(/^[A-Z0-9]{22,64}$/);
  expect(shown.CreateDate?.getTime()).toBeGreaterThan(Date.now() - 60_000);
  expect(shown.ValidUntil?.getTime()).toBeGreaterThan(Date.now() + 19 * 365 * 86_400_000);
  expect(parseMetadata(shown.SAMLMetadataDocument ?? '', 'production')).toEqual(
    parseMetadata(idp.metadata, 'production'),
  );
  const { SAMLProviderList } = await iam.send(new ListSAMLProvidersCommand({}));
  expect(SAMLProviderList).toEqual([
    { Arn: arnOf('ad'), CreateDate: shown.CreateDate, ValidUntil: shown.ValidUntil },
  ]);
  expect((await iam.send(new GetAccountSummaryCommand({}))).SummaryMap?.Providers).toBe(1);
  await iam.send(new DeleteSAMLProviderCommand({ SAMLProviderArn: arnOf('ad') }));
  expect(await refusal(show('ad'))).toEqual({
    name: 'NoSuchEntityException',
    status: 404,
    message: `SAML Provider not found for arn ${arnOf('ad')}`,
  });
  expect((await iam.send(new GetAccountSummaryCommand({}))).SummaryMap?.Providers).toBe(0);
});

test('what GetSAMLProvider shows can be registered again, and the new one has another id', async () => {
  await make('again');
  const first = await show('again');
  await iam.send(new DeleteSAMLProviderCommand({ SAMLProviderArn: arnOf('again') }));
  await make('again', { SAMLMetadataDocument: first.SAMLMetadataDocument });
  const other = await show('again');
  expect(other.SAMLMetadataDocument).toBe(first.SAMLMetadataDocument);
  expect(other.SAMLProviderUUID).not.toBe(first.SAMLProviderUUID);
});

test('names are unique without regard to case, and an ARN has one spelling', async () => {
  await make('Unique');
  expect(await refusal(make('UNIQUE'))).toMatchObject({ name: 'EntityAlreadyExistsException', status: 409 });
  expect(await refusal(show('UNIQUE'))).toMatchObject({ name: 'NoSuchEntityException' });
});

test('certificates roll over by new metadata', async () => {
  await make('rolling');
  const both = standInMetadata(IDP_ENTITY_ID, 'https://idp.example.com', [
    idp.key.certificate,
    second.certificate,
  ]);
  expect(await update('rolling', { SAMLMetadataDocument: both })).toMatchObject({
    SAMLProviderArn: arnOf('rolling'),
  });
  const shown = parseMetadata((await show('rolling')).SAMLMetadataDocument ?? '', 'production');
  expect(shown).toMatchObject({
    ok: true,
    value: { certificates: [idp.key.certificate, second.certificate] },
  });
});

test('two private keys are held, and never shown', async () => {
  const AddPrivateKey = second.privateKey;
  await make('keys', { AddPrivateKey, AssertionEncryptionMode: 'Required' });
  const [first] = (await show('keys')).PrivateKeyList ?? [];
  await update('keys', { AddPrivateKey });
  expect((await show('keys')).PrivateKeyList).toHaveLength(2);
  expect(await refusal(update('keys', { AddPrivateKey }))).toMatchObject({ name: 'LimitExceededException' });
  await update('keys', { RemovePrivateKey: first?.KeyId });
  const [left, ...more] = (await show('keys')).PrivateKeyList ?? [];
  expect([left?.KeyId === first?.KeyId, more.length]).toEqual([false, 0]);
  expect(await refusal(update('keys', { RemovePrivateKey: left?.KeyId }))).toMatchObject({
    name: 'InvalidInputException',
    message: 'A private key is needed where assertions must be encrypted.',
  });
  await update('keys', { RemovePrivateKey: left?.KeyId, AssertionEncryptionMode: 'Allowed' });
  expect(await show('keys')).toMatchObject({ PrivateKeyList: [], AssertionEncryptionMode: 'Allowed' });
  const rows = await daypass.d1.prepare('SELECT body FROM audit_events').all<{ body: string }>();
  const secretLine = AddPrivateKey.split('\n')[5] ?? '';
  expect(rows.results.some(({ body }) => body.includes(secretLine))).toBe(false);
  expect(daypass.logs.some((line) => line.includes(secretLine))).toBe(false);
});

test('only an RSA key of fitting size, not encrypted, is taken', async () => {
  const pem = (
    key: ReturnType<typeof generateKeyPairSync>['privateKey'] | { export: unknown },
    options: object,
  ) => (key as { export(options: object): string }).export({ type: 'pkcs8', format: 'pem', ...options });
  const small = generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey;
  const curve = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
  const good = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
  const refused = [
    'x',
    pem(small, {}),
    pem(curve, {}),
    pem(good, { cipher: 'aes-256-cbc', passphrase: 'x' }),
    `${pem(good, {})}${pem(good, {})}`,
    second.certificate,
  ];
  for (const AddPrivateKey of refused) {
    expect(await refusal(make('bad-key', { AddPrivateKey }))).toMatchObject({
      name: 'InvalidInputException',
      status: 400,
    });
  }
  expect(await make('good-key', { AddPrivateKey: pem(good, { type: 'pkcs1' }) })).toMatchObject({
    SAMLProviderArn: arnOf('good-key'),
  });
  expect(await refusal(make('no-key', { AssertionEncryptionMode: 'Required' }))).toMatchObject({
    name: 'InvalidInputException',
  });
});

const long = (xml: string): string => xml + ' '.repeat(1000);
test.for<[string, (metadata: string) => string]>([
  ['no XML', () => 'x'.repeat(1000)],
  ['a document type', (xml) => xml.replace('?>', '?><!DOCTYPE a [<!ENTITY b "c">]>')],
  ['another root', (xml) => xml.replaceAll('EntityDescriptor', 'EntitiesDescriptor')],
  ['no entityID', (xml) => xml.replace(/entityID="[^"]*"/, '')],
  ['no identity provider', (xml) => xml.replaceAll('IDPSSODescriptor', 'SPSSODescriptor')],
  ['SAML 1.1 alone', (xml) => xml.replace('SAML:2.0:protocol"', 'SAML:1.1:protocol"')],
  ['no certificate', (xml) => xml.replace(/<md:KeyDescriptor.*?<\/md:KeyDescriptor>/, '')],
  ['an encryption certificate alone', (xml) => xml.replace('use="signing"', 'use="encryption"')],
  ['a damaged certificate', (xml) => xml.replace('<ds:X509Certificate>MII', '<ds:X509Certificate>AAA')],
  ['no endpoint', (xml) => xml.replace(/<md:SingleSignOnService[^>]*>/, '')],
  [
    'an endpoint without TLS',
    (xml) => xml.replace('Location="https://idp.example.com/sso', 'Location="http://idp.example.com/sso'),
  ],
  [
    'a script as endpoint',
    (xml) => xml.replace('Location="https://idp.example.com/sso', 'Location="javascript:alert(1)//'),
  ],
  ['a past validUntil', (xml) => xml.replace('entityID=', 'validUntil="2020-01-01T00:00:00Z" entityID=')],
])('metadata with %s is refused', async ([, edit]) => {
  const SAMLMetadataDocument = long(edit(idp.metadata));
  expect(await refusal(make('broken', { SAMLMetadataDocument }))).toMatchObject({
    name: 'InvalidInputException',
    status: 400,
    message: expect.stringMatching(/^Could not parse metadata: /),
  });
});

test('metadata beyond what is held is refused by its size, before it is parsed', async () => {
  const form = new URLSearchParams({
    Action: 'CreateSAMLProvider',
    Version: '2010-05-08',
    Name: 'huge',
    SAMLMetadataDocument: 'x'.repeat(1024 * 1024),
  });
  expect((await signedForm(daypass, daypass.bootstrap.admin, form)).status).toBe(413);
});

test('tags are added, listed and removed', async () => {
  await make('tags');
  const SAMLProviderArn = arnOf('tags');
  const Tags = [{ Key: 'A', Value: '1' }];
  await iam.send(new TagSAMLProviderCommand({ SAMLProviderArn, Tags }));
  const list = () => iam.send(new ListSAMLProviderTagsCommand({ SAMLProviderArn }));
  expect(await list()).toMatchObject({ Tags, IsTruncated: false });
  await iam.send(new UntagSAMLProviderCommand({ SAMLProviderArn, TagKeys: ['a'] }));
  expect((await list()).Tags).toEqual([]);
});

test('a user makes and reads only what its policy names', async () => {
  const own = await userWith(daypass, 'federator', allow(['iam:CreateSAMLProvider'], arnOf('mine')));
  const ask = (Name: string) =>
    own.send(new CreateSAMLProviderCommand({ Name, SAMLMetadataDocument: idp.metadata }));
  expect((await ask('mine')).SAMLProviderArn).toBe(arnOf('mine'));
  const refused = [
    ask('other'),
    own.send(new GetSAMLProviderCommand({ SAMLProviderArn: arnOf('mine') })),
    own.send(
      new UpdateSAMLProviderCommand({ SAMLProviderArn: arnOf('mine'), SAMLMetadataDocument: idp.metadata }),
    ),
    own.send(new DeleteSAMLProviderCommand({ SAMLProviderArn: arnOf('mine') })),
    own.send(new ListSAMLProvidersCommand({})),
    own.send(new TagSAMLProviderCommand({ SAMLProviderArn: arnOf('mine'), Tags: [] })),
    own.send(new UntagSAMLProviderCommand({ SAMLProviderArn: arnOf('mine'), TagKeys: [] })),
    own.send(new ListSAMLProviderTagsCommand({ SAMLProviderArn: arnOf('mine') })),
  ];
  for (const each of await Promise.all(refused.map(refusal))) {
    expect(each).toMatchObject({ name: 'AccessDenied', status: 403 });
  }
});

test('changes at once do not overwrite each other', async () => {
  await make('race');
  const SAMLProviderArn = arnOf('race');
  const tag = (Key: string) =>
    iam.send(new TagSAMLProviderCommand({ SAMLProviderArn, Tags: [{ Key, Value: '' }] }));
  const all = await Promise.allSettled(Array.from({ length: 20 }, (_, index) => tag(`k${index}`)));
  const won = all.filter(({ status }) => status === 'fulfilled').length;
  const { Tags } = await iam.send(new ListSAMLProviderTagsCommand({ SAMLProviderArn }));
  expect(won).toBeGreaterThan(0);
  expect(Tags).toHaveLength(won);
});
