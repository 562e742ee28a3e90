import { expect, test } from 'vitest';
import { readAuthentication } from '../../../src/core/saml/assertion.ts';
import { parseXml } from '../../../src/core/saml/xml.ts';

/** What an assertion with these statements says of how somebody signed in. */
function reading(...statements: readonly string[]) {
  const inside = statements.map(
    (attributes) =>
      `<AuthnStatement ${attributes}><AuthnContext><AuthnContextClassRef>password</AuthnContextClassRef></AuthnContext></AuthnStatement>`,
  );
  const parsed = parseXml(
    `<Assertion xmlns="urn:oasis:names:tc:SAML:2.0:assertion">${inside.join('')}</Assertion>`,
  );
  if (!parsed.ok) throw new Error(parsed.failure);
  return readAuthentication(parsed.value);
}

const at = (instant: string, end?: string): string =>
  `AuthnInstant="${instant}" SessionIndex="s"${end === undefined ? '' : ` SessionNotOnOrAfter="${end}"`}`;
const [EARLY, LATE] = ['2026-11-24T08:00:00Z', '2026-11-24T12:00:00Z'];
const EARLY_SECONDS = 1_795_507_200;

test('of several statements the oldest says when somebody signed in, and the first to end when that ends', () => {
  for (const order of [
    [at(EARLY, LATE), at(LATE, '2026-11-24T16:00:00Z')],
    [at(LATE, '2026-11-24T16:00:00Z'), at(EARLY, LATE)],
  ]) {
    expect(reading(...order)).toEqual({
      ok: true,
      value: {
        authenticatedAtSeconds: EARLY_SECONDS,
        sessionNotOnOrAfterSeconds: EARLY_SECONDS + 4 * 3600,
        sessionIndex: 's',
        contextClasses: ['password', 'password'],
      },
    });
  }
});

test('where one statement does not say when, nobody knows when', () => {
  for (const unsaid of ['SessionIndex="s"', at('yesterday'), at('')]) {
    for (const order of [[unsaid], [unsaid, at(LATE)], [at(LATE), unsaid]]) {
      expect(reading(...order)).toMatchObject({ ok: true, value: { authenticatedAtSeconds: null } });
    }
  }
});

test('an end that cannot be read, and no statement at all, are refused', () => {
  expect(reading(at(EARLY, 'never'))).toMatchObject({ ok: false, failure: { why: 'malformed' } });
  expect(reading()).toMatchObject({ ok: false, failure: { why: 'malformed' } });
});
