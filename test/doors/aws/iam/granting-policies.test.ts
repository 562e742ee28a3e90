import {
  AddUserToGroupCommand,
  AttachGroupPolicyCommand,
  AttachUserPolicyCommand,
  CreateGroupCommand,
  CreatePolicyCommand,
  CreateUserCommand,
  type IAMClient,
  ListPoliciesGrantingServiceAccessCommand,
  PutGroupPolicyCommand,
  PutUserPolicyCommand,
} from '@aws-sdk/client-iam';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { grantsService } from '../../../../src/doors/aws/iam/policies/grants-service.ts';
import { type Daypass, startDaypass } from '../../../helpers/daypass.ts';
import { allow, deny, policy, refusal } from './support.ts';

let daypass: Daypass;
let iam: IAMClient;
let own: string;

beforeAll(async () => {
  daypass = await startDaypass();
  iam = daypass.iam();
  own = `arn:aws:iam::${daypass.bootstrap.accountId}`;
  await iam.send(new CreateUserCommand({ UserName: 'uma', Path: '/u/' }));
  await iam.send(new CreateGroupCommand({ GroupName: 'grp' }));
  await iam.send(new AddUserToGroupCommand({ GroupName: 'grp', UserName: 'uma' }));
  const queues = { PolicyName: 'queues', PolicyDocument: policy(allow('sqs:*')) };
  await iam.send(new CreatePolicyCommand(queues));
  const PolicyArn = `${own}:policy/queues`;
  await iam.send(new AttachUserPolicyCommand({ UserName: 'uma', PolicyArn }));
  await iam.send(new AttachGroupPolicyCommand({ GroupName: 'grp', PolicyArn }));
  await iam.send(
    new PutUserPolicyCommand({
      UserName: 'uma',
      PolicyName: 'buckets',
      PolicyDocument: policy(allow(['S3:GetObject', 'ec2:*']), deny('sqs:*')),
    }),
  );
  await iam.send(
    new PutGroupPolicyCommand({
      GroupName: 'grp',
      PolicyName: 'shared',
      PolicyDocument: policy(allow('s3:ListBucket')),
    }),
  );
});
afterAll(() => daypass.stop());

const granting = (Arn: string, ServiceNamespaces: string[], Marker?: string) =>
  iam.send(new ListPoliciesGrantingServiceAccessCommand({ Arn, ServiceNamespaces, Marker }));

const BUCKETS = { PolicyName: 'buckets', PolicyType: 'INLINE', EntityType: 'USER', EntityName: 'uma' };
const SHARED = { PolicyName: 'shared', PolicyType: 'INLINE', EntityType: 'GROUP', EntityName: 'grp' };

describe('the policies that grant access to a service', () => {
  test("are a user's own and those of its groups, a managed one once", async () => {
    const { PoliciesGrantingServiceAccess, IsTruncated } = await granting(`${own}:user/u/uma`, [
      's3',
      'sqs',
      'dynamodb',
    ]);
    expect(IsTruncated).toBe(false);
    expect(PoliciesGrantingServiceAccess).toEqual([
      { ServiceNamespace: 's3', Policies: [BUCKETS, SHARED] },
      {
        ServiceNamespace: 'sqs',
        Policies: [{ PolicyName: 'queues', PolicyType: 'MANAGED', PolicyArn: `${own}:policy/queues` }],
      },
      { ServiceNamespace: 'dynamodb', Policies: [] },
    ]);
  });

  test('are those of a group alone, and one of AWS counts for every service', async () => {
    const group = await granting(`${own}:group/grp`, ['s3']);
    expect(group.PoliciesGrantingServiceAccess).toEqual([{ ServiceNamespace: 's3', Policies: [SHARED] }]);
    const admin = await granting(`${own}:user/${daypass.bootstrap.admin.userName}`, ['anything']);
    expect(admin.PoliciesGrantingServiceAccess?.[0]?.Policies).toEqual([
      {
        PolicyName: 'AdministratorAccess',
        PolicyType: 'MANAGED',
        PolicyArn: 'arn:aws:iam::aws:policy/AdministratorAccess',
      },
    ]);
  });

  test.for([
    ['another path', 'user/uma', 'NoSuchEntityException'],
    ['a role that is not there', 'role/none', 'NoSuchEntityException'],
    ['a policy', 'policy/queues', 'InvalidInputException'],
  ] as const)('are refused for %s', async ([, resource, name]) => {
    expect(await refusal(granting(`${own}:${resource}`, ['s3']))).toMatchObject({ name });
  });

  test("are refused for another account's user, no service, and a marker", async () => {
    const foreign = granting('arn:aws:iam::999988887777:user/u/uma', ['s3']);
    expect((await refusal(foreign)).status).toBe(403);
    expect(await refusal(granting(`${own}:user/u/uma`, []))).toMatchObject({ name: 'ValidationError' });
    expect(await refusal(granting(`${own}:user/u/uma`, ['s3 ']))).toMatchObject({ name: 'ValidationError' });
    expect(await refusal(granting(`${own}:user/u/uma`, ['s3'], 'x'))).toMatchObject({
      message: 'Invalid Marker.',
    });
  });
});

describe('a statement', () => {
  const grants = (statement: object, namespace: string) =>
    grantsService({ Statement: [{ Effect: 'Allow', Resource: '*', ...statement }] }, namespace);

  test.for([
    [{ Action: '*' }, 's3', true],
    [{ Action: '**' }, 's3', true],
    [{ Action: ['ec2:*', 's3:Get*'] }, 's3', true],
    [{ Action: 's3:Get*' }, 'S3', true],
    [{ Action: 's3express:*' }, 's3', false],
    [{ Action: 's3:*' }, 's3express', false],
    [{ NotAction: 'ec2:*' }, 's3', true],
    [{ NotAction: 's3:Get*' }, 's3', true],
    [{ NotAction: ['ec2:*', 's3:*'] }, 's3', false],
    [{ NotAction: '*' }, 's3', false],
    [{ Effect: 'Deny', Action: '*' }, 's3', false],
    [{ Effect: 'Deny', NotAction: 'ec2:*' }, 's3', false],
  ] as const)('%j about %s: %s', ([statement, namespace, expected]) => {
    expect(grants(statement, namespace)).toBe(expected);
  });
});
