import { describe, expect, test } from 'vitest';
import { isMadeTooOften, MAX_MADE_FROM, madeFromAlso } from '../../../src/core/credentials/provenance.ts';
import { roleSession } from '../../helpers/sessions.ts';

const ids = (count: number): string[] => Array.from({ length: count }, (_, index) => `id${index}`);
const ancestor = { sessionId: 'ses_0', issuedAtSeconds: 0, roleId: null, sourceIdentity: false };

describe('what a credential was made from', () => {
  test('grows by each id once, the oldest first, and leaves the session that it came from', () => {
    const first = roleSession();
    const second = madeFromAlso(madeFromAlso(madeFromAlso(first, 'a'), 'b'), 'a');
    expect([first.madeFrom, second.madeFrom]).toEqual([undefined, ['a', 'b']]);
    expect(madeFromAlso(first, null)).toBe(first);
  });

  test.each([
    [0, [], false],
    [MAX_MADE_FROM, [], false],
    [MAX_MADE_FROM + 1, [], true],
    [8, [4, 4], false],
    [8, [4, 5], true],
    [0, [MAX_MADE_FROM, 1], true],
  ] as const)('%i of its own and %j of those before: too many is %j', (own, before, expected) => {
    const session = roleSession({
      madeFrom: ids(own),
      lineage: {
        origin: null,
        ancestors: [ancestor, ...before.map((count) => ({ ...ancestor, madeFrom: ids(count) }))],
      },
    });
    expect(isMadeTooOften(session)).toBe(expected);
  });
});
