import { describe, expect, test } from 'vitest';
import type { RoleIdentity, Session } from '../../../src/core/credentials/session.ts';
import {
  clientMark,
  credentialMark,
  type Mark,
  marksOf,
  parseMark,
  providerMark,
  ROOT_MARK,
  roleMark,
  sessionMark,
  sortMarks,
  sourceIdentityMark,
  subjectMark,
  tagMark,
  userMark,
} from '../../../src/core/revocation/marks.ts';
import { RevocationList } from '../../../src/core/revocation/revocation-list.ts';
import { roleSession } from '../../helpers/sessions.ts';

const NOW = 1_800_000_000;
const issuedAt = (issuedAtSeconds: number) => ({ issuedAtSeconds, chained: false });
const SHOWN = { accessKeyId: 'ASIA1', tokenId: null };
const PROVIDER = 'arn:aws:iam::111122223333:oidc-provider/idp.example.com';

const session = (over: Partial<Session<RoleIdentity>> = {}): Session =>
  roleSession({
    sessionId: 'ses_a',
    issuedAtSeconds: NOW,
    sourceIdentity: 'anna',
    tags: [{ Key: 'Team', Value: 'Red' }],
    federation: { provider: PROVIDER, keyPrefix: 'idp.example.com', audience: 'app', subject: 'alice' },
    ...over,
  });

function listOf(
  marks: readonly Mark[],
  { until = NOW, grace = 0, sequence = 1 }: { until?: number; grace?: number; sequence?: number } = {},
): RevocationList {
  const list = new RevocationList(grace);
  list.add([{ sequence, marks: sortMarks(marks), issuedUntilSeconds: until, expiresAtSeconds: until + 100 }]);
  return list;
}

describe('a revocation touches', () => {
  const all: readonly Mark[] = [
    sessionMark('ses_a'),
    credentialMark('ASIA1'),
    roleMark('AROAEXAMPLE'),
    sourceIdentityMark('anna'),
    tagMark('TEAM', 'Red'),
    providerMark(PROVIDER),
    subjectMark(PROVIDER, 'alice'),
  ];
  test.each(all)('what bears %j', (mark) => {
    expect(listOf([mark]).revokes(session(), SHOWN)).toBe(true);
  });

  test.each([
    sessionMark('ses_b'),
    sessionMark('SES_A'),
    credentialMark('ASIA2'),
    credentialMark('ses_a'),
    roleMark('AROAOTHER'),
    sourceIdentityMark('ann'),
    tagMark('Team', 'red'),
    tagMark('Tea', 'm\nRed'),
    providerMark(`${PROVIDER}/`),
    subjectMark(PROVIDER, 'alic'),
    subjectMark(`${PROVIDER}\na`, 'lice'),
    'user:AROAEXAMPLE' as const,
  ])('nothing that does not bear %j', (mark) => {
    expect(listOf([mark]).revokes(session(), SHOWN)).toBe(false);
  });

  test('only what bears all of its marks', () => {
    const both = listOf([roleMark('AROAEXAMPLE'), sourceIdentityMark('anna')]);
    expect(both.revokes(session(), SHOWN)).toBe(true);
    expect(both.revokes(session({ sourceIdentity: 'bert' }), SHOWN)).toBe(false);
    expect(both.revokes(session({ sourceIdentity: null }), SHOWN)).toBe(false);
  });

  test('everything of the account when it names nothing but a time', () => {
    expect(listOf([]).revokes(session(), SHOWN)).toBe(true);
    expect(listOf([]).revokes(session({ issuedAtSeconds: NOW + 1 }), SHOWN)).toBe(false);
  });

  test('what was issued in its own second, and nothing issued later', () => {
    const list = listOf([roleMark('AROAEXAMPLE')]);
    expect([-1, 0, 1].map((by) => list.revokes(session({ issuedAtSeconds: NOW + by }), SHOWN))).toEqual([
      true,
      true,
      false,
    ]);
  });

  test('what a session began while it may have been believed elsewhere', () => {
    const list = listOf([roleMark('AROAEXAMPLE')], { grace: 5 });
    const at = (by: number, chained: boolean) =>
      list.revokes(session({ issuedAtSeconds: NOW + by, chained }), SHOWN);
    expect([at(5, true), at(6, true), at(1, false)]).toEqual([true, false, false]);
  });

  test('a token by its id, and not the other credentials of its session', () => {
    const list = listOf([credentialMark('jti-1')]);
    expect(list.revokes(session(), { accessKeyId: null, tokenId: 'jti-1' })).toBe(true);
    expect(list.revokes(session(), { accessKeyId: null, tokenId: 'jti-2' })).toBe(false);
    expect(list.revokes(session(), SHOWN)).toBe(false);
  });
});

