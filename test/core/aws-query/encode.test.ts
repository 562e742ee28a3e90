import {
  CreateVirtualMFADeviceCommand,
  DeleteUserCommand,
  GetAccountSummaryCommand,
  GetRoleCommand,
  IAMClient,
  ListUsersCommand,
} from '@aws-sdk/client-iam';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodeAnswer, encodeError } from '../../../src/doors/aws/query/encode.ts';
import * as shape from '../../../src/doors/aws/query/shape.ts';
import { escapeXml } from '../../../src/doors/aws/query/xml.ts';

const STS = 'https://sts.amazonaws.com/doc/2011-06-15/';
const IAM = 'https://iam.amazonaws.com/doc/2010-05-08/';

const user = shape.record({
  Path: shape.text,
  UserName: shape.text,
  UserId: shape.text,
  Arn: shape.text,
  CreateDate: shape.moment,
  PasswordLastUsed: shape.maybe(shape.moment),
  Tags: shape.maybe(shape.listOf(shape.record({ Key: shape.text, Value: shape.text }))),
});
const ann = {
  Path: '/',
  UserName: 'ann',
  UserId: 'AIDAAAAAAAAAAAAAAAAAA',
  Arn: 'arn:aws:iam::123456789012:user/ann',
  CreateDate: 1_767_225_600,
};
const users = { Users: shape.listOf(user), IsTruncated: shape.flag, Marker: shape.maybe(shape.text) };

describe('an answer is written', () => {
  test('with its namespace, its result, its metadata, and members in declared order', () =>
    expect(
      encodeAnswer({
        action: 'GetCallerIdentity',
        namespace: STS,
        output: { UserId: shape.text, Account: shape.text, Arn: shape.text },
        value: { Arn: 'c', Account: 'b', UserId: 'a' },
        requestId: 'r-1',
      }),
    ).toBe(
      `<GetCallerIdentityResponse xmlns="${STS}"><GetCallerIdentityResult><UserId>a</UserId><Account>b</Account>` +
        '<Arn>c</Arn></GetCallerIdentityResult><ResponseMetadata><RequestId>r-1</RequestId></ResponseMetadata>' +
        '</GetCallerIdentityResponse>',
    ));

  const result = <M extends shape.OutputMembers>(output: M, value: shape.OutputOf<M>): string =>
    shape.writeMembers(output, value);

  test('with lists as `member`, maps as `entry`, and empty ones as empty elements', () => {
    expect(result({ A: shape.listOf(shape.text) }, { A: ['x', 'y'] })).toBe(
      '<A><member>x</member><member>y</member></A>',
    );
    expect(result({ A: shape.mapOf(shape.wholeNumber) }, { A: new Map([['<k>', 1]]) })).toBe(
      '<A><entry><key>&lt;k&gt;</key><value>1</value></entry></A>',
    );
    expect(result({ A: shape.listOf(shape.text), B: shape.mapOf(shape.text) }, { A: [], B: new Map() })).toBe(
      '<A></A><B></B>',
    );
  });

  test('with instants in seconds, booleans as words, bytes as base64, policies percent-encoded', () => {
    const output = {
      A: shape.moment,
      B: shape.flag,
      C: shape.blob,
      D: shape.policyText,
      E: shape.wholeNumber,
    };
    const value = { A: 1_767_225_600, B: false, C: Uint8Array.of(255, 0), D: '{"a":"b c*(é)"}', E: 0 };
    expect(result(output, value)).toBe(
      '<A>2026-01-01T00:00:00Z</A><B>false</B><C>/wA=</C><D>%7B%22a%22%3A%22b%20c%2A%28%C3%A9%29%22%7D</D><E>0</E>',
    );
  });

  test('without members that are absent, undefined or null, but with empty texts', () => {
    const output = {
      A: shape.maybe(shape.text),
      B: shape.maybe(shape.text),
      C: shape.maybe(shape.text),
      D: shape.text,
    };
    expect(result(output, { B: undefined, C: null, D: '' })).toBe('<D></D>');
  });

  test('and never without a member that its shape promises', () =>
    expect(() => result({ A: shape.text }, JSON.parse('{}'))).toThrow(
      new TypeError('the output lacks its member A'),
    ));

  test('with an empty result element where every member is absent', () =>
    expect(
      encodeAnswer({
        action: 'GetX',
        namespace: IAM,
        output: { A: shape.maybe(shape.text) },
        value: {},
        requestId: 'r',
      }),
    ).toContain('<GetXResult></GetXResult>'));

  test('without a result element where there is nothing to say', () =>
    expect(
      encodeAnswer({
        action: 'DeleteUser',
        namespace: IAM,
        output: shape.nothing,
        value: undefined,
        requestId: 'r',
      }),
    ).toBe(
      `<DeleteUserResponse xmlns="${IAM}"><ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></DeleteUserResponse>`,
    ));
});

