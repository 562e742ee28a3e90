/** Instances that are recognised by the subject of a certificate under a trust anchor. */
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  authority,
  derOf,
  deviceCertificate,
  type Issued,
  pemOf,
  revokedList,
} from '../../helpers/certificates.ts';
import { type Daypass, startDaypass } from '../../helpers/daypass.ts';
import { daypassQuery } from '../../helpers/daypass-query.ts';
import { askCredentials, associate, instanceArnOf, makeProfile, proofOf } from '../../helpers/instances.ts';

let daypass: Daypass;
let root: Issued;
let TrustAnchorId: string;
let id: string;

const SUBJECT = 'CN=sensor-7, O=Example';
const call = (action: string, parameters: Record<string, string>) =>
  daypassQuery(daypass, action, parameters);

beforeAll(async () => {
  [daypass, root] = await Promise.all([startDaypass(), authority()]);
  await makeProfile(daypass, 'sensors');
  const anchor = await call('CreateTrustAnchor', { Name: 'factory', X509CertificateData: pemOf(root) });
  TrustAnchorId = anchor.all('TrustAnchorId')[0] ?? '';
  const made = await call('RegisterInstance', {
    'Certificate.TrustAnchorId': TrustAnchorId,
    'Certificate.Subject': SUBJECT,
  });
  expect([made.all('Type'), made.all('CertificateSubject')]).toEqual([['certificate'], [SUBJECT]]);
  id = made.all('InstanceId')[0] ?? '';
  await associate(daypass, id, 'sensors');
});
afterAll(() => daypass.stop());

async function ask(by: Issued, chain: readonly Issued[] = [by], keys: Issued = by) {
  const x5c = chain.map((each) => Buffer.from(derOf(each)).toString('base64'));
  const key = { algorithm: 'ES256', privateKey: keys.keys.privateKey, publicJwk: {} };
  return askCredentials(daypass, await proofOf(daypass, key, { sub: instanceArnOf(daypass, id) }, { x5c }));
}
const device = (options = {}) => deviceCertificate(root, { subject: SUBJECT, ...options });

test('any certificate with the subject gets credentials, which end with it', async () => {
  expect((await ask(await device())).body.RoleArn).toMatch(/role\/sensors$/);
  const to = daypass.nowSeconds() + 1000;
  const { status, body } = await ask(await device({ to }));
  expect(status).toBe(200);
  expect(Date.parse(String(body.Expiration)) / 1000).toBeLessThanOrEqual(to);
});

test('with its chain, where the anchor did not sign it', async () => {
  const sub = await authority({ by: root, subject: 'CN=Sub' });
  const own = await deviceCertificate(sub, { subject: SUBJECT });
  expect([(await ask(own, [own, sub])).status, (await ask(own)).status]).toEqual([200, 401]);
});

test('refused are another subject, authority, key, time, no certificate, one that is revoked, an anchor that is disabled', async () => {
  const [own, other, stranger] = [await device(), await device(), await authority()];
  const foreign = await deviceCertificate(stranger, { subject: SUBJECT });
  expect((await ask(await device({ subject: 'CN=sensor-8, O=Example' }))).status).toBe(401);
  expect((await ask(foreign)).status).toBe(401);
  expect((await ask(foreign, [foreign, stranger])).status).toBe(401);
  expect((await ask(own, [own], other)).status).toBe(401);
  expect((await ask(own, [])).status).toBe(401);
  expect((await ask(await device({ to: daypass.nowSeconds() - 1 }))).status).toBe(401);
  const CrlData = await revokedList(root, [own.certificate.serialNumber]);
  await call('ImportCrl', { Name: 'lost', TrustAnchorId, CrlData });
  expect([(await ask(own)).status, (await ask(other)).status]).toEqual([401, 200]);
  await call('DisableTrustAnchor', { TrustAnchorId });
  expect((await ask(other)).status).toBe(401);
  await call('EnableTrustAnchor', { TrustAnchorId });
  expect((await ask(other)).status).toBe(200);
});

test('credentials end with the certificate that proved the instance, and with its anchor', async () => {
  const own = await device();
  const { body } = await ask(own);
  const credentials = {
    accessKeyId: String(body.AccessKeyId),
    secretAccessKey: String(body.SecretAccessKey),
    sessionToken: String(body.Token),
  };
  const whoAmI = () => daypass.sts(credentials).send(new GetCallerIdentityCommand({}));
  const ended = { name: 'InvalidClientTokenId' };
  await whoAmI();
  await call('DisableTrustAnchor', { TrustAnchorId });
  await expect(whoAmI()).rejects.toMatchObject(ended);
  await call('EnableTrustAnchor', { TrustAnchorId });
  await whoAmI();
  const CrlData = await revokedList(root, [own.certificate.serialNumber]);
  await call('ImportCrl', { Name: 'stolen', TrustAnchorId, CrlData });
  await expect(whoAmI()).rejects.toMatchObject(ended);
});

test('one identity at a time, and an anchor that exists', async () => {
  const subject = { 'Certificate.Subject': 'CN=x', 'Certificate.TrustAnchorId': TrustAnchorId };
  expect((await call('RegisterInstance', { ...subject, PublicKey: '{}' })).code).toBe(
    'InvalidParameterCombination',
  );
  const unknown = { ...subject, 'Certificate.TrustAnchorId': '00000000-0000-4000-8000-000000000000' };
  expect((await call('RegisterInstance', unknown)).code).toBe('NoSuchEntity');
});
