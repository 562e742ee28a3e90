import {
  AttachUserPolicyCommand,
  CreatePolicyCommand,
  CreatePolicyVersionCommand,
  CreateUserCommand,
  DeletePolicyCommand,
  DeletePolicyVersionCommand,
  DeleteUserPermissionsBoundaryCommand,
  DetachUserPolicyCommand,
  GetPolicyCommand,
  GetPolicyVersionCommand,
  GetUserCommand,
  type IAMClient,
  ListPoliciesCommand,
  type ListPoliciesCommandInput,
  ListPolicyVersionsCommand,
  PutUserPermissionsBoundaryCommand,
  SetDefaultPolicyVersionCommand,
} from '@aws-sdk/client-iam';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Daypass, startDaypass } from '../../../helpers/daypass.ts';
import { allow, policy, refusal, userWith } from './support.ts';

let daypass: Daypass;
let iam: IAMClient;
let account: string;

beforeAll(async () => {
  daypass = await startDaypass();
  iam = daypass.iam();
  account = daypass.bootstrap.accountId;
});
afterAll(() => daypass.stop());

const READ = policy(allow('iam:GetUser'));
const NOTHING = policy(allow('s3:GetObject'));
const arnOf = (name: string) => `arn:aws:iam::${account}:policy/${name}`;

async function make(PolicyName: string, PolicyDocument = READ): Promise<string> {
  const { Policy } = await iam.send(new CreatePolicyCommand({ PolicyName, PolicyDocument }));
  return Policy?.Arn ?? '';
}

describe('CreatePolicy', () => {
  test('gives the policy as it is read back, with its first version in force', async () => {
    const { Policy } = await iam.send(
      new CreatePolicyCommand({
        PolicyName: 'Full',
        Path: '/p/',
        PolicyDocument: READ,
        Description: 'reads',
        Tags: [{ Key: 'a', Value: 'b' }],
      }),
    );
    expect(Policy).toEqual({
      PolicyName: 'Full',
      PolicyId: expect.stringMatching(/^ANPA[A-Z2-7]{17}$/),
      Arn: `arn:aws:iam::${account}:policy/p/Full`,
      Path: '/p/',
      DefaultVersionId: 'v1',
      AttachmentCount: 0,
      PermissionsBoundaryUsageCount: 0,
      IsAttachable: true,
      Description: 'reads',
      CreateDate: expect.any(Date),
      UpdateDate: expect.any(Date),
      Tags: [{ Key: 'a', Value: 'b' }],
    });
    expect((await iam.send(new GetPolicyCommand({ PolicyArn: Policy?.Arn }))).Policy).toEqual(Policy);
    const { PolicyVersion } = await iam.send(
      new GetPolicyVersionCommand({ PolicyArn: Policy?.Arn, VersionId: 'v1' }),
    );
    expect(PolicyVersion).toEqual({
      Document: encodeURIComponent(READ).replaceAll('*', '%2A'),
      VersionId: 'v1',
      IsDefaultVersion: true,
      CreateDate: expect.any(Date),
    });
  });

  test('refuses a name that differs from another in case alone, whatever its path', async () => {
    await make('Twice');
    const input = { PolicyName: 'tWICE', Path: '/other/', PolicyDocument: READ };
    expect(await refusal(iam.send(new CreatePolicyCommand(input)))).toEqual({
      name: 'EntityAlreadyExistsException',
      status: 409,
      message: 'A policy called tWICE already exists. Duplicate names are not allowed.',
    });
  });

  test('says where a document is wrong, and why', async () => {
    const PolicyDocument =
      '{"Version": "2012-10-17",\n "Statement": {"Effect": "allow", "Action": "s3:*", "Resource": "*"}}';
    expect(await refusal(iam.send(new CreatePolicyCommand({ PolicyName: 'wrong', PolicyDocument })))).toEqual(
      {
        name: 'MalformedPolicyDocumentException',
        status: 400,
        message:
          'The policy failed legacy parsing (line 2, column 26, at Statement.Effect: `allow` must be written `Allow` or `Deny`)',
      },
    );
  });

  test.for([
    ['that is none', '{}', 'MalformedPolicyDocumentException'],
    ['without a resource', policy({ Effect: 'Allow', Action: 's3:*' }), 'MalformedPolicyDocumentException'],
    ['with a principal', policy({ ...allow('s3:*'), Principal: '*' }), 'MalformedPolicyDocumentException'],
    [
      'of more than 6,144 characters',
      policy({ ...allow('s3:*'), Sid: 'x'.repeat(6200) }),
      'LimitExceededException',
    ],
  ] as const)('refuses a document %s', async ([, PolicyDocument, name]) => {
    expect(await refusal(make('Refused', PolicyDocument))).toMatchObject({ name });
    const call = iam.send(new GetPolicyCommand({ PolicyArn: arnOf('Refused') }));
    expect(await refusal(call)).toMatchObject({ name: 'NoSuchEntityException', status: 404 });
  });

  test('does not count white space', async () => {
    await make('Spacious', `${' '.repeat(7000)}${READ}\n\t`);
  });
});

