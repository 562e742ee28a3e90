import type { Fault } from '../../core/faults.ts';
import type { DoorRequest } from './door.ts';
import { jsonAnswer } from './headers.ts';
import { JSON_STATUS } from './json-faults.ts';

/** A fault as the JSON doors answer it: code, sentence and request id. What went wrong inside goes to the log alone. */
export function jsonRefusal({ facts, deps }: DoorRequest, fault: Fault): Response {
  const { requestId } = facts;
  const status = JSON_STATUS[fault.code];
  if (status >= 500) deps.log('error', 'request.failed', { requestId, code: fault.code, ...fault.detail });
  const challenge: Record<string, string> = status === 401 ? { 'www-authenticate': 'Bearer' } : {};
  return jsonAnswer(
    requestId,
    status,
    { error: fault.code, message: fault.message, request_id: requestId },
    challenge,
  );
}
