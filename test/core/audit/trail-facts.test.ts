import { describe, expect, test } from 'vitest';
import type { TrailEvent } from '../../../src/core/audit/trail-event.ts';
import { factsOf } from '../../../src/core/audit/trail-facts.ts';

const ACCOUNT = '111122223333';
const NOTHING = { sessions: [], credentials: [], lastUses: [], serviceAccesses: [] };

const event = (over: Partial<TrailEvent> = {}): TrailEvent => ({
  accountId: ACCOUNT,
  atMilliseconds: 7999,
  eventSource: 'sts.amazonaws.com',
  eventName: 'AssumeRole',
  outcome: 'success',
  body: {},
  ...over,
});

const elements = (over: object = {}, session: object = {}) => ({
  responseElements: {
    sessionId: 'ses_a',
    accessKeyId: 'ASIA1',
    expiration: 3607,
    session: {
      account: ACCOUNT,
      kind: 'role',
      arn: 'arn:a',
      principalId: 'AROA1',
      issuedAt: 7,
      ...session,
    },
    ...over,
  },
});

describe('an issuance', () => {
  test('tells of its session and its credential, absent things as null', () => {
    const { sessions, credentials } = factsOf([event({ body: elements() })]);
    expect(sessions).toEqual([
      {
        accountId: ACCOUNT,
        sessionId: 'ses_a',
        kind: 'role',
        principalArn: 'arn:a',
        principalId: 'AROA1',
        sourceIdentity: null,
        provider: null,
        subject: null,
        tags: '[]',
        issuedAtSeconds: 7,
        expiresAtSeconds: 3607,
        fromSessionId: null,
        begunByArn: null,
        instanceId: null,
        userId: null,
        lineage: null,
      },
    ]);
    expect(credentials).toEqual([
      {
        accountId: ACCOUNT,
        credentialId: 'ASIA1',
        sessionId: 'ses_a',
        issuedAtSeconds: 7,
        expiresAtSeconds: 3607,
      },
    ]);
  });

  test('of a token is known by the id of the token, and one of a cookie has no credential', () => {
    const credentialsOf = (over: object) =>
      factsOf([event({ body: elements({ accessKeyId: undefined, ...over }) })]).credentials;
    expect(credentialsOf({ tokenId: 'tok_1' }).map(({ credentialId }) => credentialId)).toEqual(['tok_1']);
    expect(credentialsOf({})).toEqual([]);
  });

  test('in another account than the event belongs to the account that it names', () => {
    const { sessions } = factsOf([event({ body: elements({}, { account: '999988887777' }) })]);
    expect(sessions.map(({ accountId }) => accountId)).toEqual(['999988887777']);
  });

  test.each([
    ['refused', event({ outcome: 'access_denied', body: elements() })],
    ['without an id', event({ body: elements({ sessionId: undefined }) })],
    ['with an id that is no text', event({ body: elements({ sessionId: 5 }) })],
    ['without an end', event({ body: elements({ expiration: null }) })],
    ['whose end is a text', event({ body: elements({ expiration: '3607' }) })],
    ['without a moment', event({ body: elements({}, { issuedAt: undefined }) })],
    ['without an account', event({ body: elements({}, { account: null }) })],
    ['without a principal', event({ body: elements({}, { principalId: undefined }) })],
    ['whose session is a text', event({ body: elements({ session: 'ses_a' }) })],
    ['whose elements are a list', event({ body: { responseElements: ['ses_a'] } })],
    ['without anything', event({ body: { responseElements: null } })],
  ])('%s tells nothing', (_, refused) => {
    expect(factsOf([refused])).toEqual(NOTHING);
  });
});

describe('a use', () => {
  const by = (userIdentity: unknown, over: Partial<TrailEvent> = {}) =>
    event({ ...over, body: { userIdentity, awsRegion: 'eu-west-1' } });

  test('counts once for each key, role and session, at its newest moment, in any order', () => {
    const role = {
      type: 'AssumedRole',
      principalId: 'AROA1:anna',
      sessionId: 'ses_a',
      accessKeyId: 'AKIA1',
    };
    const moments = [3000, 5000, 4000].map((atMilliseconds) => by(role, { atMilliseconds }));
    const { lastUses, serviceAccesses } = factsOf(moments);
    const use = { accountId: ACCOUNT, atMilliseconds: 5000, region: 'eu-west-1', service: 'sts' };
    expect(lastUses).toEqual([
      { ...use, kind: 'access-key', id: 'AKIA1' },
      { ...use, kind: 'role', id: 'AROA1' },
      { ...use, kind: 'session', id: 'ses_a' },
    ]);
    expect(serviceAccesses).toEqual([{ ...use, principalId: 'AROA1', action: 'AssumeRole' }]);
  });

  test('in two accounts are two, whatever stands in their ids', () => {
    const identity = { type: 'IAMUser', principalId: 'a","b', accessKeyId: 'AKIA1' };
    const { lastUses, serviceAccesses } = factsOf([by(identity), by(identity, { accountId: '9' })]);
    expect(lastUses.map(({ accountId }) => accountId)).toEqual([ACCOUNT, '9']);
    expect(serviceAccesses.map(({ accountId }) => accountId)).toEqual([ACCOUNT, '9']);
  });

  test.each([
    ['nobody', undefined],
    ['a text', 'AKIA1'],
    ['a temporary key alone', { type: 'IAMUser', accessKeyId: 'ASIA1' }],
    ['a key that is no text', { accessKeyId: ['AKIA1'] }],
    ['a role without a name of its session', { type: 'AssumedRole', principalId: 'AROA1' }],
    ['a role without an id', { type: 'AssumedRole', principalId: ':anna' }],
    ['a user without an id', { type: 'IAMUser', principalId: '' }],
    ['root', { type: 'Root', principalId: ACCOUNT }],
  ])('by %s tells nothing', (_, identity) => {
    expect(factsOf([by(identity)])).toEqual(NOTHING);
  });

  test.each([
    ['s3:GetObject', [['s3', 'GetObject']]],
    ['S3:Get:Object', [['s3', 'Get:Object']]],
    [':GetObject', []],
    ['GetObject', []],
    [5, []],
    [undefined, []],
  ])('that a resource server asked about, %j, is of the service named', (action, expected) => {
    const body = { requestParameters: { action }, responseElements: { subjectId: 'AROA1' } };
    const asked = event({ eventName: 'Evaluate', body });
    expect(factsOf([asked]).serviceAccesses.map((each) => [each.service, each.action])).toEqual(expected);
    expect(factsOf([{ ...asked, outcome: 'access_denied' }]).serviceAccesses).toEqual([]);
  });
});
