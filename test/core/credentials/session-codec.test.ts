import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { packSession, unpackSession } from '../../../src/core/credentials/session-codec.ts';
import { anySession, roleSession, sessionOf, USER_IDENTITY } from '../../helpers/sessions.ts';

const throughJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

describe('a packed session', () => {
  test('comes back as it was', () => {
    fc.assert(
      fc.property(anySession, (session) => {
        expect(unpackSession(throughJson(packSession(session)))).toEqual(session);
      }),
    );
  });

  test('leaves out what is absent', () => {
    expect(Object.keys(packSession(roleSession()))).toEqual(['s', 'a', 'r', 't', 'e']);
  });

  test('an empty inline policy stays one: no policy and an empty one are different things', () => {
    const session = roleSession({ policies: { inline: '', arns: [] } });
    expect(unpackSession(throughJson(packSession(session)))?.policies).toEqual({ inline: '', arns: [] });
  });

  test('ignores members it does not know, as a newer deployment may write', () => {
    expect(unpackSession({ ...packSession(roleSession()), z: 1 })).toEqual(roleSession());
  });

  test('is refused where it has a limit that is not known: it must not become a session without it', () => {
    expect(unpackSession({ ...packSession(roleSession()), Z: 1 })).toBeNull();
  });

  test('of the first release opens still', () => {
    const packed = { s: 'ses_1', a: '111122223333', r: ['AROAEXAMPLE', 'Reader', 'anna'], t: 5, e: 6, c: 1 };
    expect(unpackSession(packed)).toEqual(
      roleSession({ issuedAtSeconds: 5, expiresAtSeconds: 6, chained: true }),
    );
  });

  test('has one identity', () => {
    const { r, ...rest } = packSession(roleSession());
    const identities = { r, u: ['AIDAEXAMPLE', 'anna'], d: ['bob'], k: 1 };
    for (const name of ['r', 'u', 'd', 'k'] as const) {
      expect(unpackSession({ ...rest, [name]: identities[name] })).not.toBeNull();
      const other = name === 'u' ? 'k' : 'u';
      expect(unpackSession({ ...rest, [name]: identities[name], [other]: identities[other] })).toBeNull();
    }
  });
});

