import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as arns from '../../src/core/arn.ts';

const ACCOUNT = '123456789012';

describe('each kind of principal and resource has its ARN', () => {
  const cases: readonly [built: string, arn: string][] = [
    [arns.rootArn(ACCOUNT), 'arn:aws:iam::123456789012:root'],
    [arns.userArn(ACCOUNT, '/', 'ann'), 'arn:aws:iam::123456789012:user/ann'],
    [arns.userArn(ACCOUNT, '/team/a/', 'ann'), 'arn:aws:iam::123456789012:user/team/a/ann'],
    [arns.roleArn(ACCOUNT, '/', 'Deploy'), 'arn:aws:iam::123456789012:role/Deploy'],
    [arns.groupArn(ACCOUNT, '/', 'admins'), 'arn:aws:iam::123456789012:group/admins'],
    [arns.policyArn(ACCOUNT, '/x/', 'p'), 'arn:aws:iam::123456789012:policy/x/p'],
    [arns.policyArn('aws', '/', 'AdministratorAccess'), 'arn:aws:iam::aws:policy/AdministratorAccess'],
    [arns.instanceProfileArn(ACCOUNT, '/', 'web'), 'arn:aws:iam::123456789012:instance-profile/web'],
    [arns.mfaDeviceArn(ACCOUNT, '/', 'phone'), 'arn:aws:iam::123456789012:mfa/phone'],
    [
      arns.oidcProviderArn(ACCOUNT, 'idp.example.com/realms/a'),
      'arn:aws:iam::123456789012:oidc-provider/idp.example.com/realms/a',
    ],
    [arns.samlProviderArn(ACCOUNT, 'AD'), 'arn:aws:iam::123456789012:saml-provider/AD'],
    [arns.assumedRoleArn(ACCOUNT, 'Deploy', 's-1'), 'arn:aws:sts::123456789012:assumed-role/Deploy/s-1'],
    [arns.federatedUserArn(ACCOUNT, 'bob'), 'arn:aws:sts::123456789012:federated-user/bob'],
  ];
  for (const [built, arn] of cases) test(arn, () => expect(built).toBe(arn));
});

describe('an ARN is taken apart', () => {
  test('with all that follows the fifth colon as its resource', () =>
    expect(arns.parseArn('arn:aws:sns:eu-west-1:123456789012:topic:a:b')).toEqual({
      partition: 'aws',
      service: 'sns',
      region: 'eu-west-1',
      accountId: ACCOUNT,
      resource: 'topic:a:b',
    }));

  test('with empty region and account', () =>
    expect(arns.parseArn('arn:aws:s3:::bucket/key')).toMatchObject({
      region: '',
      accountId: '',
      resource: 'bucket/key',
    }));

  test('and put together again', () => {
    const part = fc.stringMatching(/^[a-z0-9-]{1,10}$/);
    const maybeEmpty = fc.stringMatching(/^[a-z0-9-]{0,10}$/);
    const resource = fc.string({ minLength: 1, maxLength: 20 });
    const record = { partition: part, service: part, region: maybeEmpty, accountId: maybeEmpty, resource };
    fc.assert(
      fc.property(fc.record(record), (arn) => {
        expect(arns.parseArn(arns.formatArn(arn))).toEqual(arn);
      }),
    );
  });

  for (const text of [
    '',
    '*',
    'arn',
    'arn:aws:iam::1',
    'arn:aws:iam::1:',
    'ARN:aws:iam::1:x',
    'arn::iam::1:x',
    'arn:aws:::1:x',
    ' arn:aws:iam::1:x',
  ]) {
    test(`but not \`${text}\``, () => expect(arns.parseArn(text)).toBeNull());
  }
});

describe('an IAM ARN is taken apart', () => {
  test('into kind, path and name', () => {
    expect(arns.parseIamArn('arn:aws:iam::123456789012:role/team/a/Deploy')).toEqual({
      accountId: ACCOUNT,
      kind: 'role',
      path: '/team/a/',
      name: 'Deploy',
    });
    expect(arns.parseIamArn('arn:aws:iam::aws:policy/ReadOnlyAccess')).toEqual({
      accountId: 'aws',
      kind: 'policy',
      path: '/',
      name: 'ReadOnlyAccess',
    });
  });

  test('as its builder put it together', () =>
    expect(arns.parseIamArn(arns.userArn(ACCOUNT, '/x/', 'ann'))).toEqual({
      accountId: ACCOUNT,
      kind: 'user',
      path: '/x/',
      name: 'ann',
    }));

  const refused = [
    'arn:aws:iam::123456789012:root',
    'arn:aws:iam::123456789012:role/',
    'arn:aws:iam::123456789012:/Deploy',
    'arn:aws:iam::12345678901:role/Deploy',
    'arn:aws:iam::1234567890123:role/Deploy',
    'arn:aws:iam:::role/Deploy',
    'arn:aws:iam:us-east-1:123456789012:role/Deploy',
    'arn:aws:sts::123456789012:assumed-role/Deploy/s',
    'arn:aws-cn:iam::123456789012:role/Deploy',
    'role/Deploy',
  ];
  for (const text of refused) test(`but not \`${text}\``, () => expect(arns.parseIamArn(text)).toBeNull());
});

test('an account id is exactly twelve ASCII digits', () => {
  expect(arns.isAccountId('000000000001')).toBe(true);
  for (const text of [
    '',
    '12345678901',
    '1234567890123',
    '12345678901a',
    '123456789012\n',
    '１２３４５６７８９０１２',
    'aws',
  ]) {
    expect(arns.isAccountId(text)).toBe(false);
  }
});
