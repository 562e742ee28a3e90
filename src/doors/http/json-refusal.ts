import type { Fault } from '../../core/faults.ts';
import type { DoorRequest } from './door.ts';
import { jsonAnswer } from './headers.ts';
import { type Challenger, tokenChallenge } from './token-challenge.ts';

/**
 * A fault as the JSON doors answer it: code, sentence and request id. What went wrong inside goes to the log alone.
 * @param challenger - what the refused may try; by default an access token of ours
 */
export function jsonRefusal(
  door: DoorRequest,
  fault: Fault,
  challenger: Challenger = tokenChallenge,
): Response {
  const { facts, deps } = door;
  const { requestId } = facts;
  const { status, challenge } = challenger(door, fault);
  if (status >= 500) deps.log('error', 'request.failed', { requestId, code: fault.code, ...fault.detail });
  return jsonAnswer(
    requestId,
    status,
    { error: fault.code, message: fault.message, request_id: requestId },
    challenge,
  );
}
