/** Certificates under a trust anchor, as IAM Roles Anywhere has them: the anchor's life, and sessions signed by SigV4-X509. */
import { createHash, createPrivateKey, type KeyObject, sign } from 'node:crypto';
import { CreateRoleCommand, PutRolePolicyCommand, UpdateAssumeRolePolicyCommand } from '@aws-sdk/client-iam';
import { AssumeRoleCommand, GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
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
import { jsonOf } from '../../helpers/json.ts';
import { policy } from '../../helpers/scenario.ts';
import { accessKeyOf, allow, userWith } from '../aws/iam/support.ts';

let daypass: Daypass;
let account: string;
let root: Issued;
let anchorId: string;
let trustAnchorArn: string;
let profileArn: string;
let roleArn: string;

const call = (action: string, parameters: Record<string, string> = {}) =>
  daypassQuery(daypass, action, parameters);
const one = async (action: string, parameters: Record<string, string>, element: string): Promise<string> => {
  const answer = await call(action, parameters);
  if (answer.status !== 200) throw new Error(answer.text);
  return answer.all(element)[0] ?? '';
};
const SERVICE = { Effect: 'Allow', Principal: { Service: 'rolesanywhere.amazonaws.com' } };
const ACTIONS = ['sts:AssumeRole', 'sts:TagSession', 'sts:SetSourceIdentity'];

beforeAll(async () => {
  [daypass, root] = await Promise.all([startDaypass(), authority()]);
  account = daypass.bootstrap.accountId;
  const iam = daypass.iam();
  const AssumeRolePolicyDocument = policy({ ...SERVICE, Action: ACTIONS });
  const { Role } = await iam.send(new CreateRoleCommand({ RoleName: 'field', AssumeRolePolicyDocument }));
  roleArn = Role?.Arn ?? '';
  const PolicyDocument = policy({
    ...allow('iam:GetRole'),
    Condition: { StringEquals: { 'aws:PrincipalTag/x509Subject/OU': 'North' } },
  });
  await iam.send(new PutRolePolicyCommand({ RoleName: 'field', PolicyName: 'inline', PolicyDocument }));
  anchorId = await one(
    'CreateTrustAnchor',
    { Name: 'factory', X509CertificateData: pemOf(root) },
    'TrustAnchorId',
  );
  trustAnchorArn = `arn:aws:rolesanywhere:us-east-1:${account}:trust-anchor/${anchorId}`;
  profileArn = await one('CreateProfile', { Name: 'field', 'RoleArns.member.1': roleArn }, 'ProfileArn');
});
afterAll(() => daypass.stop());

const sha256Hex = (text: string): string => createHash('sha256').update(text).digest('hex');

interface Ask {
  readonly body?: object;
  readonly query?: string;
  readonly chain?: readonly Issued[];
  readonly serial?: string;
  readonly key?: KeyObject;
  readonly algorithm?: string;
  readonly date?: Date;
  readonly unsigned?: readonly string[];
  readonly headers?: Readonly<Record<string, string>>;
  readonly changed?: string;
}

const keyOf = async ({ keys }: Issued): Promise<KeyObject> =>
  createPrivateKey({
    key: Buffer.from(await crypto.subtle.exportKey('pkcs8', keys.privateKey)),
    format: 'der',
    type: 'pkcs8',
  });

/** Signs as aws_signing_helper does. */
async function ask(by: Issued, options: Ask = {}) {
  const key = options.key ?? (await keyOf(by));
  const rsa = key.asymmetricKeyType === 'rsa';
  const algorithm = options.algorithm ?? `AWS4-X509-${rsa ? 'RSA' : 'ECDSA'}-SHA256`;
  const amzDate = (options.date ?? new Date(daypass.nowSeconds() * 1000))
    .toISOString()
    .replaceAll(/[-:]|\.\d{3}/g, '');
  const body = JSON.stringify(options.body ?? { trustAnchorArn, profileArn, roleArn });
  const all: Record<string, string> = {
    'content-type': 'application/json',
    host: new URL(daypass.url).host,
    'x-amz-date': amzDate,
    'x-amz-x509': Buffer.from(derOf(by)).toString('base64'),
    ...(options.chain !== undefined && {
      'x-amz-x509-chain': options.chain.map((each) => Buffer.from(derOf(each)).toString('base64')).join(','),
    }),
    ...options.headers,
  };
  const signed = Object.keys(all)
    .filter((name) => !options.unsigned?.includes(name))
    .sort();
  const query = options.query ?? '';
  const canonical = [
    'POST',
    '/sessions',
    query,
    ...signed.map((name) => `${name}:${all[name]}`),
    '',
    signed.join(';'),
    sha256Hex(body),
  ];
  const scope = `${amzDate.slice(0, 8)}/us-east-1/rolesanywhere/aws4_request`;
  const text = [algorithm, amzDate, scope, sha256Hex(canonical.join('\n'))].join('\n');
  const signature = sign('sha256', Buffer.from(text), key).toString('hex');
  const serial = options.serial ?? BigInt(`0x${by.certificate.serialNumber}`).toString();
  const authorization = `${algorithm} Credential=${serial}/${scope}, SignedHeaders=${signed.join(';')}, Signature=${signature}`;
  const { host: _, ...headers } = all;
  const answer = await daypass.fetch(`/sessions${query === '' ? '' : `?${query}`}`, {
    method: 'POST',
    headers: { ...headers, authorization },
    body: options.changed ?? body,
  });
  return { status: answer.status, type: answer.headers.get('x-amzn-errortype'), body: await jsonOf(answer) };
}

const device = (options = {}) => deviceCertificate(root, { subject: 'CN=sensor-7, OU=North', ...options });
const NOT_VALID = [403, 'AccessDeniedException', 'the signature or the certificate is not valid'];
const refused = async (by: Issued, options?: Ask) => {
  const { status, type, body } = await ask(by, options);
  return [status, type, body.message];
};

interface CredentialSet {
  readonly roleArn: string;
  readonly sourceIdentity: string;
  readonly assumedRoleUser: { readonly arn: string };
  readonly credentials: Readonly<
    Record<'accessKeyId' | 'secretAccessKey' | 'sessionToken' | 'expiration', string>
  >;
}
const setOf = (body: Readonly<Record<string, unknown>>) =>
  (body.credentialSet as readonly CredentialSet[])[0] as CredentialSet; // the fields are asserted

describe('a certificate under a trust anchor', () => {
  test.for([false, true])('gets a session named by its serial, with its fields (RSA: %s)', async (rsa) => {
    const own = await device({ rsa });
    const { status, body } = await ask(own);
    expect([status, body]).toEqual([
      201,
      {
        credentialSet: [
          {
            assumedRoleUser: { arn: expect.any(String), assumedRoleId: expect.stringMatching(/^AROA/) },
            credentials: {
              accessKeyId: expect.stringMatching(/^ASIA/),
              secretAccessKey: expect.any(String),
              sessionToken: expect.any(String),
              expiration: expect.stringMatching(/Z$/),
            },
            packedPolicySize: expect.any(Number),
            roleArn,
            sourceIdentity: 'sensor-7',
          },
        ],
      },
    ]);
    const { credentials, assumedRoleUser } = setOf(body);
    const { Arn } = await daypass.sts(credentials).send(new GetCallerIdentityCommand({}));
    expect([Arn, assumedRoleUser.arn]).toEqual(
      Array(2).fill(expect.stringMatching(/assumed-role\/field\/[0-9a-f]+$/)),
    );
  });

  test('may send its parameters in the query, and authorities between', async () => {
    const sub = await authority({ by: root, subject: 'CN=Sub' });
    const own = await deviceCertificate(sub);
    const query = Object.entries({ profileArn, roleArn, trustAnchorArn })
      .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
      .join('&');
    expect((await ask(own, { body: {}, query, chain: [sub] })).status).toBe(201);
    expect(await refused(own)).toEqual(NOT_VALID);
    const other = { trustAnchorArn, profileArn, roleArn: `${roleArn}2` };
    expect((await ask(own, { body: other, query, chain: [sub] })).status).toBe(400);
  });

  test('has a session that ends with it', async () => {
    const to = daypass.nowSeconds() + 1000;
    const { body } = await ask(await device({ to }));
    expect(Date.parse(setOf(body).credentials.expiration) / 1000).toBeLessThanOrEqual(to);
  });

  test('is let in by the trust policy, on its fields and the anchor', async () => {
    const trust = (statement: object) =>
      daypass
        .iam()
        .send(new UpdateAssumeRolePolicyCommand({ RoleName: 'field', PolicyDocument: policy(statement) }));
    const own = await device();
    const when = (Condition: object) => ({ ...SERVICE, Action: ACTIONS, Condition });
    const cases: readonly (readonly [object, number])[] = [
      [when({ StringEquals: { 'aws:PrincipalTag/x509Subject/CN': 'sensor-7' } }), 201],
      [when({ StringEquals: { 'aws:PrincipalTag/x509Subject/CN': 'sensor-8' } }), 403],
      [when({ ArnEquals: { 'aws:SourceArn': trustAnchorArn } }), 201],
      [when({ ArnEquals: { 'aws:SourceArn': profileArn } }), 403],
      [{ ...SERVICE, Action: ['sts:AssumeRole', 'sts:TagSession'] }, 403],
      [{ ...SERVICE, Principal: { Service: 'daypass.amazonaws.com' }, Action: ACTIONS }, 403],
      [{ ...SERVICE, Action: ACTIONS }, 201],
    ];
    for (const [statement, status] of cases) {
      await trust(statement);
      expect([statement, (await ask(own)).status]).toEqual([statement, status]);
    }
  });
});

describe('refused alike is', () => {
  test('a signature by another key, of another certificate, algorithm, time, body, or with a header unsigned', async () => {
    const [own, other, rsa] = [await device(), await device(), await device({ rsa: true })];
    const shifted = (seconds: number) => new Date((daypass.nowSeconds() + seconds) * 1000);
    const cases: readonly Ask[] = [
      { key: await keyOf(other) },
      { key: await keyOf(rsa) },
      { serial: '5' },
      { algorithm: 'AWS4-X509-RSA-SHA256' },
      { algorithm: 'AWS4-HMAC-SHA256' },
      { date: shifted(-901) },
      { date: shifted(930) },
      { unsigned: ['x-amz-x509'] },
      { unsigned: ['host'] },
      { unsigned: ['x-amz-date'] },
      { unsigned: ['x-amz-x509-chain'], chain: [root] },
      { unsigned: ['x-amz-extra'], headers: { 'x-amz-extra': '1' } },
      { changed: JSON.stringify({ trustAnchorArn, profileArn, roleArn, durationSeconds: 900 }) },
      { headers: { 'x-amz-x509': 'AAAA' } },
      { headers: { 'x-amz-x509': '' } },
      { chain: Array.from({ length: 6 }, () => root) },
    ];
    for (const options of cases)
      expect([Object.keys(options), await refused(own, options)]).toEqual([Object.keys(options), NOT_VALID]);
    expect((await ask(own)).status).toBe(201);
  });

  test('a certificate of another authority, out of its time, or an authority’s own', async () => {
    const stranger = await authority();
    for (const by of [
      await deviceCertificate(stranger),
      await device({ to: daypass.nowSeconds() - 1 }),
      root,
    ]) {
      expect(await refused(by)).toEqual(NOT_VALID);
      expect(await refused(by, { chain: [stranger] })).toEqual(NOT_VALID);
    }
  });

  test('a trust anchor that is disabled, deleted, unknown, or of another account', async () => {
    const id = await one(
      'CreateTrustAnchor',
      { Name: 'second', X509CertificateData: pemOf(root) },
      'TrustAnchorId',
    );
    const own = await device();
    const through = (arn: string) => refused(own, { body: { trustAnchorArn: arn, profileArn, roleArn } });
    const arn = trustAnchorArn.replace(anchorId, id);
    expect((await through(arn))[0]).toBe(201);
    await call('DisableTrustAnchor', { TrustAnchorId: id });
    expect(await through(arn)).toEqual(NOT_VALID);
    await call('EnableTrustAnchor', { TrustAnchorId: id });
    expect((await through(arn))[0]).toBe(201);
    await call('DeleteTrustAnchor', { TrustAnchorId: id });
    for (const wrong of [arn, arn.replace(account, '999999999999'), profileArn, 'x']) {
      expect(await through(wrong)).toEqual(NOT_VALID);
    }
  });

  test('a certificate that a list revokes, while the list is enabled', async () => {
    const [own, other] = [await device(), await device()];
    const CrlData = await revokedList(root, [own.certificate.serialNumber]);
    expect((await ask(own)).status).toBe(201);
    const CrlId = await one('ImportCrl', { Name: 'lost', TrustAnchorId: anchorId, CrlData }, 'CrlId');
    expect(await refused(own)).toEqual(NOT_VALID);
    expect((await ask(other)).status).toBe(201);
    await call('DisableCrl', { CrlId });
    expect((await ask(own)).status).toBe(201);
    await call('EnableCrl', { CrlId });
    await call('UpdateCrl', { CrlId, CrlData: await revokedList(root, [other.certificate.serialNumber]) });
    expect([(await ask(own)).status, (await ask(other)).status]).toEqual([201, 403]);
    await call('DeleteCrl', { CrlId });
    expect((await ask(other)).status).toBe(201);
    const foreign = {
      Name: 'foreign',
      TrustAnchorId: anchorId,
      CrlData: await revokedList(await authority(), []),
    };
    expect((await call('ImportCrl', foreign)).code).toBe('ValidationError');
  });
});

describe('a session that was given', () => {
  const names = (credentials: CredentialSet['credentials']) =>
    daypass
      .sts(credentials)
      .send(new GetCallerIdentityCommand({}))
      .then(
        () => 'goes on',
        (error: Error) => error.name,
      );
  const ENDED = 'InvalidClientTokenId';

  test('ends while its anchor is disabled or its profile is, and goes on with them', async () => {
    const { credentials } = setOf((await ask(await device())).body);
    expect(await names(credentials)).toBe('goes on');
    const ProfileId = profileArn.split('/')[1] ?? '';
    for (const [off, on, which] of [
      ['DisableTrustAnchor', 'EnableTrustAnchor', { TrustAnchorId: anchorId }],
      ['DisableProfile', 'EnableProfile', { ProfileId }],
    ] as const) {
      await call(off, which);
      expect([off, await names(credentials)]).toEqual([off, ENDED]);
      await call(on, which);
      expect([on, await names(credentials)]).toEqual([on, 'goes on']);
    }
  });

  test('ends when a list revokes its certificate or an authority of its path; another certificate’s goes on', async () => {
    const sub = await authority({ by: root, subject: 'CN=Sub' });
    const [own, other, below] = [await device(), await device(), await deviceCertificate(sub)];
    const given = await Promise.all([ask(own), ask(other), ask(below, { chain: [sub] })]);
    const credentials = given.map(({ body }) => setOf(body).credentials);
    const all = () => Promise.all(credentials.map(names));
    const CrlData = await revokedList(root, [own.certificate.serialNumber, sub.certificate.serialNumber]);
    const CrlId = await one('ImportCrl', { Name: 'lost', TrustAnchorId: anchorId, CrlData }, 'CrlId');
    expect(await all()).toEqual([ENDED, 'goes on', ENDED]);
    await call('DeleteCrl', { CrlId });
    expect(await all()).toEqual(['goes on', 'goes on', 'goes on']);
  });

  test('ends when its profile has the role no more, or is gone with its anchor', async () => {
    const more = { 'RoleArns.member.1': roleArn };
    const arn = await one('CreateProfile', { Name: 'p', ...more }, 'ProfileArn');
    const ProfileId = arn.split('/')[1] ?? '';
    const { credentials } = setOf(
      (await ask(await device(), { body: { trustAnchorArn, profileArn: arn, roleArn } })).body,
    );
    const { Role } = await daypass.iam().send(
      new CreateRoleCommand({
        RoleName: 'elsewhere',
        AssumeRolePolicyDocument: policy({ ...SERVICE, Action: ACTIONS }),
      }),
    );
    await call('UpdateProfile', { ProfileId, 'RoleArns.member.1': Role?.Arn ?? '' });
    expect(await names(credentials)).toBe(ENDED);
    await call('UpdateProfile', { ProfileId, ...more });
    expect(await names(credentials)).toBe('goes on');
    await call('DeleteProfile', { ProfileId });
    expect(await names(credentials)).toBe(ENDED);
  });

  test('takes with it what was chained from it', async () => {
    const RoleName = 'further';
    const trust = policy({ Effect: 'Allow', Principal: { AWS: roleArn }, Action: ACTIONS });
    const { Role } = await daypass
      .iam()
      .send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: trust }));
    const { credentials } = setOf((await ask(await device())).body);
    const { Credentials } = await daypass
      .sts(credentials)
      .send(new AssumeRoleCommand({ RoleArn: Role?.Arn, RoleSessionName: 'on' }));
    const chained = {
      accessKeyId: Credentials?.AccessKeyId ?? '',
      secretAccessKey: Credentials?.SecretAccessKey ?? '',
      sessionToken: Credentials?.SessionToken ?? '',
      expiration: '',
    };
    expect(await names(chained)).toBe('goes on');
    await call('DisableTrustAnchor', { TrustAnchorId: anchorId });
    expect(await names(chained)).toBe(ENDED);
    await call('EnableTrustAnchor', { TrustAnchorId: anchorId });
    expect(await names(chained)).toBe('goes on');
  });
});

