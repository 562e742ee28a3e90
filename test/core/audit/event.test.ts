import { describe, expect, test } from 'vitest';
import { principalArnOf, toCloudTrail } from '../../../src/core/audit/event.ts';
import { auditEvent } from '../../helpers/audit-events.ts';

describe("an event in CloudTrail's shape", () => {
  test('of a success has no error', () => {
    expect(toCloudTrail(auditEvent({ eventId: 'e1', responseElements: { userId: 'AIDA1' } }))).toEqual({
      eventVersion: '1.11',
      userIdentity: {
        type: 'IAMUser',
        principalId: 'AIDAEXAMPLE',
        arn: 'arn:aws:iam::111122223333:user/admin',
        accountId: '111122223333',
      },
      eventTime: '2026-11-24T12:00:00.000Z',
      eventSource: 'iam.amazonaws.com',
      eventName: 'CreateUser',
      sourceIPAddress: '192.0.2.1',
      userAgent: 'test',
      requestParameters: { UserName: 'anna' },
      responseElements: { userId: 'AIDA1' },
      requestID: 'req-1',
      eventID: 'e1',
      readOnly: false,
      eventType: 'AwsApiCall',
      managementEvent: true,
      recipientAccountId: '111122223333',
    });
  });

  test('of a refusal names the error as AWS spells it, and the detail for the administrator', () => {
    const event = auditEvent({
      outcome: 'no_such_entity',
      errorMessage: 'there is no such user',
      detail: { looked: 'by name' },
    });
    expect(toCloudTrail(event)).toMatchObject({
      errorCode: 'NoSuchEntity',
      errorMessage: 'there is no such user',
      additionalEventData: { looked: 'by name' },
    });
  });

  test('keeps milliseconds', () => {
    expect(toCloudTrail(auditEvent({ atMilliseconds: 1234 })).eventTime).toBe('1970-01-01T00:00:01.234Z');
  });

  test("cuts what outsiders choose: the agent's name and the message", () => {
    const long = 'x'.repeat(5000);
    const written = toCloudTrail(
      auditEvent({ userAgent: long, errorMessage: long, outcome: 'access_denied' }),
    );
    expect(written).toMatchObject({ userAgent: 'x'.repeat(1024), errorMessage: 'x'.repeat(1024) });
  });

  test('writes the members it names and no other that somebody hung on', () => {
    const loaded = { ...auditEvent(), secretAccessKey: 'hush', idToken: 'hush', password: 'hush' };
    expect(JSON.stringify(toCloudTrail(loaded))).not.toContain('hush');
  });

  test('a line break in what outsiders choose stays inside its text', () => {
    const written = JSON.stringify(toCloudTrail(auditEvent({ userAgent: 'a\r\n{"eventName":"Forged"}' })));
    expect(written).not.toMatch(/[\r\n]/);
    expect(JSON.parse(written)).toMatchObject({ eventName: 'CreateUser' });
  });
});

test('an event is searched by the ARN of who acted, where there is one', () => {
  expect(principalArnOf(auditEvent().identity)).toBe('arn:aws:iam::111122223333:user/admin');
  expect(principalArnOf({ type: 'Anonymous' })).toBeNull();
  expect(principalArnOf({ type: 'Deployment' })).toBeNull();
  expect(principalArnOf({ type: 'WebIdentityUser', identityProvider: 'p', userName: 'anna' })).toBeNull();
});