describe('what has another shape is null', () => {
  const full = packSession(
    roleSession({
      policies: { inline: '{}', arns: ['arn:aws:iam::111122223333:policy/P'] },
      tags: [{ Key: 'team', Value: 'red' }],
      transitiveTagKeys: ['team'],
      sourceIdentity: 'anna',
      federation: {
        provider: 'p',
        keyPrefix: 'k',
        audience: 'a',
        subject: 's',
        amr: ['pwd'],
        authTimeSeconds: 5,
      },
      chained: true,
      scopes: ['{}'],
      mfaAtSeconds: 5,
      lineage: {
        origin: { type: 'user', userId: 'AIDAEXAMPLE' },
        ancestors: [{ sessionId: 'ses_0', issuedAtSeconds: 4, roleId: null, sourceIdentity: true }],
      },
      notAfterSeconds: 9,
      certificate: { trustAnchorId: 'a', profileId: null, path: [{ issuer: 'CN=Root', serial: '7' }] },
      delegation: {
        actors: [{ issuer: 'https://a.example', subject: 'b', arn: 'arn:aws:sts::1:assumed-role/r/b' }],
        mayAct: { issuer: 'https://a.example', subject: 'b' },
      },
    }),
  );
  const others = [
    packSession(sessionOf(USER_IDENTITY)),
    packSession(sessionOf({ type: 'federated-user', name: 'bob', by: USER_IDENTITY })),
    packSession(sessionOf({ type: 'root' })),
  ];

  test('the full one is read', () => {
    expect(unpackSession(full)).not.toBeNull();
  });

  test.for(Object.keys(full))('with nonsense for `%s`', (name) => {
    for (const nonsense of [null, 5.5, true, 'text', {}, [5], [[]], [{}], ['a', 5, 'b'], '__proto__']) {
      const expectable = typeof nonsense === 'string' && ['s', 'a', 'p', 'o'].includes(name);
      if (expectable) continue;
      expect([nonsense, unpackSession({ ...full, [name]: nonsense })]).toEqual([nonsense, null]);
    }
  });

  test('with nonsense for who it is', () => {
    for (const packed of others) {
      const [name = ''] = Object.keys(packed).filter((member) => ['u', 'd', 'k'].includes(member));
      expect(unpackSession(packed)).not.toBeNull();
      for (const nonsense of [null, 5.5, true, 'text', {}, [], [5], ['a', 5, 'b'], ['a', 'b', 'c', 'd']]) {
        expect([name, unpackSession({ ...packed, [name]: nonsense })]).toEqual([name, null]);
      }
    }
  });

  test('with a lineage of another shape: what it came from must not be lost', () => {
    for (const nonsense of [
      [],
      [null],
      [['a', 'b', 'c']],
      [[5]],
      [[], ['ses_0', 4, '']],
      [[], ['ses_0', 4, '', 2]],
      [[], ['ses_0', 4.5, '', 0]],
      [[], ['ses_0', 4, null, 0]],
      [[], 'ses_0'],
      [[], ['ses_0', 4, '', 0, []]],
      [[], ['ses_0', 4, '', 0, null]],
      [[], ['ses_0', 4, '', 0, ['a', 'b', 'c']]],
      [[], ['ses_0', 4, '', 0, 1, 1]],
      [[], ['ses_0', 4, '', 0, [], []]],
      [[], ['ses_0', 4, '', 0, [], 'jti']],
      [[], ['ses_0', 4, '', 0, [], [5]]],
      [[], ['ses_0', 4, '', 0, null, ['jti']]],
      [[], ['ses_0', 4, '', 0, [], ['jti'], 1]],
      [['a', 'b', 2]],
      [['a', 5, 1]],
    ]) {
      expect([nonsense, unpackSession({ ...full, L: nonsense })]).toEqual([nonsense, null]);
    }
  });

  test('with a certificate of another shape: what it ends with must not be lost', () => {
    for (const nonsense of [[], ['a'], ['a', 'b'], ['a', 'b', []], ['a', 'b', ['c']], ['a', 5, ['c', 'd']]]) {
      expect([nonsense, unpackSession({ ...full, A: nonsense })]).toEqual([nonsense, null]);
    }
  });

  test('with a delegation of another shape: who acts must not be lost', () => {
    for (const nonsense of [
      [],
      [[]],
      [null],
      [['a'], ['a', 'b']],
      [
        ['a', 'b', 'c'],
        ['a', 'b'],
      ],
      [[], ['a']],
      [[], ['a', 'b', 'c', 'd']],
      [[], ['a', 5]],
      [[], 'ab'],
    ]) {
      expect([nonsense, unpackSession({ ...full, D: nonsense })]).toEqual([nonsense, null]);
    }
    expect(unpackSession({ ...full, D: [[], ['a', 'b']] })?.delegation).toEqual({
      actors: [{ issuer: 'a', subject: 'b' }],
      mayAct: null,
    });
  });

  test('with a list of another shape of what it was made from: that it ended must not be lost', () => {
    for (const nonsense of [[], [5], [null], ['a', 5], 'a', {}, null]) {
      expect([nonsense, unpackSession({ ...full, M: nonsense })]).toEqual([nonsense, null]);
    }
  });

  test('with an empty list of scopes: none is written for no scope', () => {
    expect(unpackSession({ ...full, S: [] })).toBeNull();
  });

  test.for(['s', 'a', 'r', 't', 'e'])('without `%s`', (name) => {
    expect(unpackSession({ ...full, [name]: undefined })).toBeNull();
  });

  test('an inline policy without its list of managed ones: it must not become no policy at all', () => {
    const { m: _, ...rest } = full;
    expect(unpackSession(rest)).toBeNull();
  });

  test('any JSON value gives a session or null, never an exception', () => {
    fc.assert(
      fc.property(
        fc.jsonValue(),
        fc.dictionary(fc.constantFrom(...Object.keys(full)), fc.jsonValue()),
        (value, members) => {
          unpackSession(value);
          unpackSession({ ...full, ...members });
        },
      ),
    );
  });
});