describe('a profile', () => {
  const made = async (more: Record<string, string>) =>
    one('CreateProfile', { Name: 'p', 'RoleArns.member.1': roleArn, ...more }, 'ProfileArn');
  const through = async (arn: string, more = {}) => {
    const { status, body } = await ask(await device(), {
      body: { trustAnchorArn, profileArn: arn, roleArn, ...more },
    });
    return { status, body };
  };

  test('bounds duration, roles, and what must be said', async () => {
    const short = await made({ DurationSeconds: '900' });
    const { body } = await through(short);
    const left = Date.parse(setOf(body).credentials.expiration) / 1000 - daypass.nowSeconds();
    expect(left).toBeLessThanOrEqual(900);
    expect((await through(short, { durationSeconds: 901 })).status).toBe(400);
    for (const durationSeconds of [899, 43_201, '900', 900.5]) {
      expect((await through(short, { durationSeconds })).status).toBe(400);
    }
    expect((await through(short, { roleArn: `${roleArn}x` })).status).toBe(403);
    const telling = await made({ RequireInstanceProperties: 'true' });
    expect((await through(telling)).status).toBe(400);
    expect((await through(telling, { instanceProperties: { site: 'north' } })).status).toBe(201);
    await call('DisableProfile', { ProfileId: short.split('/')[1] ?? '' });
    expect((await through(short)).status).toBe(403);
  });

  test('narrows by its session policy', async () => {
    const denied = await made({ SessionPolicy: policy({ ...allow('iam:GetRole'), Effect: 'Deny' }) });
    for (const [arn, effect] of [
      [profileArn, 'allowed'],
      [denied, 'denied'],
    ] as const) {
      const { credentials } = setOf((await through(arn)).body);
      const { GetRoleCommand } = await import('@aws-sdk/client-iam');
      const asked = await daypass
        .iam(credentials)
        .send(new GetRoleCommand({ RoleName: 'field' }))
        .then(
          () => 'allowed',
          () => 'denied',
        );
      expect([arn, asked]).toEqual([arn, effect]);
    }
  });

  test('is made by whom may pass its roles on to this service', async () => {
    await userWith(daypass, 'maker', allow('rolesanywhere:*'));
    const maker = await accessKeyOf(daypass.iam(), 'maker');
    const wanted = { Name: 'p', 'RoleArns.member.1': roleArn };
    const answer = await daypassQuery(daypass, 'CreateProfile', wanted, maker);
    expect([answer.code, answer.text.includes('iam:PassRole')]).toEqual(['AccessDenied', true]);
    expect((await call('CreateProfile', { ...wanted, 'RoleArns.member.1': `${roleArn}x` })).code).toBe(
      'ValidationError',
    );
  });
});

