import { createHash } from 'node:crypto';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Daypass, startDaypass } from '../../helpers/daypass.ts';
import { daypassQuery } from '../../helpers/daypass-query.ts';
import {
  askCredentials,
  type DeviceKey,
  deviceKey,
  instanceArnOf,
  makeProfile,
  nonceOf,
  proofOf,
} from '../../helpers/instances.ts';
import { jsonOf } from '../../helpers/json.ts';

const sha256Hex = (text: string): string => createHash('sha256').update(text).digest('hex');

let daypass: Daypass;
let account: string;

beforeAll(async () => {
  daypass = await startDaypass();
  account = daypass.bootstrap.accountId;
  await makeProfile(daypass, 'sensors');
});
afterAll(() => daypass.stop());

const call = (action: string, parameters: Record<string, string>) =>
  daypassQuery(daypass, action, parameters);

async function code(more: Record<string, string> = {}): Promise<string> {
  const made = await call('CreateEnrolmentCode', { InstanceProfileName: 'sensors', ...more });
  return made.all('Code')[0] ?? '';
}

/** A proof that a key enrols with a code. */
const enrolmentProof = (key: DeviceKey, forCode: string, payload = {}, header = {}) =>
  proofOf(
    daypass,
    key,
    { sub: sha256Hex(forCode), ...payload },
    { typ: 'daypass-enrolment+jwt', jwk: key.publicJwk, ...header },
  );

async function enrol(with_: string, proof: string) {
  const body = JSON.stringify({ code: with_, proof });
  const answer = await daypass.fetch('/credentials/enrol', { method: 'POST', body });
  return { status: answer.status, body: await jsonOf(answer) };
}
const NOT_VALID = {
  Code: 'AccessDenied',
  Message: 'the enrolment code is not valid',
  RequestId: expect.any(String),
};