describe('the list', () => {
  test('keeps of equal revocations the one that reaches furthest, in whatever order they come', () => {
    const early = { sequence: 1, marks: [roleMark('R')], issuedUntilSeconds: 10, expiresAtSeconds: 110 };
    const late = { sequence: 2, marks: [roleMark('R')], issuedUntilSeconds: 20, expiresAtSeconds: 120 };
    for (const order of [
      [early, late],
      [late, early],
      [late, early, late],
    ]) {
      const list = new RevocationList(0);
      list.add(order);
      expect([list.count, list.lastSequence]).toEqual([1, 2]);
      expect(list.touches(new Set([roleMark('R')]), issuedAt(20))).toBe(true);
      expect(list.touches(new Set([roleMark('R')]), issuedAt(21))).toBe(false);
    }
  });

  test('keeps different combinations of one first mark apart', () => {
    const list = new RevocationList(0);
    const of = (name: string, sequence: number) => ({
      sequence,
      marks: sortMarks([roleMark('R'), tagMark('Team', name)]),
      issuedUntilSeconds: 10,
      expiresAtSeconds: 110,
    });
    list.add([of('red', 1), of('blue', 2)]);
    expect(list.count).toBe(2);
    expect(list.touches(new Set([roleMark('R'), tagMark('Team', 'blue')]), issuedAt(10))).toBe(true);
    expect(list.touches(new Set([roleMark('R'), tagMark('Team', 'green')]), issuedAt(10))).toBe(false);
  });

  test('forgets what has expired and keeps where it had read to', () => {
    const list = listOf([roleMark('R')], { sequence: 7 });
    list.forgetExpired(NOW + 99);
    expect(list.count).toBe(1);
    list.forgetExpired(NOW + 200);
    expect([list.count, list.lastSequence, [...list.all()]]).toEqual([0, 7, []]);
    expect(list.touches(new Set([roleMark('R')]), issuedAt(NOW))).toBe(false);
  });

  test('a check among ten thousand looks at those of its own marks alone', () => {
    const list = new RevocationList(0);
    let looked = 0;
    const watched = (sequence: number) => {
      const marks = [sessionMark(`ses_${sequence}`)];
      const revocation = { sequence, marks, expiresAtSeconds: NOW * 2 };
      return Object.defineProperty(revocation, 'issuedUntilSeconds', {
        get: () => {
          looked += 1;
          return NOW;
        },
      }) as unknown as Parameters<RevocationList['add']>[0][number];
    };
    list.add(Array.from({ length: 10_000 }, (_, at) => watched(at + 1)));
    expect(list.revokes(session({ sessionId: 'ses_5000' }), SHOWN)).toBe(true);
    expect(list.revokes(session({ sessionId: 'ses_none' }), SHOWN)).toBe(false);
    expect(looked).toBe(1);
  });
});