test('each action is decided by itself; a new user may nothing', async () => {
  await userWith(daypass, 'nobody');
  const nobody = await accessKeyOf(daypass.iam(), 'nobody');
  const id = '00000000-0000-4000-8000-000000000000';
  for (const [noun, plural, field] of [
    ['TrustAnchor', 'TrustAnchors', 'TrustAnchorId'],
    ['Crl', 'Crls', 'CrlId'],
    ['Profile', 'Profiles', 'ProfileId'],
  ] as const) {
    for (const verb of ['Get', 'Update', 'Enable', 'Disable', 'Delete']) {
      const answer = await daypassQuery(daypass, `${verb}${noun}`, { [field]: id }, nobody);
      expect([verb, noun, answer.code]).toEqual([verb, noun, 'AccessDenied']);
      const missing = await call(`${verb}${noun}`, { [field]: id });
      expect([verb, noun, missing.code]).toEqual([verb, noun, 'NoSuchEntity']);
    }
    expect((await daypassQuery(daypass, `List${plural}`, {}, nobody)).code).toBe('AccessDenied');
    expect((await call(`List${plural}`)).status).toBe(200);
  }
  for (const X509CertificateData of ['x', pemOf(await device())]) {
    expect((await call('CreateTrustAnchor', { Name: 'bad', X509CertificateData })).code).toBe(
      'ValidationError',
    );
  }
});

test('with the database out of reach nothing is believed past the freshness bound', async () => {
  const own = await device();
  await daypass.setD1Reachable(false);
  try {
    await daypass.advance(6);
    expect((await ask(own)).status).toBe(503);
  } finally {
    await daypass.setD1Reachable(true);
  }
});
