import { DeleteInstanceProfileCommand, RemoveRoleFromInstanceProfileCommand } from '@aws-sdk/client-iam';
import { exportJWK, generateKeyPair } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Credentials, type Daypass, startDaypass } from '../../../helpers/daypass.ts';
import { daypassQuery } from '../../../helpers/daypass-query.ts';
import { associate, deviceKey, makeProfile, register } from '../../../helpers/instances.ts';
import { accessKeyOf, allow, deny, refusal, userWith } from '../iam/support.ts';

let daypass: Daypass;
let account: string;

beforeAll(async () => {
  daypass = await startDaypass();
  account = daypass.bootstrap.accountId;
  await makeProfile(daypass, 'sensors');
  await makeProfile(daypass, 'meters');
});
afterAll(() => daypass.stop());

const call = (action: string, parameters: Record<string, string> = {}, credentials?: Credentials) =>
  daypassQuery(daypass, action, parameters, credentials);
const describeOne = (id: string) => call('DescribeInstances', { 'InstanceIds.member.1': id });
const registerKey = async () => register(daypass, await deviceKey());
const user = async (name: string, ...statements: readonly object[]) => {
  await userWith(daypass, name, ...statements);
  return accessKeyOf(daypass.iam(), name);
};

/** Changes that the trail has of Daypass's own API, oldest first. */
const changes = async () => {
  const { results } = await daypass.d1
    .prepare(
      "SELECT event_name AS name FROM audit_events WHERE event_source = 'daypass.amazonaws.com' AND shard IS NULL ORDER BY rowid",
    )
    .all<{ name: string }>();
  return results.map(({ name }) => name);
};

