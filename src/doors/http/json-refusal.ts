import type { Fault } from '../../core/faults.ts';
import { ACR_MFA } from '../../core/sign-in/session.ts';
import { AccessDenied } from '../../usecases/authorize.ts';
import type { DoorRequest } from './door.ts';
import { jsonAnswer } from './headers.ts';
import { JSON_STATUS } from './json-faults.ts';

/** A fault as the JSON doors answer it: code, sentence and request id. What went wrong inside goes to the log alone. */
export function jsonRefusal(door: DoorRequest, fault: Fault): Response {
  const { facts, deps } = door;
  const { requestId } = facts;
  const { status, challenge } = challengeOf(door, fault);
  if (status >= 500) deps.log('error', 'request.failed', { requestId, code: fault.code, ...fault.detail });
  return jsonAnswer(
    requestId,
    status,
    { error: fault.code, message: fault.message, request_id: requestId },
    challenge,
  );
}

interface Challenged {
  readonly status: number;
  readonly challenge: Readonly<Record<string, string>>;
}

/**
 * What the refused could do about it: authenticate; or, with a bearer token for which a second factor alone is missing, get one that
 * has it.
 * @see RFC 9470 section 3
 */
function challengeOf({ request }: DoorRequest, fault: Fault): Challenged {
  const status = JSON_STATUS[fault.code];
  if (status === 401) return { status, challenge: { 'www-authenticate': 'Bearer' } };
  const bearer = /^bearer /i.test(request.headers.get('authorization') ?? '');
  if (!bearer || !(fault instanceof AccessDenied) || !fault.wantsSecondFactor()) {
    return { status, challenge: {} };
  }
  const challenge = `Bearer error="insufficient_user_authentication", error_description="a second factor is needed", acr_values="${ACR_MFA}"`;
  return { status: 401, challenge: { 'www-authenticate': challenge } };
}
