/** The certificate of the connection itself, as Cloudflare tells it; miniflare takes Cloudflare's word from a header. */
import 'reflect-metadata';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { SubjectKeyIdentifierExtension } from '@peculiar/x509';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { authority, type Issued, pemOf, revokedList } from '../../helpers/certificates.ts';
import { type Daypass, startDaypass } from '../../helpers/daypass.ts';
import { daypassQuery } from '../../helpers/daypass-query.ts';
import { associate, deviceKey, instanceArnOf, makeProfile, register } from '../../helpers/instances.ts';
import { jsonOf } from '../../helpers/json.ts';

let daypass: Daypass;
let root: Issued;
let TrustAnchorId: string;
let id: string;

const call = (action: string, parameters: Record<string, string>) =>
  daypassQuery(daypass, action, parameters);
const keyIdOf = ({ certificate }: Issued) =>
  certificate.getExtension(SubjectKeyIdentifierExtension)?.keyId ?? '';

beforeAll(async () => {
  [daypass, root] = await Promise.all([startDaypass({ directSockets: false }), authority()]);
  await makeProfile(daypass, 'sensors');
  const anchor = await call('CreateTrustAnchor', { Name: 'factory', X509CertificateData: pemOf(root) });
  TrustAnchorId = anchor.all('TrustAnchorId')[0] ?? '';
  const made = await call('RegisterInstance', {
    'Certificate.TrustAnchorId': TrustAnchorId,
    'Certificate.Subject': 'O=Example, CN=sensor-7',
  });
  id = made.all('InstanceId')[0] ?? '';
  await associate(daypass, id, 'sensors');
});
afterAll(() => daypass.stop());

const told = (over: Readonly<Record<string, unknown>> = {}) => ({
  certPresented: '1',
  certVerified: 'SUCCESS',
  certRevoked: '0',
  certSubjectDNRFC2253: 'CN=sensor-7,O=Example',
  certIssuerDNRFC2253: 'O=Example,CN=Root',
  certIssuerSKI: keyIdOf(root).toUpperCase(),
  certSerial: '0A0B',
  certNotAfter: new Date((daypass.nowSeconds() + 1200) * 1000).toUTCString(),
  ...over,
});

async function ask(tlsClientAuth: unknown, arn = instanceArnOf(daypass, id)) {
  const headers = tlsClientAuth === null ? {} : { 'MF-CF-Blob': JSON.stringify({ tlsClientAuth }) };
  const answer = await daypass.fetch(`/credentials?instance=${encodeURIComponent(arn)}`, { headers });
  return { status: answer.status, body: await jsonOf(answer) };
}

test('verified by Cloudflare and issued under the anchor it gets credentials, which end with the certificate', async () => {
  const { status, body } = await ask(told());
  expect([status, body.RoleArn]).toEqual([200, expect.stringMatching(/role\/sensors$/)]);
  expect(Date.parse(String(body.Expiration)) / 1000).toBeLessThanOrEqual(daypass.nowSeconds() + 1200);
});

test('anything less is refused alike', async () => {
  const stranger = await authority();
  const cases: readonly unknown[] = [
    ...[null, {}, 'SUCCESS', told({ certPresented: '0' })],
    ...['NONE', 'FAILED:unable to verify', 'success', true, undefined].map((certVerified) =>
      told({ certVerified }),
    ),
    ...['1', undefined].map((certRevoked) => told({ certRevoked })),
    ...['CN=sensor-8,O=Example', 'O=Example,CN=sensor-7', 'CN=sensor-7', ''].map((name) =>
      told({ certSubjectDNRFC2253: name }),
    ),
    told({ certIssuerDNRFC2253: 'CN=Root,O=Example' }),
    told({ certIssuerSKI: keyIdOf(stranger) }),
    told({ certIssuerSKI: '' }),
    told({ certNotAfter: new Date((daypass.nowSeconds() - 1) * 1000).toUTCString() }),
    told({ certNotAfter: 'never' }),
  ];
  for (const [index, each] of cases.entries()) {
    const { status, body } = await ask(each);
    expect([index, status, body.Message]).toEqual([
      index,
      401,
      'the proof or token of the instance is not valid',
    ]);
  }
  const other = await register(daypass, await deviceKey());
  for (const arn of [instanceArnOf(daypass, other), instanceArnOf(daypass, 'i-00000000000000000'), 'x', '']) {
    expect((await ask(told(), arn)).status).toBe(401);
  }
});

test('a revoked serial and a disabled anchor end it, and what it was given', async () => {
  const given = (await ask(told({ certSerial: '0A0E' }))).body;
  const whoAmI = () =>
    daypass
      .sts({
        accessKeyId: String(given.AccessKeyId),
        secretAccessKey: String(given.SecretAccessKey),
        sessionToken: String(given.Token),
      })
      .send(new GetCallerIdentityCommand({}));
  await whoAmI();
  const CrlData = await revokedList(root, ['0a0e']);
  const made = await call('ImportCrl', { Name: 'first', TrustAnchorId, CrlData });
  await expect(whoAmI()).rejects.toMatchObject({ name: 'InvalidClientTokenId' });
  await call('DeleteCrl', { CrlId: made.all('CrlId')[0] ?? '' });
  await whoAmI();
  await call('ImportCrl', { Name: 'lost', TrustAnchorId, CrlData: await revokedList(root, ['0a0b']) });
  expect([(await ask(told())).status, (await ask(told({ certSerial: '0A0C' }))).status]).toEqual([401, 200]);
  await call('DisableTrustAnchor', { TrustAnchorId });
  expect((await ask(told({ certSerial: '0A0C' }))).status).toBe(401);
});
