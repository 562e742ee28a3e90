import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { PolicyKind } from '../../../src/core/policy/document.ts';
import { parsePolicy, readPolicy, readPolicyText } from '../../../src/core/policy/parse.ts';

const kinds: readonly PolicyKind[] = [
  'identity',
  'trust',
  'resource',
  'permissions-boundary',
  'session',
  'scp',
  'rcp',
];
const version = '2012-10-17';
const plain = { Effect: 'Allow', Action: 's3:GetObject', Resource: '*' };
const trust = { Effect: 'Allow', Principal: { AWS: '111122223333' }, Action: 'sts:AssumeRole' };
const document = (statement: unknown, more: object = { Version: version }) =>
  JSON.stringify({ ...more, Statement: statement });

function messageOf(text: string, kind: PolicyKind): string | null {
  const parsed = parsePolicy(text, kind);
  return parsed.ok ? null : parsed.failure.message;
}

describe('the place of a fault', () => {
  test('is line, column and path, with what is wrong', () => {
    const text = `{
  "Version": "2012-10-17",
  "Statement": [
    { "Effect": "Allow", "Action": "s3:*", "Resource": "*" },
    { "Effect": "Allow", "Action": "s3:*", "Resource": "*",
      "Condition": { "StringEqual": { "aws:username": "alice" } } }
  ]
}`;
    expect(parsePolicy(text, 'identity')).toEqual({
      ok: false,
      failure: {
        code: 'MalformedPolicyDocument',
        message: 'Syntax errors in policy.',
        problem: 'unknown condition operator `StringEqual`',
        line: 6,
        column: 22,
        path: 'Statement[1].Condition.StringEqual',
      },
    });
  });

  test('is nowhere in an already parsed value', () => {
    expect(readPolicy({ Statement: [{ Effect: 'Allow', Action: [1], Resource: '*' }] }, 'identity')).toEqual({
      ok: false,
      failure: {
        code: 'MalformedPolicyDocument',
        message: 'Syntax errors in policy.',
        problem: 'a string or a list of strings is expected',
        line: 0,
        column: 0,
        path: 'Statement[0].Action[0]',
      },
    });
  });
});

describe('syntax', () => {
  test.each([
    [
      'a member twice',
      '{"Version":"2012-10-17","Statement":[],"Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}',
    ],
    [
      'an effect twice',
      '{"Version":"2012-10-17","Statement":{"Effect":"Deny","Effect":"Allow","Action":"*","Resource":"*"}}',
    ],
    [
      'a condition key twice',
      '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"StringEquals":{"a":"1","a":"2"}}}}',
    ],
    ['a character beyond U+00FF', document({ ...plain, Sid: 'x' }).replace('"x"', '"\u0100"')],
    ['a byte order mark', `\ufeff${document(plain)}`],
    ['a no-break space around', `\u00a0${document(plain)}`],
    ['a list', `[${document(plain)}]`],
    ['a text', '"*"'],
    ['an element in another case', document({ effect: 'Allow', Action: '*', Resource: '*' })],
    ['a statement that is null', document([plain, null])],
    ['a version that is a number', document(plain, { Version: 20121017 })],
    ['an effect with a space', document({ ...plain, Effect: 'Allow ' })],
    ['an operator in another case', document({ ...plain, Condition: { stringequals: { a: 'b' } } })],
    ['a condition value that is null', document({ ...plain, Condition: { StringEquals: { a: null } } })],
    ['an action that is null', document({ ...plain, Action: [null] })],
    ['too many characters', document(plain) + ' '.repeat(131_072)],
    ['a principal that is a name', document({ ...trust, Principal: 'arn:aws:iam::111122223333:root' })],
    ['an unknown kind of principal', document({ ...trust, Principal: { aws: '*' } })],
    ['no kind of principal', document({ ...trust, Principal: {} })],
    ['an empty list of principals', document({ ...trust, Principal: { AWS: [] } })],
    ['both kinds of principal element', document({ ...trust, NotPrincipal: '*' })],
  ])('%s is refused in every kind', (_, text) => {
    for (const kind of kinds) expect(messageOf(text, kind), kind).toBe('Syntax errors in policy.');
  });

  test('accepts characters up to U+00FF, tabs and line ends', () => {
    const text = `{\r\n\t"Version": "2012-10-17",\n"Statement": {"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::ÿ£"}}`;
    expect(parsePolicy(text, 'identity')).toEqual({
      ok: true,
      value: {
        Version: version,
        Statement: [{ Effect: 'Allow', Action: 's3:*', Resource: 'arn:aws:s3:::ÿ£' }],
      },
    });
  });
});