test('an error document has type, code, message and request id', () =>
  expect(
    encodeError({
      namespace: STS,
      type: 'Sender',
      code: 'AccessDenied',
      message: 'not `<you>`',
      requestId: 'r-2',
    }),
  ).toBe(
    `<ErrorResponse xmlns="${STS}"><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>not \`&lt;you&gt;\`</Message>` +
      '</Error><RequestId>r-2</RequestId></ErrorResponse>',
  ));

describe('a text inside XML', () => {
  const cases: readonly [text: string, escaped: string][] = [
    ['a&b', 'a&amp;b'],
    ['<a>', '&lt;a&gt;'],
    ['"\'', '&quot;&apos;'],
    [']]>', ']]&gt;'],
    ['a\r\nb\tc', 'a&#13;\nb\tc'],
    ['\0\u0008\u000b\u000c\u001f', '\ufffd'.repeat(5)],
    ['\ufffe\uffff', '\ufffd\ufffd'],
    ['\ud800a\udc00', '\ufffda\ufffd'],
    ['😀\u0085é', '😀\u0085é'],
  ];
  for (const [text, escaped] of cases) {
    test(`${JSON.stringify(text)} is escaped`, () => expect(escapeXml(text)).toBe(escaped));
  }

  test('holds nothing that XML 1.0 forbids, whatever the text', () =>
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(escapeXml(text)).toMatch(
          /^(?:[\t\n\u0020-\u0025\u0027-\u003b\u003d\u003f-\ud7ff\ue000-\ufffd]|[\u{10000}-\u{10ffff}]|&(?:amp|lt|gt|quot|apos|#13);)*$/u,
        );
      }),
    ));
});