describe("AWS's own policies", () => {
  const PolicyArn = 'arn:aws:iam::aws:policy/AdministratorAccess';

  test('are shown with how often they are used here', async () => {
    const { Policy } = await iam.send(new GetPolicyCommand({ PolicyArn }));
    expect(Policy).toMatchObject({ PolicyName: 'AdministratorAccess', AttachmentCount: 1 });
    const { PolicyVersion } = await iam.send(new GetPolicyVersionCommand({ PolicyArn, VersionId: 'v1' }));
    expect(JSON.parse(decodeURIComponent(PolicyVersion?.Document ?? ''))).toEqual({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }],
    });
  });

  test('have one version and no other', async () => {
    const { Versions } = await iam.send(new ListPolicyVersionsCommand({ PolicyArn }));
    expect(Versions?.map(({ VersionId }) => VersionId)).toEqual(['v1']);
    const call = iam.send(new GetPolicyVersionCommand({ PolicyArn, VersionId: 'v2' }));
    expect(await refusal(call)).toMatchObject({ name: 'NoSuchEntityException', status: 404 });
  });

  test('can be read by a plain user that is allowed to', async () => {
    const own = await userWith(daypass, 'reader', allow('iam:GetPolicy'));
    expect((await own.send(new GetPolicyCommand({ PolicyArn }))).Policy?.Arn).toBe(PolicyArn);
    expect(await refusal(own.send(new ListPolicyVersionsCommand({ PolicyArn })))).toMatchObject({
      name: 'AccessDenied',
    });
  });

  test('cannot be changed', async () => {
    const calls = [
      iam.send(new DeletePolicyCommand({ PolicyArn })),
      iam.send(new CreatePolicyVersionCommand({ PolicyArn, PolicyDocument: READ, SetAsDefault: true })),
      iam.send(new SetDefaultPolicyVersionCommand({ PolicyArn, VersionId: 'v1' })),
      iam.send(new DeletePolicyVersionCommand({ PolicyArn, VersionId: 'v1' })),
    ];
    for (const refused of await Promise.all(calls.map(refusal))) {
      expect(refused).toMatchObject({ name: 'NoSuchEntityException', status: 404 });
    }
  });
});

describe('ListPolicies', () => {
  const names = async (input: ListPoliciesCommandInput) =>
    (await iam.send(new ListPoliciesCommand(input))).Policies?.map(({ PolicyName }) => PolicyName);

  test("gives AWS's own first, then the account's, in pages", async () => {
    for (const name of ['b', 'A', 'c']) {
      await iam.send(new CreatePolicyCommand({ PolicyName: name, Path: '/pages/', PolicyDocument: READ }));
    }
    expect(await names({ PathPrefix: '/pages/' })).toEqual(['A', 'b', 'c']);
    const collected: string[] = [];
    let Marker: string | undefined;
    do {
      const page = await iam.send(new ListPoliciesCommand({ MaxItems: 2, Marker }));
      expect(page.Policies?.length).toBeLessThanOrEqual(2);
      collected.push(...(page.Policies ?? []).map((each) => each.Arn ?? ''));
      Marker = page.Marker;
    } while (Marker !== undefined);
    const whole = await iam.send(new ListPoliciesCommand({}));
    expect(collected).toEqual(whole.Policies?.map((each) => each.Arn));
    const firstOwn = collected.findIndex((arn) => arn.startsWith(`arn:aws:iam::${account}:`));
    expect(firstOwn).toBe((await names({ Scope: 'AWS' }))?.length);
    expect(await names({ Scope: 'Local' })).toHaveLength(collected.length - firstOwn);
  });

  test('can be held to what is attached, or is a boundary', async () => {
    const bounding = await make('Bounding');
    const attached = await make('Attached');
    await iam.send(new CreateUserCommand({ UserName: 'held' }));
    await iam.send(new AttachUserPolicyCommand({ UserName: 'held', PolicyArn: attached }));
    await iam.send(
      new PutUserPermissionsBoundaryCommand({ UserName: 'held', PermissionsBoundary: bounding }),
    );
    expect(await names({ OnlyAttached: true })).toEqual(['AdministratorAccess', 'Attached']);
    expect(await names({ OnlyAttached: true, Scope: 'Local' })).toEqual(['Attached']);
    expect(await names({ PolicyUsageFilter: 'PermissionsBoundary' })).toEqual(['Bounding']);
    const { Policy } = await iam.send(new GetPolicyCommand({ PolicyArn: bounding }));
    expect(Policy).toMatchObject({ AttachmentCount: 0, PermissionsBoundaryUsageCount: 1 });
    for (const [PolicyArn, release] of [
      [attached, new DetachUserPolicyCommand({ UserName: 'held', PolicyArn: attached })],
      [bounding, new DeleteUserPermissionsBoundaryCommand({ UserName: 'held' })],
    ] as const) {
      const remove = () => iam.send(new DeletePolicyCommand({ PolicyArn }));
      expect(await refusal(remove())).toEqual({
        name: 'DeleteConflictException',
        status: 409,
        message: 'Cannot delete a policy attached to entities.',
      });
      await iam.send(release as DetachUserPolicyCommand); // the two commands differ in their answers alone
      await remove();
      expect(await refusal(remove())).toMatchObject({ name: 'NoSuchEntityException', status: 404 });
    }
  });

  test.for([{ Scope: 'Mine' }, { PolicyUsageFilter: 'None' }])('refuses %j', async (input) => {
    // Words that the model does not have: the SDK sends them as they are.
    const call = iam.send(new ListPoliciesCommand(input as { Scope: 'All' }));
    expect(await refusal(call)).toMatchObject({ name: 'ValidationError', status: 400 });
  });
});