describe('versions', () => {
  const needed = 'Policy document must be version 2012-10-17 or greater.';
  const old = { Version: '2008-10-17' };

  test.each(['identity', 'permissions-boundary', 'session', 'scp'] as const)(
    '%s must be of 2012-10-17',
    (kind) => {
      expect(messageOf(document(plain, old), kind)).toBe(needed);
      expect(messageOf(document(plain, {}), kind)).toBe(needed);
      expect(messageOf(document(plain), kind)).toBeNull();
    },
  );

  test('trust and resource policies may be older, or say nothing', () => {
    const shared = { ...plain, Principal: '*' };
    for (const more of [old, {}, { Version: version }]) {
      expect(messageOf(document(trust, more), 'trust')).toBeNull();
      expect(messageOf(document(shared, more), 'resource')).toBeNull();
    }
  });

  test('no other version exists', () => {
    for (const Version of ['2012-10-18', '2008-10-16', '', '2012-10-17 ']) {
      for (const kind of kinds)
        expect(messageOf(document(plain, { Version }), kind)).toBe('Syntax errors in policy.');
    }
  });
});

describe('principals', () => {
  test.each(['identity', 'permissions-boundary', 'session', 'scp'] as const)('%s names nobody', (kind) => {
    const message = 'Policy document should not specify a principal.';
    expect(messageOf(document({ ...plain, Principal: '*' }), kind)).toBe(message);
    expect(messageOf(document({ ...plain, NotPrincipal: { AWS: '*' } }), kind)).toBe(message);
  });

  test('trust and resource policies name somebody', () => {
    expect(messageOf(document({ Effect: 'Allow', Action: 'sts:AssumeRole' }), 'trust')).toBe(
      'Missing required field Principal',
    );
    expect(messageOf(document(plain), 'resource')).toBe('Missing required field Principal');
  });

  test.each([
    { AWS: '*' },
    { AWS: ['111122223333', 'arn:aws:iam::111122223333:root'] },
    { AWS: 'arn:aws:iam::111122223333:role/team/app' },
    { AWS: 'arn:aws:sts::111122223333:assumed-role/app/session' },
    { AWS: 'AROAEXAMPLEEXAMPLE123' },
    { Service: ['ec2.amazonaws.com', 's3.cn-north-1.amazonaws.com.cn'] },
    { Federated: 'arn:aws:iam::111122223333:saml-provider/corp' },
    { Federated: 'arn:aws:iam::111122223333:oidc-provider/login.example.com/realm' },
    { CanonicalUser: 'a1b2' },
  ])('%j is taken', (Principal) => {
    expect(messageOf(document({ ...plain, Principal }), 'resource')).toBeNull();
  });

  test.each([
    ['AWS', 'arn:aws:iam::111122223333:user/*'],
    ['AWS', 'arn:aws:iam::*:root'],
    ['AWS', '11112222333'],
    ['AWS', 'alice'],
    ['AWS', 'arn:aws:s3:::bucket'],
    ['AWS', ''],
    ['AWS', 'AKIAEXAMPLEEXAMPLE123'],
    ['Service', '*'],
    ['Service', 'ec2'],
    ['Federated', '*'],
    ['Federated', 'arn:aws:iam::111122223333:user/alice'],
    ['CanonicalUser', '*'],
  ])('%s %s names nobody', (type, name) => {
    expect(messageOf(document({ ...plain, Principal: { [type]: name } }), 'resource')).toBe(
      `Invalid principal in policy: "${type}":"${name}"`,
    );
  });

  test('NotPrincipal goes with Deny only', () => {
    const statement = { ...plain, NotPrincipal: { AWS: '111122223333' } };
    expect(messageOf(document({ ...statement, Effect: 'Deny' }), 'resource')).toBeNull();
    expect(messageOf(document(statement), 'resource')).toBe('Allow with NotPrincipal is not allowed.');
  });

  test('an RCP denies, and speaks about everybody', () => {
    const rcp = { Effect: 'Deny', Principal: '*', Action: 's3:*', Resource: '*' };
    expect(messageOf(document(rcp), 'rcp')).toBeNull();
    expect(messageOf(document({ ...rcp, Effect: 'Allow' }), 'rcp')).toBe('Syntax errors in policy.');
    for (const Principal of [{ AWS: '111122223333' }, undefined]) {
      expect(messageOf(document({ ...rcp, Principal }), 'rcp')).toBe('Missing required field Principal');
    }
  });
});

describe('trust policies', () => {
  test.each([
    'sts:AssumeRole',
    'sts:AssumeRoleWithSAML',
    'sts:AssumeRoleWithWebIdentity',
    'sts:assumerole',
    'sts:AssumeRole*',
    'sts:TagSession',
    'sts:SetSourceIdentity',
    'sts:SetContext',
  ])('may be about %s', (Action) => {
    expect(messageOf(document({ ...trust, Action }), 'trust')).toBeNull();
  });

  test.each(['s3:GetObject', 'sts:GetCallerIdentity', 'sts:*', '*', 'sts:AssumeRoot', 'iam:AssumeRole'])(
    'may not be about %s',
    (Action) => {
      expect(messageOf(document({ ...trust, Action: ['sts:AssumeRole', Action] }), 'trust')).toBe(
        'Trust Policy statement actions can only be sts:AssumeRole, sts:AssumeRoleWithSAML,  and sts:AssumeRoleWithWebIdentity',
      );
    },
  );

  test('have no NotAction', () => {
    const { Effect, Principal } = trust;
    expect(messageOf(document({ Effect, Principal, NotAction: 'sts:AssumeRole' }), 'trust')).toMatch(
      /^Trust Policy statement actions/,
    );
  });

  test('have no resource', () => {
    for (const more of [{ Resource: '*' }, { NotResource: '*' }, { Resource: [] }]) {
      expect(messageOf(document({ ...trust, ...more }), 'trust')).toBe('Has prohibited field Resource.');
    }
  });

  test('do not open a role to every user of a shared issuer', () => {
    const statement = {
      Effect: 'Allow',
      Principal: { Federated: 'accounts.google.com' },
      Action: 'sts:AssumeRoleWithWebIdentity',
    };
    expect(messageOf(document(statement), 'trust')).toMatch(
      /^Web identity provider accounts.google.com is shared/,
    );
    const narrowed = { ...statement, Condition: { StringEquals: { 'accounts.google.com:aud': 'my-app' } } };
    expect(messageOf(document(narrowed), 'trust')).toBeNull();
  });
});

