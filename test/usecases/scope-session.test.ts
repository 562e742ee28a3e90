import { describe, expect, test } from 'vitest';
import { scopeSession } from '../../src/usecases/scope-session.ts';
import { requestFacts } from '../helpers/fake-deps.ts';
import { incompressible, START_SECONDS as NOW } from '../helpers/fake-world.ts';
import { roleSession } from '../helpers/sessions.ts';

const later = requestFacts({ nowMilliseconds: (NOW + 600) * 1000 });
const session = roleSession({
  policies: { inline: '{}', arns: [] },
  scopes: ['{"a":1}'],
  sourceIdentity: 'anna',
});
const document = (resource = '*') =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: '*', Resource: resource }],
  });

describe('a scoped session', () => {
  test('is the same session with one scope more, without the white space of its document', () => {
    const policy = JSON.stringify(JSON.parse(document()), null, 2);
    expect(scopeSession(session, { policy, durationSeconds: null }, later)).toEqual({
      ...session,
      scopes: ['{"a":1}', document()],
    });
  });

  test('may end earlier, from now, and never later', () => {
    for (const [durationSeconds, endsIn] of [
      [1, 601],
      [3000, 3600],
    ] as const) {
      expect(scopeSession(session, { policy: null, durationSeconds }, later)).toEqual({
        ...session,
        expiresAtSeconds: NOW + endsIn,
      });
    }
    expect(() => scopeSession(session, { policy: null, durationSeconds: 3001 }, later)).toThrow(
      expect.objectContaining({ code: 'insufficient_session_lifetime' }),
    );
  });

  test('has three scopes at most; a shorter life adds none', () => {
    const full = roleSession({ scopes: ['{}', '{}', '{}'] });
    expect(() => scopeSession(full, { policy: document(), durationSeconds: null }, later)).toThrow(
      expect.objectContaining({ code: 'access_denied' }),
    );
    expect(scopeSession(full, { policy: null, durationSeconds: 60 }, later).scopes).toHaveLength(3);
  });

  test('asks for something', () => {
    expect(() => scopeSession(session, { policy: null, durationSeconds: null }, later)).toThrow(
      expect.objectContaining({ code: 'validation_error' }),
    );
  });

  test('takes policies of at most 2,048 characters that can be read', () => {
    const sized = (characters: number) => {
      const wanted = characters - document('arn:aws:s3:::').length;
      return document(`arn:aws:s3:::${incompressible(wanted).replaceAll(/[^a-z0-9]/gi, 'x')}`);
    };
    expect(
      scopeSession(session, { policy: sized(2048), durationSeconds: null }, later).scopes[1],
    ).toHaveLength(2048);
    for (const [policy, code] of [
      [sized(2049), 'packed_policy_too_large'],
      ['{', 'malformed_policy_document'],
      ['[]', 'malformed_policy_document'],
    ] as const) {
      expect(() => scopeSession(session, { policy, durationSeconds: null }, later)).toThrow(
        expect.objectContaining({ code }),
      );
    }
  });
});