describe('versions', () => {
  const versions = async (PolicyArn: string) =>
    (await iam.send(new ListPolicyVersionsCommand({ PolicyArn }))).Versions?.map(
      ({ VersionId, IsDefaultVersion }) => `${VersionId}${IsDefaultVersion ? ' in force' : ''}`,
    );

  test('are five at most, numbered anew each time, and the one in force cannot be deleted', async () => {
    const PolicyArn = await make('Versioned');
    const add = (SetAsDefault: boolean) =>
      iam.send(new CreatePolicyVersionCommand({ PolicyArn, PolicyDocument: NOTHING, SetAsDefault }));
    const { PolicyVersion } = await add(true);
    expect(PolicyVersion).toEqual({
      VersionId: 'v2',
      IsDefaultVersion: true,
      CreateDate: expect.any(Date),
    });
    for (let each = 0; each < 3; each += 1) await add(false);
    expect(await refusal(add(false))).toEqual({
      name: 'LimitExceededException',
      status: 409,
      message:
        'A managed policy can have up to 5 versions. Before you create a new version, you must delete an existing version.',
    });
    const remove = (VersionId: string) => iam.send(new DeletePolicyVersionCommand({ PolicyArn, VersionId }));
    expect(await refusal(remove('v2'))).toEqual({
      name: 'DeleteConflictException',
      status: 409,
      message: 'Cannot delete the default version of a policy.',
    });
    await remove('v5');
    expect(await refusal(remove('v5'))).toMatchObject({ name: 'NoSuchEntityException', status: 404 });
    await add(false);
    expect(await versions(PolicyArn)).toEqual(['v6', 'v4', 'v3', 'v2 in force', 'v1']);
    expect(await refusal(iam.send(new DeletePolicyCommand({ PolicyArn })))).toMatchObject({
      name: 'DeleteConflictException',
    });
    for (const each of ['v6', 'v4', 'v3', 'v1']) await remove(each);
    await iam.send(new DeletePolicyCommand({ PolicyArn }));
  });

  test('decide at once whoever the policy is attached to', async () => {
    const PolicyArn = await make('Switched', NOTHING);
    const own = await userWith(daypass, 'switched');
    await iam.send(new AttachUserPolicyCommand({ UserName: 'switched', PolicyArn }));
    const look = () => own.send(new GetUserCommand({}));
    expect(await refusal(look())).toMatchObject({ name: 'AccessDenied' });
    await iam.send(new CreatePolicyVersionCommand({ PolicyArn, PolicyDocument: READ }));
    expect(await refusal(look())).toMatchObject({ name: 'AccessDenied' });
    await iam.send(new SetDefaultPolicyVersionCommand({ PolicyArn, VersionId: 'v2' }));
    await look();
    await iam.send(new SetDefaultPolicyVersionCommand({ PolicyArn, VersionId: 'v1' }));
    expect(await refusal(look())).toMatchObject({ name: 'AccessDenied' });
  });

  test('of parallel makers stay five, each with its own number', async () => {
    const PolicyArn = await make('Raced');
    const all = await Promise.allSettled(
      Array.from({ length: 20 }, () =>
        iam.send(new CreatePolicyVersionCommand({ PolicyArn, PolicyDocument: READ })),
      ),
    );
    const refused = all.flatMap((each) => (each.status === 'rejected' ? [each.reason.name] : []));
    const allowed = new Set(['LimitExceededException', 'ConcurrentModificationException']);
    expect(refused.filter((each) => !allowed.has(each))).toEqual([]);
    const numbers = await versions(PolicyArn);
    expect(numbers).toHaveLength(1 + 20 - refused.length);
    expect(numbers?.length).toBeLessThanOrEqual(5);
  });

  test.for(['v0', '1', 'v', 'v01'])('named `%s` are refused', async (VersionId) => {
    const PolicyArn = 'arn:aws:iam::aws:policy/AdministratorAccess';
    const call = iam.send(new GetPolicyVersionCommand({ PolicyArn, VersionId }));
    expect(await refusal(call)).toMatchObject({ name: 'ValidationError', status: 400 });
  });

  test.for(['v9', 'v9.suffix', `v${'9'.repeat(30)}`])('named `%s` do not exist', async (VersionId) => {
    const PolicyArn = await make(`Lacks${VersionId.length}`);
    const call = iam.send(new GetPolicyVersionCommand({ PolicyArn, VersionId }));
    expect(await refusal(call)).toMatchObject({ name: 'NoSuchEntityException', status: 404 });
  });
});