describe('the AWS SDK reads', () => {
  test('a list of users, its texts and dates', async () => {
    const name = 'a<b>&"\'\r\n ]]> é😀';
    const value = {
      Users: [
        { ...ann, UserName: name, PasswordLastUsed: 1_767_225_601, Tags: [{ Key: 'k', Value: '' }] },
        ann,
      ],
      IsTruncated: true,
      Marker: 'm',
    };
    const answer = await iam(
      encodeAnswer({ action: 'ListUsers', namespace: IAM, output: users, value, requestId: 'r' }),
    ).send(new ListUsersCommand({}));
    const created = new Date('2026-01-01T00:00:00Z');
    expect(answer).toMatchObject({
      Users: [
        {
          UserName: name,
          CreateDate: created,
          PasswordLastUsed: new Date('2026-01-01T00:00:01Z'),
          Tags: [{ Key: 'k', Value: '' }],
        },
        { UserName: 'ann', CreateDate: created },
      ],
      IsTruncated: true,
      Marker: 'm',
    });
  });

  test('an empty list as an empty list', async () => {
    const value = { Users: [], IsTruncated: false };
    const xml = encodeAnswer({ action: 'ListUsers', namespace: IAM, output: users, value, requestId: 'r' });
    const answer = await iam(xml).send(new ListUsersCommand({}));
    expect([answer.Users, answer.IsTruncated, answer.Marker]).toEqual([[], false, undefined]);
  });

  test('a map', async () => {
    const output = { SummaryMap: shape.mapOf(shape.wholeNumber) };
    const value = {
      SummaryMap: new Map([
        ['Users', 3],
        ['Roles', 0],
      ]),
    };
    const xml = encodeAnswer({ action: 'GetAccountSummary', namespace: IAM, output, value, requestId: 'r' });
    expect((await iam(xml).send(new GetAccountSummaryCommand({}))).SummaryMap).toEqual({
      Users: 3,
      Roles: 0,
    });
  });

  test('a policy document, percent-encoded as it is', async () => {
    const output = {
      Role: shape.record({ RoleName: shape.text, AssumeRolePolicyDocument: shape.policyText }),
    };
    const value = { Role: { RoleName: 'r', AssumeRolePolicyDocument: '{"Version":"2012-10-17"}' } };
    const xml = encodeAnswer({ action: 'GetRole', namespace: IAM, output, value, requestId: 'r' });
    const { Role } = await iam(xml).send(new GetRoleCommand({ RoleName: 'r' }));
    expect(decodeURIComponent(Role?.AssumeRolePolicyDocument ?? '')).toBe('{"Version":"2012-10-17"}');
  });

  test('bytes', async () => {
    const output = {
      VirtualMFADevice: shape.record({ SerialNumber: shape.text, Base32StringSeed: shape.blob }),
    };
    const value = { VirtualMFADevice: { SerialNumber: 's', Base32StringSeed: Uint8Array.of(65, 66) } };
    const xml = encodeAnswer({
      action: 'CreateVirtualMFADevice',
      namespace: IAM,
      output,
      value,
      requestId: 'r',
    });
    const answer = await iam(xml).send(new CreateVirtualMFADeviceCommand({ VirtualMFADeviceName: 'x' }));
    expect(Array.from(answer.VirtualMFADevice?.Base32StringSeed ?? [])).toEqual([65, 66]);
  });

  test('an answer that says nothing', async () => {
    const xml = encodeAnswer({
      action: 'DeleteUser',
      namespace: IAM,
      output: shape.nothing,
      value: undefined,
      requestId: 'r',
    });
    const { $metadata, ...rest } = await iam(xml).send(new DeleteUserCommand({ UserName: 'ann' }));
    expect([$metadata.httpStatusCode, rest]).toEqual([200, {}]);
  });

  test('credentials', async () => {
    const output = {
      Credentials: shape.record({
        AccessKeyId: shape.text,
        SecretAccessKey: shape.text,
        SessionToken: shape.text,
        Expiration: shape.moment,
      }),
      PackedPolicySize: shape.maybe(shape.wholeNumber),
    };
    const Credentials = {
      AccessKeyId: 'ASIA',
      SecretAccessKey: 's/+',
      SessionToken: 't==',
      Expiration: 1_767_225_600,
    };
    const value = { Credentials, PackedPolicySize: 7 };
    const xml = encodeAnswer({ action: 'AssumeRole', namespace: STS, output, value, requestId: 'r' });
    const answer = await sts(xml).send(
      new AssumeRoleCommand({ RoleArn: 'arn:aws:iam::1:role/x', RoleSessionName: 's' }),
    );
    expect(answer).toMatchObject({
      Credentials: { ...Credentials, Expiration: new Date('2026-01-01T00:00:00Z') },
      PackedPolicySize: 7,
    });
  });

  test('an error, typed by its code', async () => {
    const error = {
      namespace: IAM,
      type: 'Sender',
      code: 'NoSuchEntity',
      message: 'no user `<x>`',
      requestId: 'r',
    } as const;
    await expect(
      iam(encodeError(error), 404).send(new DeleteUserCommand({ UserName: 'x' })),
    ).rejects.toMatchObject({
      name: 'NoSuchEntityException',
      message: 'no user `<x>`',
      $fault: 'client',
      $metadata: { httpStatusCode: 404 },
    });
  });
});

/** What both clients are given: credentials that nobody checks, and an answer instead of a network. */
const options = (xml: string, statusCode: number) => ({
  region: 'us-east-1',
  credentials: { accessKeyId: 'AKIAQAAAAAAAAAAAAAAA', secretAccessKey: 'x' },
  maxAttempts: 1,
  requestHandler: {
    handle: async () => ({
      response: {
        statusCode,
        headers: { 'content-type': 'text/xml', 'x-amzn-requestid': 'r' },
        body: new TextEncoder().encode(xml),
      },
    }),
  },
});

function iam(xml: string, statusCode = 200): IAMClient {
  return new IAMClient(options(xml, statusCode));
}

function sts(xml: string, statusCode = 200): STSClient {
  return new STSClient(options(xml, statusCode));
}
