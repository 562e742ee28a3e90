import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { packSession, unpackSession } from '../../../src/core/credentials/session-codec.ts';
import { anySession, roleSession } from '../../helpers/sessions.ts';

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
    }),
  );

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