describe('Sids', () => {
  test('take letters, digits and underscores in IAM, more in resource policies', () => {
    const message = messageOf(document({ ...plain, Sid: 'a b' }), 'identity');
    expect(message).toMatch(/^Statement IDs \(SID\) must be alpha-numeric/);
    expect(messageOf(document({ ...plain, Principal: '*', Sid: 'a b' }), 'resource')).toBeNull();
    expect(messageOf(document({ ...plain, Sid: 'A_1' }), 'identity')).toBeNull();
  });
});

describe('what is read for evaluation', () => {
  test('may be of either version, and of forms that are refused when saved', () => {
    for (const Version of ['2008-10-17', version]) {
      const value = { Version, Statement: { ...plain, Action: '*:Get*', Resource: 'bucket' } };
      const read = readPolicy(value, 'identity');
      expect(read).toEqual({ ok: true, value: { ...value, Statement: [value.Statement] } });
      expect(readPolicyText(JSON.stringify(value), 'identity')).toEqual(read);
    }
  });

  test.each([
    ['an unknown element', 'identity', { ...plain, Extra: 1 }],
    ['an unknown operator', 'identity', { ...plain, Condition: { StringMatches: { a: 'b' } } }],
    ['no action', 'identity', { Effect: 'Allow', Resource: '*' }],
    ['no resource, which would be every resource', 'identity', { Effect: 'Allow', Action: '*' }],
    ['no principal, which would be everybody', 'resource', plain],
    ['no principal in a trust policy', 'trust', { Effect: 'Allow', Action: 'sts:AssumeRole' }],
    ['a principal where none belongs', 'session', { ...plain, Principal: '*' }],
  ] as const)('is refused with %s', (_, kind, statement) => {
    expect(readPolicy({ Version: version, Statement: statement }, kind).ok).toBe(false);
  });

  test('is refused when it is no JSON', () => {
    for (const value of [undefined, null, 1, 'x', [], () => 1, { Statement: undefined }, new Map()]) {
      expect(readPolicy(value, 'identity').ok).toBe(false);
    }
  });

  test('keeps members with names that objects have anyway', () => {
    const text =
      '{"Statement":{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"StringEquals":{"__proto__":"a","constructor":"b"}}}}';
    const read = readPolicyText(text, 'identity');
    const keys = read.ok ? Object.entries(read.value.Statement[0]?.Condition?.StringEquals ?? {}) : [];
    expect(keys).toEqual([
      ['__proto__', 'a'],
      ['constructor', 'b'],
    ]);
  });

  test('numbers and booleans of conditions become text as written', () => {
    const text =
      '{"Statement":{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"StringEquals":{"a":[1.0,true,9007199254740993]}}}}';
    const read = readPolicyText(text, 'identity');
    expect(read.ok && read.value.Statement[0]?.Condition).toEqual({
      StringEquals: { a: ['1.0', 'true', '9007199254740993'] },
    });
  });
});

describe('any text', () => {
  const words = [
    'Version',
    '2012-10-17',
    'Statement',
    'Effect',
    'Allow',
    'Deny',
    'Action',
    'Resource',
    'Principal',
    'Condition',
    'StringEquals',
    'DateLessThan',
    'NotAction',
    '*',
    's3:*',
    'arn:aws:iam::1:x',
    'arn:aws',
    '-1',
    'T',
  ];
  const value = fc.letrec((tie) => ({
    any: fc.oneof(
      { maxDepth: 5 },
      fc.constantFrom<unknown>(...words, null, true, 1),
      fc.array(tie('any'), { maxLength: 3 }),
      fc.dictionary(fc.constantFrom(...words), tie('any'), { maxKeys: 5 }),
    ),
  })).any;

  test('gives a document or a fault, never an exception', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string(),
      value.map((it) => JSON.stringify(it)),
    );
    fc.assert(
      fc.property(text, fc.constantFrom(...kinds), (it, kind) => {
        const parsed = parsePolicy(it, kind);
        if (!parsed.ok) expect(parsed.failure).toMatchObject({ code: 'MalformedPolicyDocument' });
        else expect(readPolicy(parsed.value, kind)).toEqual(parsed);
      }),
      { numRuns: 4000 },
    );
  });
});
