import type { AuditEvent } from '../../src/core/audit/event.ts';
import { START_SECONDS } from './fake-world.ts';

/** A plain event of a change; what a test says of it lies over. */
export const auditEvent = (over: Partial<AuditEvent> = {}): AuditEvent => ({
  eventId: crypto.randomUUID(),
  accountId: '111122223333',
  atMilliseconds: START_SECONDS * 1000,
  eventSource: 'iam.amazonaws.com',
  eventName: 'CreateUser',
  identity: {
    type: 'IAMUser',
    principalId: 'AIDAEXAMPLE',
    arn: 'arn:aws:iam::111122223333:user/admin',
    accountId: '111122223333',
  },
  outcome: 'success',
  sourceIp: '192.0.2.1',
  userAgent: 'test',
  requestId: 'req-1',
  readOnly: false,
  requestParameters: { UserName: 'anna' },
  responseElements: null,
  errorMessage: null,
  ...over,
});