describe('an instance', () => {
  test('lives from registration to its end, each change in the trail', async () => {
    const before = (await changes()).length;
    const key = await deviceKey();
    const made = await call('RegisterInstance', {
      PublicKey: JSON.stringify(key.publicJwk),
      Description: 'roof',
      'Tags.member.1.Key': 'site',
      'Tags.member.1.Value': 'north',
    });
    const [id = ''] = made.all('InstanceId');
    expect(id).toMatch(/^i-[0-9a-f]{17}$/);
    expect(made.all('Arn')).toEqual([`arn:aws:daypass::${account}:instance/${id}`]);
    expect([made.all('State'), made.all('Description'), made.all('Type'), made.all('Algorithm')]).toEqual([
      ['enabled'],
      ['roof'],
      ['key'],
      ['ES256'],
    ]);
    expect((await describeOne(id)).all('KeyThumbprint')).toEqual(made.all('KeyThumbprint'));
    expect((await call('DisableInstance', { InstanceId: id })).status).toBe(200);
    expect((await describeOne(id)).all('State')).toEqual(['disabled']);
    await call('EnableInstance', { InstanceId: id });
    await call('UpdateInstance', { InstanceId: id, Description: 'cellar' });
    await call('TagInstance', { InstanceId: id, 'Tags.member.1.Key': 'SITE', 'Tags.member.1.Value': 's' });
    const shown = await describeOne(id);
    expect([shown.all('State'), shown.all('Description'), shown.all('Key'), shown.all('Value')]).toEqual([
      ['enabled'],
      ['cellar'],
      ['SITE'],
      ['s'],
    ]);
    await call('UntagInstance', { InstanceId: id, 'TagKeys.member.1': 'site' });
    expect((await describeOne(id)).all('Key')).toEqual([]);
    expect((await call('DeregisterInstance', { InstanceId: id })).status).toBe(200);
    expect((await describeOne(id)).all('InstanceId')).toEqual([]);
    expect((await changes()).slice(before)).toEqual([
      'RegisterInstance',
      'DisableInstance',
      'EnableInstance',
      'UpdateInstance',
      'TagInstance',
      'UntagInstance',
      'DeregisterInstance',
    ]);
  });

  test.for(['ES256', 'ES384', 'EdDSA', 'RS256'])('may have a key for %s', async (algorithm) => {
    const { publicJwk } = await deviceKey(algorithm);
    const made = await call('RegisterInstance', { PublicKey: JSON.stringify(publicJwk) });
    expect([made.status, made.all('Algorithm')]).toEqual([200, [algorithm]]);
  });

  test('is refused a key that is none, private, weak, or for something else', async () => {
    const { publicJwk } = await deviceKey();
    const pair = await generateKeyPair('ES256', { extractable: true });
    const wrong: readonly unknown[] = [
      ...[null, [], 'text', 5, {}, { kty: 'oct', k: 'c2VjcmV0' }, { kty: '__proto__' }],
      await exportJWK(pair.privateKey),
      { ...publicJwk, use: 'enc' },
      { ...publicJwk, alg: 'ES384' },
      { ...publicJwk, x: 'a b' },
      { ...publicJwk, y: undefined },
      { kty: 'RSA', e: 'AQAB', n: 'A'.repeat(170) },
    ];
    for (const key of wrong) {
      const answer = await call('RegisterInstance', { PublicKey: JSON.stringify(key) });
      expect([key, answer.status, answer.code]).toEqual([key, 400, 'ValidationError']);
    }
    expect((await call('RegisterInstance', { PublicKey: '{' })).code).toBe('ValidationError');
    expect((await call('RegisterInstance')).code).toBe('MissingParameter');
  });

  test('shares its identity with no other, be they registered at once', async () => {
    const PublicKey = JSON.stringify((await deviceKey()).publicJwk);
    const made = await Promise.all(Array.from({ length: 20 }, () => call('RegisterInstance', { PublicKey })));
    expect(made.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(new Set(made.map(({ code }) => code))).toEqual(new Set([null, 'EntityAlreadyExists']));
    const other = await registerKey();
    expect((await call('UpdateInstance', { InstanceId: other, PublicKey })).code).toBe('EntityAlreadyExists');
  });

  test('may be a workload of a registered provider, and of no other', async () => {
    const unknown = `arn:aws:iam::${account}:oidc-provider/idp.example.com`;
    const answer = await call('RegisterInstance', {
      'Workload.OpenIDConnectProviderArn': unknown,
      'Workload.Subject': 'system:serviceaccount:prod:app',
    });
    expect([answer.status, answer.code]).toEqual([404, 'NoSuchEntity']);
  });

  test('that is not there cannot be changed', async () => {
    const InstanceId = 'i-00000000000000000';
    for (const [action, more] of [
      ['UpdateInstance', {}],
      ['DisableInstance', {}],
      ['EnableInstance', {}],
      ['DeregisterInstance', {}],
      ['TagInstance', { 'Tags.member.1.Key': 'a', 'Tags.member.1.Value': '' }],
      ['UntagInstance', { 'TagKeys.member.1': 'a' }],
      ['AssociateInstanceProfile', { InstanceProfileName: 'sensors' }],
    ] as const) {
      const answer = await call(action, { InstanceId, ...more });
      expect([action, answer.status, answer.code]).toEqual([action, 404, 'NoSuchEntity']);
    }
    expect((await call('DisableInstance', { InstanceId: 'i-X' })).code).toBe('ValidationError');
  });
});

describe('the list of instances', () => {
  test('is filtered and paged', async () => {
    const more = { 'Tags.member.1.Key': 'fleet', 'Tags.member.1.Value': 'listed' };
    const ids: string[] = [];
    for (let at = 0; at < 3; at += 1) ids.push(await register(daypass, await deviceKey(), more));
    ids.sort();
    const [first = '', second = ''] = ids;
    await call('DisableInstance', { InstanceId: first });
    await associate(daypass, second, 'meters');
    const tagged = { 'Tag.Key': 'Fleet', 'Tag.Value': 'listed' };
    const found = async (filter: Record<string, string>) =>
      (await call('DescribeInstances', { ...tagged, ...filter })).all('InstanceId');
    expect(await found({ State: 'disabled' })).toEqual([first]);
    // The second one's association repeats its id.
    expect(new Set(await found({ InstanceProfileName: 'METERS' }))).toEqual(new Set([second]));
    expect(await found({ IdentityType: 'workload' })).toEqual([]);
    const seen: string[] = [];
    let token: string | undefined;
    do {
      const page = await call('DescribeInstances', {
        ...tagged,
        MaxResults: '1',
        ...(token !== undefined && { NextToken: token }),
      });
      seen.push(...new Set(page.all('InstanceId')));
      token = page.all('NextToken')[0];
    } while (token !== undefined);
    expect(seen).toEqual(ids);
    for (const NextToken of ['x', 'bm9uZQ', '%']) {
      expect((await call('DescribeInstances', { NextToken })).code).toBe('ValidationError');
    }
  });
});

describe('an association', () => {
  test('is made, replaced and ended; a profile stays while an instance has it', async () => {
    const InstanceId = await registerKey();
    const first = await associate(daypass, InstanceId, 'sensors');
    expect(first).toMatch(/^iip-assoc-[0-9a-f]{17}$/);
    const replaced = await call('ReplaceInstanceProfileAssociation', {
      AssociationId: first,
      InstanceProfileName: 'meters',
    });
    const [second = ''] = replaced.all('AssociationId');
    expect(second).not.toBe(first);
    const shown = await call('DescribeInstanceProfileAssociations', { 'InstanceIds.member.1': InstanceId });
    expect([shown.all('AssociationId'), shown.all('InstanceProfileName'), shown.all('State')]).toEqual([
      [second],
      ['meters'],
      ['associated'],
    ]);
    const iam = daypass.iam();
    const bare = { InstanceProfileName: 'meters' };
    await iam.send(new RemoveRoleFromInstanceProfileCommand({ ...bare, RoleName: 'meters' }));
    expect(await refusal(iam.send(new DeleteInstanceProfileCommand(bare)))).toMatchObject({
      name: 'DeleteConflictException',
      message: 'Cannot delete entity, must disassociate instances first.',
    });
    const ended = await call('DisassociateInstanceProfile', { AssociationId: second });
    expect([ended.status, ended.all('State')]).toEqual([200, ['disassociated']]);
    for (const AssociationId of [first, second, 'iip-assoc-0']) {
      expect((await call('DisassociateInstanceProfile', { AssociationId })).code).toBe('NoSuchEntity');
      const again = { AssociationId, InstanceProfileName: 'sensors' };
      expect((await call('ReplaceInstanceProfileAssociation', again)).code).toBe('NoSuchEntity');
    }
  });

  test('is one at most, whoever races', async () => {
    const InstanceId = await registerKey();
    const wanted = { InstanceId, InstanceProfileName: 'sensors' };
    const made = await Promise.all(
      Array.from({ length: 50 }, () => call('AssociateInstanceProfile', wanted)),
    );
    expect(made.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(new Set(made.map(({ code }) => code))).toEqual(new Set([null, 'EntityAlreadyExists']));
  });

  test('is replaced once, whoever races', async () => {
    const AssociationId = await associate(daypass, await registerKey(), 'sensors');
    const wanted = { AssociationId, InstanceProfileName: 'sensors' };
    const made = await Promise.all(
      Array.from({ length: 20 }, () => call('ReplaceInstanceProfileAssociation', wanted)),
    );
    expect(made.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(new Set(made.map(({ code }) => code))).toEqual(new Set([null, 'NoSuchEntity']));
  });

  test('needs leave to pass the role on to this service', async () => {
    const InstanceId = await registerKey();
    const instances = allow('daypass:*');
    const role = `arn:aws:iam::${account}:role/sensors`;
    const passed = (service: string) => ({
      ...allow('iam:PassRole', role),
      Condition: { StringEquals: { 'iam:PassedToService': service } },
    });
    const wanted = { InstanceId, InstanceProfileName: 'sensors' };
    const without = await user('no-pass', instances);
    const refused = await call('AssociateInstanceProfile', wanted, without);
    expect([refused.status, refused.code]).toEqual([403, 'AccessDenied']);
    expect(refused.text).toContain(`iam:PassRole on resource: ${role}`);
    const elsewhere = await user('pass-ec2', instances, passed('ec2.amazonaws.com'));
    expect((await call('AssociateInstanceProfile', wanted, elsewhere)).code).toBe('AccessDenied');
    const code = { InstanceProfileName: 'sensors' };
    expect((await call('CreateEnrolmentCode', code, elsewhere)).code).toBe('AccessDenied');
    const right = await user('pass', instances, passed('daypass.amazonaws.com'));
    const made = await call('AssociateInstanceProfile', wanted, right);
    expect(made.status).toBe(200);
    const [AssociationId = ''] = made.all('AssociationId');
    const again = { AssociationId, InstanceProfileName: 'sensors' };
    expect((await call('ReplaceInstanceProfileAssociation', again, without)).code).toBe('AccessDenied');
    expect((await call('ReplaceInstanceProfileAssociation', again, right)).status).toBe(200);
    expect((await call('CreateEnrolmentCode', code, right)).status).toBe(200);
  });
});

describe('permissions', () => {
  test('each action is decided by itself; a new user may nothing', async () => {
    const nobody = await user('nobody');
    const InstanceId = await registerKey();
    const AssociationId = await associate(daypass, InstanceId, 'sensors');
    const key = JSON.stringify((await deviceKey()).publicJwk);
    for (const [action, parameters] of [
      ['RegisterInstance', { PublicKey: key }],
      ['DescribeInstances', {}],
      ['UpdateInstance', { InstanceId }],
      ['EnableInstance', { InstanceId }],
      ['DisableInstance', { InstanceId }],
      ['DeregisterInstance', { InstanceId }],
      ['TagInstance', { InstanceId, 'Tags.member.1.Key': 'a', 'Tags.member.1.Value': '' }],
      ['UntagInstance', { InstanceId, 'TagKeys.member.1': 'a' }],
      ['AssociateInstanceProfile', { InstanceId, InstanceProfileName: 'sensors' }],
      ['ReplaceInstanceProfileAssociation', { AssociationId, InstanceProfileName: 'sensors' }],
      ['DisassociateInstanceProfile', { AssociationId }],
      ['DescribeInstanceProfileAssociations', {}],
      ['CreateEnrolmentCode', { InstanceProfileName: 'sensors' }],
      ['ListEnrolmentCodes', {}],
      ['DeleteEnrolmentCode', { EnrolmentCodeId: 'ec-0' }],
    ] as const) {
      const answer = await call(action, parameters, nobody);
      expect([action, answer.status, answer.code]).toEqual([action, 403, 'AccessDenied']);
      expect(answer.text).toContain(`daypass:${action}`);
    }
  });

  test('policies see the tags of an instance', async () => {
    const north = await register(daypass, await deviceKey(), {
      'Tags.member.1.Key': 'site',
      'Tags.member.1.Value': 'north',
    });
    const south = await registerKey();
    const onlyNorth = { StringEquals: { 'aws:ResourceTag/site': 'north' } };
    const keeper = await user(
      'keeper',
      { ...allow('daypass:DisableInstance'), Condition: onlyNorth },
      deny('daypass:EnableInstance'),
    );
    expect((await call('DisableInstance', { InstanceId: south }, keeper)).code).toBe('AccessDenied');
    expect((await call('DisableInstance', { InstanceId: north }, keeper)).status).toBe(200);
  });
});

describe('an enrolment code', () => {
  test('is shown once, and kept as a hash alone', async () => {
    const made = await call('CreateEnrolmentCode', {
      InstanceProfileName: 'sensors',
      DurationSeconds: '60',
      'Tags.member.1.Key': 'batch',
      'Tags.member.1.Value': '7',
    });
    const [code = ''] = made.all('Code');
    expect(code).toMatch(new RegExp(`^dpe-${account}-[A-Z2-7]{32}$`));
    const listed = await call('ListEnrolmentCodes');
    expect(listed.all('EnrolmentCodeId')).toContain(made.all('EnrolmentCodeId')[0]);
    const secret = code.slice(-32);
    expect(listed.text).not.toContain(secret);
    const { results } = await daypass.d1.prepare('SELECT * FROM enrolment_codes').all();
    expect(JSON.stringify(results)).not.toContain(secret);
    const { results: events } = await daypass.d1.prepare('SELECT * FROM audit_events').all();
    expect(JSON.stringify(events)).not.toContain(secret);
    expect(daypass.logs.join('\n')).not.toContain(secret);
    const [EnrolmentCodeId = ''] = made.all('EnrolmentCodeId');
    expect((await call('DeleteEnrolmentCode', { EnrolmentCodeId })).status).toBe(200);
    expect((await call('DeleteEnrolmentCode', { EnrolmentCodeId })).code).toBe('NoSuchEntity');
  });

  test('is for a profile that exists, and for a minute to a week', async () => {
    expect((await call('CreateEnrolmentCode', { InstanceProfileName: 'none' })).code).toBe('NoSuchEntity');
    for (const DurationSeconds of ['59', '604801', '-1', 'x']) {
      const wanted = { InstanceProfileName: 'sensors', DurationSeconds };
      expect((await call('CreateEnrolmentCode', wanted)).code).toBe('ValidationError');
    }
  });
});
