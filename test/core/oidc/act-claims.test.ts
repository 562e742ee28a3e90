import { describe, expect, test } from 'vitest';
import { MAX_ACTORS, NOBODY } from '../../../src/core/credentials/delegation.ts';
import { readDelegation } from '../../../src/core/oidc/act-claims.ts';

const iss = 'https://idp.example';
const read = (claims: Readonly<Record<string, unknown>>) => readDelegation({ iss, sub: 'alice', ...claims });

describe('who acts, by the claims of another issuer’s token', () => {
  test('is nobody where it says nothing', () => {
    expect(read({})).toEqual({ ok: true, value: null });
  });

  test('is of the token’s issuer unless it names another, and keeps who acted before', () => {
    const act = { sub: 'desk', act: { sub: 'bot', iss: 'https://other.example', exp: 5 } };
    expect(read({ act })).toEqual({
      ok: true,
      value: {
        actors: [
          { issuer: iss, subject: 'desk' },
          { issuer: 'https://other.example', subject: 'bot' },
        ],
        mayAct: null,
      },
    });
  });

  test.each([
    null,
    'desk',
    5,
    true,
    [],
    [{ sub: 'desk' }],
    {},
    { sub: '' },
    { sub: 5 },
    { sub: 'x'.repeat(256) },
    { sub: 'desk', iss: '' },
    { sub: 'desk', iss: 5 },
    { sub: 'desk', act: null },
    { sub: 'desk', act: {} },
    { sub: 'desk', act: 'bot' },
  ])('in a form that cannot be read refuses the token: %j', (act) => {
    expect(read({ act }).ok).toBe(false);
  });

  test('is read as deep as a session carries it, and refused beyond', () => {
    const nested = (depth: number): object =>
      depth === 1 ? { sub: 'x' } : { sub: 'x', act: nested(depth - 1) };
    expect(read({ act: nested(MAX_ACTORS) }).ok).toBe(true);
    expect(read({ act: nested(MAX_ACTORS + 1) }).ok).toBe(false);
  });
});

describe('who may act', () => {
  test('is the one that is named', () => {
    expect(read({ may_act: { sub: 'desk' } })).toEqual({
      ok: true,
      value: { actors: [], mayAct: { issuer: iss, subject: 'desk' } },
    });
  });

  test.each([null, 'desk', [], {}, { sub: 5 }, { iss }, { sub: 'desk', email: 'desk@example.com' }])(
    'is nobody where it cannot be understood: %j',
    (mayAct) => {
      expect(read({ may_act: mayAct })).toEqual({ ok: true, value: { actors: [], mayAct: NOBODY } });
    },
  );
});
