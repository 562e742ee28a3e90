/**
 * The words from which `generator.ts` builds conditions and contexts: few, so that they often match, and odd, so that
 * what two evaluators may read differently comes up. What AWS's documentation leaves open without a safe side is left
 * out (unpadded base64, a plus before a number).
 */
import type { VectorConditionValue } from './vector.ts';

/** One type of condition key: its operators, its keys, what a policy may list and what a request may bring. */
export interface ValueKind {
  readonly operators: readonly string[];
  readonly singleKey: string;
  readonly multiKey: string;
  /** A few values for both sides, so that they often meet. */
  readonly common: readonly string[];
  readonly wanted: readonly VectorConditionValue[];
  readonly given: readonly string[];
}

const texts: ValueKind = {
  operators: [
    'StringEquals',
    'StringNotEquals',
    'StringEqualsIgnoreCase',
    'StringNotEqualsIgnoreCase',
    'StringLike',
    'StringNotLike',
  ],
  singleKey: 's3:prefix',
  multiKey: 'aws:TagKeys',
  common: ['a', 'b', 'A'],
  wanted: [
    ...[
      '',
      'a',
      'b',
      'A',
      'k',
      '*',
      '?',
      'a*',
      '*b',
      'a?',
      '??',
      '*a*b',
      '**',
      'Zo\u00EB',
      'zo\u00CB',
      'a/b',
      'a\nb',
    ],
    ...['[a]', 'a.b', '^a$', 'a|b', '$', '{a}', '\u00C0', 7, true],
    ...[
      `$\{aws:username}`,
      `$\{AWS:UserName}x`,
      `x/$\{aws:username}/*`,
      `$\{aws:PrincipalTag/team}`,
      `$\{app:missing}`,
    ],
    ...[`$\{aws:PrincipalTag/team, 'b'}`, `$\{app:missing, 'a*'}`, `$\{app:missing, ''}`, `$\{app:Sizes}`],
    ...[
      `$\{`,
      `$\{}`,
      `$\{aws:username`,
      `a$\{ }`,
      `$\{app:missing, x}`,
      `$$\{aws:username}`,
      `$\{aws:PrincipalTag/team}$\{?}`,
    ],
    ...[`$\{*}`, `a$\{*}`, `$\{?}`, `a$\{?}b`, `$\{$}`, `$\{$}{aws:username}`, `$\{$}$\{*}*`],
  ],
  given: [
    ...[
      '',
      'a',
      'b',
      'ab',
      'A',
      'aB',
      'k',
      '\u212A',
      'a*',
      '*',
      '?',
      'a?',
      'a?b',
      '$',
      '$**',
      'a/b',
      'a\nb',
      'axb',
    ],
    ...[
      `$\{aws:username}`,
      `$\{*}`,
      `$\{app:missing}`,
      'Zo\u00EB',
      'ZO\u00CB',
      'Zoe\u0308',
      '\u{1D4B3}',
      'a\u{1D4B3}',
      'x/a/z',
    ],
    ...['[a]', 'a.b', '^a$', 'a|b', '{a}', '\u00E0', '\u0130', '7', 'true', 'null'],
  ],
};

