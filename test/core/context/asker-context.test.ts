import { describe, expect, test } from 'vitest';
import type { Role, UserPrincipal } from '../../../src/core/account.ts';
import { askerContext, isOwnKey } from '../../../src/core/context/asker-context.ts';
import { userContext } from '../../../src/core/context/identity-context.ts';
import { timeContext } from '../../../src/core/context/request-context.ts';
import { roleSessionContext } from '../../../src/core/context/session-context.ts';
import { denyEverything } from '../../../src/core/policy/compile.ts';
import { contextOf } from '../../../src/core/policy/context.ts';
import { roleSession } from '../../helpers/sessions.ts';

const role: Role = {
  accountId: '111122223333',
  roleId: 'AROAEXAMPLE',
  name: 'Reader',
  arn: 'arn:aws:iam::111122223333:role/Reader',
  trust: { source: 'trust', policy: denyEverything('test') },
  maxSessionSeconds: 3600,
  tags: [{ Key: 'team', Value: 'red' }],
  policies: { identity: [], boundary: null },
};
const user: UserPrincipal = {
  accountId: '111122223333',
  userId: 'AIDAEXAMPLE',
  name: 'anna',
  arn: 'arn:aws:iam::111122223333:user/anna',
  tags: [{ Key: 'team', Value: 'red' }],
  policies: { identity: [], boundary: null },
};

/** Sessions with everything that a session can have, from issuers of every spelling. */
const sessions = [
  'accounts.google.com',
  'idp.example.com/realms/one',
  'localhost:9000',
  'localhost/realms/one',
  '127.0.0.1:9000',
  '[::1]:9000',
].map((keyPrefix) =>
  roleSession({
    sourceIdentity: 'anna',
    mfaAtSeconds: 0,
    tags: [{ Key: 'cost', Value: 'c1' }],
    federation: { provider: 'arn:p', keyPrefix, audience: 'client', subject: 'anna', amr: ['mfa'] },
  }),
);

const ownKeys = [
  ...new Set(
    [
      ...userContext(user),
      ...sessions.flatMap((session) => roleSessionContext(role, session, 0)),
      ...timeContext(0),
      ['aws:PrincipalOrgID', ''] as const,
      ['aws:PrincipalIsAWSService', ''] as const,
      ['sts:ExternalId', ''] as const,
      ['saml:sub', ''] as const,
      ['graph.facebook.com:id', ''] as const,
      ['cognito-identity.amazonaws.com:sub', ''] as const,
    ].map(([key]) => key),
  ),
];

const spellings = (key: string): readonly string[] => [
  key,
  key.toLowerCase(),
  key.toUpperCase(),
  [...key]
    .map((character, at) => (at % 2 === 0 ? character.toUpperCase() : character.toLowerCase()))
    .join(''),
  key.replaceAll('k', '\u212a'), // the Kelvin sign, whose lower case is k
];

describe("Daypass's own keys", () => {
  test.for(ownKeys)('%s cannot be set, in no spelling', (key) => {
    for (const spelling of spellings(key)) {
      const entries = askerContext({ [spelling]: 'forged' });
      if (typeof entries === 'string') throw new Error(entries);
      expect([spelling, contextOf(entries).get(key.toLowerCase())]).toEqual([spelling, undefined]);
      expect(isOwnKey(spelling)).toBe(true);
    }
  });

  test('a spelling that is another key sets that other key, which nobody asks for', () => {
    for (const key of [' aws:userid', 'aws:userid ', 'aws:userid\u0000', 'aws\u200b:userid', 'aws::userid']) {
      const entries = askerContext({ [key]: 'forged' });
      if (typeof entries === 'string') throw new Error(entries);
      expect(contextOf(entries).get('aws:userid')).toBeUndefined();
    }
  });
});

describe('keys of the request that the asker serves', () => {
  test.for([
    'aws:UserAgent',
    'aws:RequestTag/team',
    'aws:TagKeys',
    'aws:ResourceTag/team',
    's3:prefix',
    'myapp:Tier',
    'plain',
  ])('%s comes from the asker', (key) => {
    expect(askerContext({ [key]: 'value' })).toEqual([[key, 'value']]);
  });

  test.for([
    ['aws:SourceIp', '192.0.2.1'],
    ['AWS:SOURCEIP', '::ffff:192.0.2.1'],
    ['aws:VpcSourceIp', '2001:DB8::1'],
    ['aws:SecureTransport', 'true'],
    ['aws:securetransport', 'false'],
  ] as const)('%s has one form and takes %s', ([key, value]) => {
    expect(askerContext({ [key]: value })).toEqual([[key, value]]);
  });

  test('a value of another form, or several, would escape a deny and is refused', () => {
    const addresses = [
      '',
      '192.0.2.01',
      '192.0.2.1 ',
      '192.0.2.0/24',
      '[::1]',
      '::1%1',
      7,
      true,
      [],
      ['192.0.2.1'],
    ];
    for (const value of addresses) {
      expect(askerContext({ 'AWS:SourceIp': value })).toBe(
        'context key `AWS:SourceIp` must be an IP address',
      );
    }
    for (const value of ['TRUE', 'yes', '', 1, ['true']]) {
      expect(askerContext({ 'aws:SecureTransport': value })).toBe(
        'context key `aws:SecureTransport` must be true or false',
      );
    }
  });

  test('texts, numbers, booleans and lists of them are values', () => {
    expect(askerContext({ a: 'x', b: 5, c: true, d: ['x', 5, false], e: [] })).toEqual([
      ['a', 'x'],
      ['b', '5'],
      ['c', 'true'],
      ['d', ['x', '5', 'false']],
      ['e', []],
    ]);
  });

  test.for<[string, Readonly<Record<string, unknown>>, string]>([
    ['null', { a: null }, 'context key `a` must be text, a number, a boolean or a list of them'],
    ['an object', { a: {} }, 'context key `a` must be text, a number, a boolean or a list of them'],
    [
      'a list of lists',
      { a: [['x']] },
      'context key `a` must be text, a number, a boolean or a list of them',
    ],
    ['no number', { a: Number.NaN }, 'context key `a` must be text, a number, a boolean or a list of them'],
    [
      'text too long',
      { a: 'x'.repeat(2049) },
      'context key `a` must be text, a number, a boolean or a list of them',
    ],
    [
      'a list too long',
      { a: Array(201).fill('x') },
      'context key `a` must be text, a number, a boolean or a list of them',
    ],
    ['a key too long', { ['x'.repeat(257)]: 'x' }, 'a context key is too long'],
    [
      'too many keys',
      Object.fromEntries(Array.from({ length: 201 }, (_, at) => [`k${at}`, 'x'])),
      'context has more than 200 keys',
    ],
  ])('refused: %s', ([, given, sentence]) => {
    expect(askerContext(given)).toBe(sentence);
  });
});
