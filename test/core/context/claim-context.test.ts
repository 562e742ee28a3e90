import { describe, expect, test } from 'vitest';
import { claimContext } from '../../../src/core/context/claim-context.ts';
import { contextOf } from '../../../src/core/policy/context.ts';

const PREFIX = 'accounts.example.com';
const contextWith = (claims: Readonly<Record<string, unknown>>) =>
  Object.fromEntries(contextOf(claimContext(PREFIX, claims, 'client')));

describe('claims as condition keys', () => {
  test('stand under the issuer, texts, numbers and booleans alike', () => {
    expect(contextWith({ sub: 'anna', level: 3, email_verified: true })).toEqual({
      [`${PREFIX}:aud`]: 'client',
      [`${PREFIX}:sub`]: 'anna',
      [`${PREFIX}:level`]: '3',
      [`${PREFIX}:email_verified`]: 'true',
    });
  });

  test('a list has several values, an empty one none', () => {
    expect(contextWith({ groups: ['a', 5, true], none: [] })).toMatchObject({
      [`${PREFIX}:groups`]: ['a', '5', 'true'],
      [`${PREFIX}:none`]: [],
    });
  });

  test.for([
    [null],
    [{ a: 1 }],
    [['a', { b: 1 }]],
    [['a', null]],
    [[['a']]],
    [Array.from({ length: 201 }, () => 'a')],
  ])('%j has no form and is left out', ([claim]) => {
    expect(contextWith({ claim })).toEqual({ [`${PREFIX}:aud`]: 'client' });
  });

  test('the audience is the one that the token was accepted for, whatever it lists', () => {
    expect(contextWith({ aud: ['client', 'somebody'] })).toEqual({ [`${PREFIX}:aud`]: 'client' });
  });

  test.for(['AUD', 'Aud', 'aUd'])('a claim %s does not stand in for the audience', (name) => {
    expect(contextWith({ [name]: 'somebody' })).toEqual({ [`${PREFIX}:aud`]: 'client' });
  });

  test.for([
    { sub: 'anna', SUB: 'admin' },
    { SUB: 'admin', sub: 'anna' },
  ])('a claim in other case does not stand in for the one in lower case (%o)', (claims) => {
    expect(contextWith(claims)).toMatchObject({ [`${PREFIX}:sub`]: 'anna' });
  });

  test('a claim in mixed case alone is there, under its key in lower case', () => {
    expect(contextWith({ tenantId: 't1' })).toMatchObject({ [`${PREFIX}:tenantid`]: 't1' });
  });

  test('an e-mail address is a key only where the issuer says, by true itself, that it is verified', () => {
    const email = 'anna@example.com';
    expect(contextWith({ email, email_verified: true })).toMatchObject({ [`${PREFIX}:email`]: email });
    for (const email_verified of [false, 'true', 1, null, undefined]) {
      expect(contextWith({ email, email_verified })).not.toHaveProperty([`${PREFIX}:email`]);
      expect(contextWith({ EMAIL: email, email_verified })).not.toHaveProperty([`${PREFIX}:email`]);
    }
  });

  test('a claim that is called like a global key is none', () => {
    const keys = Object.keys(
      contextWith({ 'aws:PrincipalArn': 'x', 'sts:ExternalId': 'y', __proto__x: 'z' }),
    );
    expect(keys.every((key) => key.startsWith(`${PREFIX}:`))).toBe(true);
  });
});