const arns: ValueKind = {
  operators: ['ArnEquals', 'ArnNotEquals', 'ArnLike', 'ArnNotLike'],
  singleKey: 'aws:SourceArn',
  multiKey: 'app:Arns',
  common: ['arn:aws:s3:::a', 'arn:aws:sns:us-east-1:111122223333:a:b'],
  wanted: [
    ...[
      'arn:aws:s3:::a',
      'arn:aws:s3:::*',
      'arn:aws:s3:::a/*',
      'arn:aws:s3:::A',
      'arn:*:s3:::?',
      'arn:aws:s3:*:*:a*',
    ],
    ...[
      'arn:aws:sns:*:111122223333:a',
      'arn:aws:sns:us-*:111122223333:a:*',
      'arn:aws:sns:*:a:b',
      'arn:*:*:*:*:*',
    ],
    ...[
      'arn:aws:sns:us-east-1:*:a',
      'arn:aws:sns:*:*:*:b',
      'arn:aws:*:us-east-1:111122223333:a',
      'arn:aws:s3:::a?b',
    ],
    ...[
      'arn:aws:iam::111122223333:role/*',
      `arn:aws:s3:::$\{aws:username}`,
      `arn:aws:s3:::$\{aws:PrincipalTag/team}*`,
    ],
    ...[
      `arn:aws:s3:::$\{app:missing, 'a'}`,
      `$\{aws:SourceArn}`,
      `arn:aws:sns:us-east-1:$\{aws:username}:a`,
      '*',
      'arn:*',
      `arn:aws:s3:::$\{*}`,
      `arn:aws:s3:::$\{app:missing}`,
      'arn:aws:sns:???:*:b',
    ],
  ],
  given: [
    ...[
      'arn:aws:s3:::a',
      'arn:aws:s3:::A',
      'arn:aws:s3:::a/b',
      'arn:aws:s3:::',
      'arn:aws:s3:::*',
      'arn:aws:s3:::a\nb',
    ],
    ...[
      'arn:aws:sns:us-east-1:111122223333:a',
      'arn:aws:sns:us-east-1:111122223333:a:b',
      'arn:aws:sns:eu-west-1:9:a',
    ],
    ...[
      'arn:aws:iam::111122223333:role/app',
      'arn:aws-cn:s3:::a',
      'arn:aws:S3:::a',
      'arn:aws:s3:::\u{1D4B3}',
    ],
    ...[
      'arn:aws:sns:x:111122223333:a:b',
      'arn:aws:s3:::a:b:c',
      'arn:aws:s3',
      'arn',
      '*',
      '',
      'arn:aws:s3::a',
    ],
  ],
};

const numbers: ValueKind = {
  operators: [
    'NumericEquals',
    'NumericNotEquals',
    'NumericLessThan',
    'NumericLessThanEquals',
    'NumericGreaterThan',
    'NumericGreaterThanEquals',
  ],
  singleKey: 's3:max-keys',
  multiKey: 'app:Sizes',
  common: ['7', '7.0', '-3'],
  wanted: ['0', '7', '7.0', '007', '7.5', '-3', '0.3', '0.1', '1000', '9007199254740992', 7, 7.5, -3, 0],
  given: [
    ...[
      '0',
      '-0',
      '7',
      '007',
      '7.0',
      '7.50',
      '7.5',
      '-3',
      '-3.0',
      '0.1',
      '0.10',
      '0.3',
      '0.30000000000000004',
      '1000',
    ],
    ...['9007199254740992', '9007199254740993', '00.1', '6.999', '100000000000000000000000000'],
    ...[
      'abc',
      '',
      '0x7',
      '1e1',
      'NaN',
      'Infinity',
      '-Infinity',
      ' 7',
      '7 ',
      '7,5',
      '\u{1D7DF}',
      '--7',
      '7.5.0',
      '-',
    ],
  ],
};

const dates: ValueKind = {
  operators: [
    'DateEquals',
    'DateNotEquals',
    'DateLessThan',
    'DateLessThanEquals',
    'DateGreaterThan',
    'DateGreaterThanEquals',
  ],
  singleKey: 'aws:CurrentTime',
  multiKey: 'app:Dates',
  common: ['2026-01-01', '1767225600', '2026-01-01T02:00:00+02:00'],
  wanted: [
    '2026',
    ...[
      '2026-01-01',
      '2026-01',
      '2026-01-01T00:00Z',
      '2026-01-01T00:00:00Z',
      '2026-01-01T00:00:00.500Z',
      '2024-02-29',
    ],
    ...[
      '2026-01-01T02:00:00+02:00',
      '2025-12-31T19:00:00-05:00',
      '1767225600',
      '1767225601',
      '2026-03-02',
      '0',
    ],
  ],
  given: [
    ...['2026', '2025', '1999-12-31T23:59:59.999999999Z', '2026-01-01T00:00:00.5+14:00', '9999999999'],
    ...[
      '2026-01-01',
      '2026-01',
      '2026-01-01T00:00Z',
      '2026-01-01T00:00:00Z',
      '2026-01-01T00:00:00',
      '2026-01-01T00:00',
    ],
    ...[
      '2026-01-01T00:00:00.5Z',
      '2026-01-01T00:00:00.50Z',
      '2026-01-01T00:00:00.0000001Z',
      '2024-02-29',
      '2026-03-02',
    ],
    ...[
      '2026-01-01T02:00:00+02:00',
      '2025-12-31T19:00:00-05:00',
      '2026-01-01T00:00:00+00:00',
      '1767225600',
      '0',
      '-1',
    ],
    ...[
      '1767225601',
      '01767225600',
      '2026-02-30',
      '2023-02-29',
      '2026-13-01',
      '2026-01-00',
      '2026-01-01T24:00:00Z',
    ],
    ...[
      '2026-01-01T00:60:00Z',
      '2025-12-31T23:59:60Z',
      'Thu, 01 Jan 2026 00:00:00 GMT',
      '2026/01/01',
      'now',
      '',
      'abc',
    ],
  ],
};