describe('a device with a code', () => {
  test('enrols itself with its own key, and has the profile and the tags of the code', async () => {
    const [own, key] = [
      await code({ 'Tags.member.1.Key': 'batch', 'Tags.member.1.Value': '7' }),
      await deviceKey('EdDSA'),
    ];
    const { status, body } = await enrol(own, await enrolmentProof(key, own));
    const id = String(body.instance_id);
    expect([status, body]).toEqual([
      200,
      {
        instance_id: expect.stringMatching(/^i-[0-9a-f]{17}$/),
        arn: instanceArnOf(daypass, id),
        account_id: account,
        credentials_uri: `${daypass.url}/credentials`,
      },
    ]);
    const shown = await call('DescribeInstances', { 'InstanceIds.member.1': id });
    expect([shown.all('InstanceProfileName'), shown.all('Key'), shown.all('Value')]).toEqual([
      ['sensors'],
      ['batch'],
      ['7'],
    ]);
    const got = await askCredentials(
      daypass,
      await proofOf(daypass, key, { sub: instanceArnOf(daypass, id) }),
    );
    const sts = daypass.sts({
      accessKeyId: String(got.body.AccessKeyId),
      secretAccessKey: String(got.body.SecretAccessKey),
      sessionToken: String(got.body.Token),
    });
    expect((await sts.send(new GetCallerIdentityCommand({}))).Arn).toBe(
      `arn:aws:sts::${account}:assumed-role/sensors/${id}`,
    );
    const listed = await call('ListEnrolmentCodes', {});
    expect(listed.all('InstanceId')).toContain(id);
    const { results } = await daypass.d1
      .prepare("SELECT body FROM audit_events WHERE event_name = 'EnrolInstance'")
      .all<{ body: string }>();
    expect(results).toHaveLength(1);
    expect(results[0]?.body).toContain(id);
    expect(results[0]?.body).not.toContain(own.slice(-32));
  });

  test('is one of fifty at most, and leaves one instance and one event', async () => {
    const count = async (sql: string) => (await daypass.d1.prepare(sql).first<{ n: number }>())?.n ?? 0;
    const events = "SELECT count(*) AS n FROM audit_events WHERE event_name = 'EnrolInstance'";
    const instances = 'SELECT count(*) AS n FROM instances';
    const before = [await count(events), await count(instances)];
    const own = await code();
    const proofs = await Promise.all(
      Array.from({ length: 50 }, async () => enrolmentProof(await deviceKey(), own)),
    );
    const answers = await Promise.all(proofs.map((proof) => enrol(own, proof)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    for (const { status, body } of answers)
      if (status !== 200) expect([status, body]).toEqual([403, NOT_VALID]);
    expect([await count(events), await count(instances)]).toEqual(before.map((n) => n + 1));
  });
});

describe('refused alike is', () => {
  test('a code that is unknown, redeemed, deleted, expired, of another account, or none', async () => {
    const [redeemed, deleted, expired] = [await code(), await code(), await code({ DurationSeconds: '60' })];
    await enrol(redeemed, await enrolmentProof(await deviceKey(), redeemed));
    const listed = await call('ListEnrolmentCodes', {});
    expect(listed.status).toBe(200);
    const ids = await daypass.d1
      .prepare('SELECT code_id AS id FROM enrolment_codes WHERE code_hash = ?')
      .bind(sha256Hex(deleted))
      .first<{ id: string }>();
    await call('DeleteEnrolmentCode', { EnrolmentCodeId: ids?.id ?? '' });
    await daypass.advance(61);
    const valid = await code();
    const codes = [
      ...[redeemed, deleted, expired, valid.replace(account, '999999999999'), valid.toLowerCase()],
      ...[`${valid.slice(0, -1)}${valid.endsWith('A') ? 'B' : 'A'}`, `${valid}A`, '', 'dpe-', '__proto__'],
    ];
    for (const wrong of codes) {
      const { status, body } = await enrol(wrong, await enrolmentProof(await deviceKey(), wrong));
      expect([wrong, status, body]).toEqual([wrong, 403, NOT_VALID]);
    }
    expect((await enrol(valid, await enrolmentProof(await deviceKey(), valid))).status).toBe(200);
  });

  test('a proof by another key, for another code, of another type, with a used or foreign nonce', async () => {
    const [own, other, key, stranger] = [await code(), await code(), await deviceKey(), await deviceKey()];
    const used = await nonceOf(daypass);
    await enrol(other, await enrolmentProof(await deviceKey(), other, { nonce: used }));
    const proofs = [
      await enrolmentProof(key, own, {}, { jwk: stranger.publicJwk }),
      await enrolmentProof(key, other),
      await enrolmentProof(key, own, {}, { typ: 'daypass-proof+jwt' }),
      await enrolmentProof(key, own, { aud: 'https://other.example.com/credentials' }),
      await enrolmentProof(key, own, { nonce: used }),
      await enrolmentProof(key, own, { nonce: 'made-up' }),
      'a.b.c',
    ];
    for (const [index, proof] of proofs.entries()) {
      const { status, body } = await enrol(own, proof);
      expect([index, status, body]).toEqual([index, 403, NOT_VALID]);
    }
    expect((await enrol(own, await enrolmentProof(key, own))).status).toBe(200);
  });
});

test('a key that is registered enrols no second time, and its code is not used up', async () => {
  const [first, second, key] = [await code(), await code(), await deviceKey()];
  await enrol(first, await enrolmentProof(key, first));
  const again = await enrol(second, await enrolmentProof(key, second));
  expect([again.status, again.body.Code]).toEqual([409, 'EntityAlreadyExists']);
  expect((await enrol(second, await enrolmentProof(await deviceKey(), second))).status).toBe(200);
});

test('a weak or private key is refused by name', async () => {
  const [own, key] = [await code(), await deviceKey()];
  for (const jwk of [{ ...key.publicJwk, d: 'AAAA' }, null, 'x', { kty: 'oct', k: 'AAAA' }]) {
    const { status, body } = await enrol(own, await enrolmentProof(key, own, {}, { jwk }));
    expect([jwk, status, body.Code]).toEqual([jwk, 400, 'ValidationError']);
  }
});

test('a code outlives the database out of reach', async () => {
  const [own, key] = [await code(), await deviceKey()];
  const proof = await enrolmentProof(key, own);
  await daypass.setD1Reachable(false);
  try {
    expect((await enrol(own, proof)).status).toBe(503);
  } finally {
    await daypass.setD1Reachable(true);
  }
  expect((await enrol(own, proof)).status).toBe(200);
});

test('broken bodies and other methods are refused', async () => {
  for (const body of ['', '{', '[]', 'null', '{}', '{"code":1,"proof":"x"}', '{"code":"x"}']) {
    const answer = await daypass.fetch('/credentials/enrol', { method: 'POST', body });
    expect([body, answer.status]).toEqual([body, 400]);
  }
  const large = await daypass.fetch('/credentials/enrol', { method: 'POST', body: 'x'.repeat(37_000) });
  expect(large.status).toBe(413);
  for (const [path, method] of [
    ['/credentials', 'POST'],
    ['/credentials/nonce', 'GET'],
    ['/credentials/token', 'GET'],
    ['/credentials/enrol', 'GET'],
  ] as const) {
    expect([path, (await daypass.fetch(path, { method })).status]).toEqual([path, 405]);
  }
});
