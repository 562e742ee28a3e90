import { describe, expect, test } from 'vitest';
import {
  lineageFrom,
  lineageOfUser,
  MAX_ANCESTORS,
  originOf,
} from '../../../src/core/credentials/lineage.ts';
import type { Session } from '../../../src/core/credentials/session.ts';
import { roleSession, sessionOf, USER_IDENTITY } from '../../helpers/sessions.ts';

const federation = { provider: 'p', keyPrefix: 'k', audience: 'a', subject: 's' };
const begun = (parent: Session) => {
  const lineage = lineageFrom(parent, null);
  if (!lineage.ok) throw new Error(lineage.failure);
  return lineage.value;
};

describe('a session comes from', () => {
  test.each([
    [
      'the user whose key began it',
      roleSession({ lineage: lineageOfUser('AIDA1', null) }),
      { type: 'user', userId: 'AIDA1' },
    ],
    ['the user that it is', sessionOf(USER_IDENTITY), { type: 'user', userId: 'AIDAEXAMPLE' }],
    [
      'the user who vouched for it',
      sessionOf({ type: 'federated-user', name: 'bob', by: USER_IDENTITY }),
      { type: 'user', userId: 'AIDAEXAMPLE' },
    ],
    ['root', sessionOf({ type: 'root' }), { type: 'root' }],
    [
      'root that vouched',
      sessionOf({ type: 'federated-user', name: 'bob', by: { type: 'root' } }),
      { type: 'root' },
    ],
    ['its login', roleSession({ federation }), { type: 'login', provider: 'p', subject: 's' }],
    ['nobody', roleSession(), null],
  ] as const)('%s', (_, session, origin) => {
    expect(originOf(session)).toEqual(origin);
    expect(begun(session).origin).toEqual(origin);
  });
});

test('each hop adds the session that asks and keeps the beginning', () => {
  const first = roleSession({ sessionId: 'ses_1', lineage: lineageOfUser('AIDA1', null) });
  const second = roleSession({ sessionId: 'ses_2', sourceIdentity: 'anna', lineage: begun(first) });
  expect(begun(second)).toEqual({
    origin: { type: 'user', userId: 'AIDA1' },
    ancestors: [
      {
        sessionId: 'ses_1',
        issuedAtSeconds: first.issuedAtSeconds,
        roleId: 'AROAEXAMPLE',
        sourceIdentity: false,
      },
      {
        sessionId: 'ses_2',
        issuedAtSeconds: first.issuedAtSeconds,
        roleId: 'AROAEXAMPLE',
        sourceIdentity: true,
      },
    ],
  });
});

test('a hop tells which credential asked, and what that was made from; a user’s own session keeps its key', () => {
  const own = sessionOf(USER_IDENTITY, { lineage: lineageOfUser('AIDAEXAMPLE', 'AKIA1') });
  const next = lineageFrom({ ...own, madeFrom: ['jti'] }, 'ASIA1');
  expect(next).toEqual({
    ok: true,
    value: {
      origin: { type: 'user', userId: 'AIDAEXAMPLE', accessKeyId: 'AKIA1' },
      ancestors: [
        {
          ...{ sessionId: 'ses_1', issuedAtSeconds: own.issuedAtSeconds, roleId: null },
          ...{ sourceIdentity: false, madeFrom: ['jti', 'ASIA1'] },
        },
      ],
    },
  });
  // The key of somebody else is no key of this user.
  const other = sessionOf(USER_IDENTITY, { lineage: lineageOfUser('AIDAOTHER', 'AKIA1') });
  expect(originOf(other)).toEqual({ type: 'user', userId: 'AIDAEXAMPLE' });
});

test('at the bound a chain goes no further', () => {
  let session: Session = roleSession();
  for (let hop = 0; hop < MAX_ANCESTORS; hop += 1) session = roleSession({ lineage: begun(session) });
  expect(lineageFrom(session, null)).toEqual({ ok: false, failure: 'too_long' });
});