const truths: ValueKind = {
  operators: ['Bool'],
  singleKey: 'aws:SecureTransport',
  multiKey: 'app:Flags',
  common: ['true', 'false'],
  wanted: [
    'true',
    'false',
    'True',
    true,
    false,
    `$\{aws:SecureTransport}`,
    `$\{app:missing, 'true'}`,
    `$\{app:missing}`,
  ],
  given: ['true', 'false', 'TRUE', 'False', '1', '0', '', 'yes', ' true', `$\{aws:SecureTransport}`],
};

const blobs: ValueKind = {
  operators: ['BinaryEquals'],
  singleKey: 'app:Blob',
  multiKey: 'app:Blobs',
  common: ['AA==', '/+8='],
  wanted: ['AA==', 'AAECAw==', '/+8=', 'YQ=='],
  given: ['AA==', 'AAECAw==', 'aaecaw==', '/+8=', 'YQ==', 'a', '####', '', '*', `$\{aws:username}`],
};

const addresses: ValueKind = {
  operators: ['IpAddress', 'NotIpAddress'],
  singleKey: 'aws:SourceIp',
  multiKey: 'app:Ips',
  common: ['10.0.0.1', '2001:db8::1'],
  wanted: [
    ...[
      '10.0.0.0/8',
      '10.0.0.1',
      '10.9.9.9/8',
      '0.0.0.0/0',
      '10.0.0.1/32',
      '128.0.0.0/1',
      '255.255.255.254/31',
    ],
    ...[
      '203.0.113.0/25',
      '::/0',
      '::1',
      '::1/128',
      '2001:db8::/32',
      '2001:DB8::1',
      '2001:db8::1/127',
      '::ffff:0:0/96',
    ],
    ...['2001:0db8:0000:0000:0000:0000:0000:0001', '2001:db8:0:0::/33', '::ffff:10.0.0.0/104'],
  ],
  given: [
    ...[
      '10.0.0.1',
      '10.1.2.3',
      '10.255.255.255',
      '11.0.0.0',
      '0.0.0.0',
      '255.255.255.255',
      '127.0.0.1',
      '128.0.0.1',
    ],
    ...[
      '203.0.113.7',
      '203.0.113.128',
      '::1',
      '::',
      '2001:db8::1',
      '2001:DB8:0:0::1',
      '2001:db8:8000::',
      '2001:db8::',
    ],
    ...['::ffff:10.0.0.1', '::ffff:a00:1', '0:0:0:0:0:ffff:10.0.0.1', '1:2:3:4:5:6:7:8', 'ffff::'],
    ...[
      '010.0.0.1',
      '10.0.0',
      '10.0.0.256',
      '10.0.0.1.1',
      '167772161',
      '1::2::3',
      '12345::',
      ':::',
      'fe80::1%eth0',
    ],
    ...['', 'abc', '10.0.0.1 ', ' 10.0.0.1', '10.0.0.*', '-1.0.0.0', '1:2:3:4:5:6:7:8:9', '::g'],
  ],
};

/** Every type of condition key, with every operator once. `Null` belongs to all of them and is added there. */
export const valueKinds: readonly ValueKind[] = [texts, arns, numbers, dates, truths, blobs, addresses];