describe('a session that was chained from others ends', () => {
  const ancestor = { sessionId: 'ses_0', issuedAtSeconds: NOW, roleId: 'AROAFIRST', sourceIdentity: true };
  const child = session({
    issuedAtSeconds: NOW + 3,
    chained: true,
    federation: null,
    lineage: { origin: { type: 'user', userId: 'AIDA1' }, ancestors: [ancestor] },
  });

  test.each([
    ['its ancestor', [sessionMark('ses_0')]],
    ['the role of its ancestor', [roleMark('AROAFIRST')]],
    ['the user at the beginning', [userMark('AIDA1')]],
    ['a source identity that the ancestor bore', [sourceIdentityMark('anna')]],
    ['several of them', [sessionMark('ses_0'), userMark('AIDA1'), roleMark('AROAFIRST')]],
    ['every session until then', []],
  ] as const)('with %s, by the age of the ancestor', (_, marks) => {
    expect(listOf(marks, { grace: 5 }).revokes(child, SHOWN)).toBe(true);
    expect(listOf(marks, { grace: 5, until: NOW - 1 }).revokes(child, SHOWN)).toBe(false);
  });

  test.each([
    ['its own role', [roleMark('AROAEXAMPLE')]],
    ['both roles: no session has two', [roleMark('AROAEXAMPLE'), roleMark('AROAFIRST')]],
    ['another session', [sessionMark('ses_1')]],
    ['another user', [userMark('AIDA2')]],
    ['root', [ROOT_MARK]],
  ] as const)('not with %s, up to a moment before it began', (_, marks) => {
    expect(listOf(marks, { grace: 5 }).revokes(child, SHOWN)).toBe(false);
  });

  test('not with a source identity that its ancestor did not bear yet', () => {
    const lineage = { origin: null, ancestors: [{ ...ancestor, sourceIdentity: false }] };
    const marks = [sourceIdentityMark('anna')];
    expect(listOf(marks, { grace: 5 }).revokes({ ...child, lineage }, SHOWN)).toBe(false);
  });

  test('with a tag within the grace: those of its ancestor are not known', () => {
    const marks = [tagMark('team', 'Red')];
    expect(listOf(marks, { grace: 5 }).revokes(child, SHOWN)).toBe(true);
    expect(listOf(marks, { grace: 2 }).revokes(child, SHOWN)).toBe(false);
  });
});

describe('a credential ends with what it was made from', () => {
  const CLIENT = 'dpc-111122223333-AAAAAAAAAAAAAAAAAAAAAA';
  const ancestor = { sessionId: 'ses_0', issuedAtSeconds: NOW, roleId: 'AROAFIRST', sourceIdentity: false };
  const made = session({
    madeFrom: [CLIENT, 'jti1'],
    lineage: {
      origin: { type: 'user', userId: 'AIDA1', accessKeyId: 'AKIA1' },
      ancestors: [{ ...ancestor, madeFrom: ['jti0', 'ASIA0'] }],
    },
  });

  test.each([
    ['the token before it', [credentialMark('jti1')]],
    ['the client that had that', [clientMark(CLIENT)]],
    ['the credential that began its session', [credentialMark('ASIA0')]],
    ['what that was made from', [credentialMark('jti0')]],
    ['the long-term key at the beginning', [credentialMark('AKIA1')]],
    ['several that one session bears', [sessionMark('ses_0'), credentialMark('jti0'), roleMark('AROAFIRST')]],
  ] as const)('%s', (_, marks) => {
    expect(listOf(marks).revokes(made, SHOWN)).toBe(true);
  });

  test.each([
    ['another token', [credentialMark('jti2')]],
    ['a credential that is called like the client', [credentialMark(CLIENT)]],
    ['a client that is called like the credential', [clientMark('jti1')]],
    ['another client', [clientMark(CLIENT.replace('A', 'B'))]],
    ['what no one session bears', [credentialMark('jti1'), credentialMark('jti0')]],
  ] as const)('and not with %s', (_, marks) => {
    expect(listOf(marks).revokes(made, SHOWN)).toBe(false);
  });

  test('its session does not: others of its credentials live on', () => {
    const { madeFrom: _, ...sibling } = made;
    expect(listOf([credentialMark('jti1')]).revokes(sibling, SHOWN)).toBe(false);
  });
});

describe('marks', () => {
  test('are sorted the most telling first, each once', () => {
    expect(
      sortMarks([
        providerMark('p'),
        tagMark('b', '1'),
        tagMark('a', '1'),
        sessionMark('s'),
        sessionMark('s'),
      ]),
    ).toEqual([sessionMark('s'), tagMark('a', '1'), tagMark('b', '1'), providerMark('p')]);
  });

  test('are read again, and nothing else is', () => {
    for (const mark of marksOf(session(), SHOWN)) {
      const parsed = parseMark(mark);
      expect(`${parsed?.kind}:${parsed?.value}`).toBe(mark);
    }
    for (const text of ['', 'role', ':x', '__proto__:x', 'roles:x']) expect(parseMark(text)).toBeNull();
  });
});
