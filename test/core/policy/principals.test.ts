import { expect, test } from 'vitest';
import type { PolicyDocument } from '../../../src/core/policy/document.ts';
import {
  pinnablePrincipals,
  renamePrincipals,
  roleOfSessionArn,
} from '../../../src/core/policy/principals.ts';

const alice = 'arn:aws:iam::111122223333:user/alice';
const app = 'arn:aws:iam::444455556666:role/team/app';
const document: PolicyDocument = {
  Version: '2012-10-17',
  Statement: [
    {
      Sid: 'A',
      Effect: 'Allow',
      Principal: { AWS: [alice, '111122223333', app], Federated: 'accounts.google.com' },
      Action: 'sts:AssumeRole',
    },
    { Effect: 'Deny', NotPrincipal: { AWS: alice, Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' },
    { Effect: 'Allow', Principal: '*', Action: 'sts:AssumeRole' },
  ],
};

test('a role session is pinned by its ARN, which names its role', () => {
  const arn = 'arn:aws:sts::111122223333:assumed-role/app/one';
  expect(
    pinnablePrincipals({ Statement: [{ Effect: 'Allow', Principal: { AWS: arn }, Action: '*' }] }),
  ).toEqual([arn]);
  expect(roleOfSessionArn(arn)).toEqual({ accountId: '111122223333', name: 'app' });
  expect(roleOfSessionArn(app)).toBeNull();
});

test('users and roles are pinned, each once', () => {
  expect(pinnablePrincipals(document)).toEqual([alice, app]);
});

test('nobody else is pinned', () => {
  const names = [
    '*',
    '111122223333',
    'arn:aws:iam::111122223333:root',
    'arn:aws:sts::111122223333:assumed-role/app',
    'arn:aws:sts::111122223333:assumed-role/app/*',
    'arn:aws:sts::111122223333:assumed-role/a/b/c',
    'arn:aws:sts::111122223333:federated-user/alice',
    'AIDAEXAMPLEEXAMPLE123',
    'arn:aws:iam::111122223333:user/*',
    'arn:aws:iam::111122223333:group/admins',
    'xarn:aws:iam::111122223333:user/alice',
  ];
  expect(
    pinnablePrincipals({
      Statement: [{ Effect: 'Allow', Principal: { AWS: names, Service: alice }, Action: '*' }],
    }),
  ).toEqual([]);
});

test('renaming changes the named principals and nothing else', () => {
  const renamed = renamePrincipals(
    document,
    new Map([
      [alice, 'AIDAEXAMPLEEXAMPLE123'],
      ['*', 'nobody'],
    ]),
  );
  expect(renamed).toEqual({
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'A',
        Effect: 'Allow',
        Principal: { AWS: ['AIDAEXAMPLEEXAMPLE123', '111122223333', app], Federated: 'accounts.google.com' },
        Action: 'sts:AssumeRole',
      },
      {
        Effect: 'Deny',
        NotPrincipal: { AWS: 'AIDAEXAMPLEEXAMPLE123', Service: 'ec2.amazonaws.com' },
        Action: 'sts:AssumeRole',
      },
      { Effect: 'Allow', Principal: '*', Action: 'sts:AssumeRole' },
    ],
  });
  expect(renamePrincipals(document, new Map())).toEqual(document);
});
