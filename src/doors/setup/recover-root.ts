/** Root's recovery: `POST /setup/recover-root` with the deployment's recovery token, once. */
import { isAccountId } from '../../core/arn.ts';
import { Fault } from '../../core/faults.ts';
import { chargeInVain, inVain, refuseExhausted } from '../../usecases/lookups.ts';
import { asFault } from '../../usecases/record.ts';
import { noteRefusedRecovery, recoverRoot } from '../../usecases/recover-root.ts';
import { readBody } from '../http/body.ts';
import type { DoorRequest } from '../http/door.ts';
import { jsonAnswer } from '../http/headers.ts';
import { parseJsonObject } from '../http/json-body.ts';
import { jsonRefusal } from '../http/json-refusal.ts';
import { bearerSecret, secretChallenge } from './bearer-secret.ts';

const MAX_BODY_BYTES = 1024;

export async function recoverRootDoor(door: DoorRequest): Promise<Response> {
  const { request, facts, deps } = door;
  try {
    if (request.method !== 'POST') throw new Fault('method_not_allowed', 'recovery is called by POST');
    const token = await requireToken(door);
    const { accountId } = parseJsonObject(await readBody(request, MAX_BODY_BYTES));
    if (typeof accountId !== 'string' || !isAccountId(accountId)) {
      throw new Fault('validation_error', '`accountId` must be the 12 digits of an account');
    }
    return jsonAnswer(facts.requestId, 200, await recoverRoot({ accountId, token }, facts, deps));
  } catch (error) {
    const fault = asFault(error);
    // Nobody can get through while no token is set; that is no event.
    if (deps.settings.recoveryToken !== null) await noteRefusedRecovery(fault, facts, deps);
    return jsonRefusal(door, fault, secretChallenge);
  }
}

/** Whoever has tried in vain too often is not looked at; that is no one else's loss. */
async function requireToken({ request, facts, deps }: DoorRequest): Promise<string> {
  refuseExhausted(facts, deps);
  const token = await bearerSecret(request, deps.settings.recoveryToken);
  if (token !== null) return token;
  const fault = new Fault(
    'missing_authentication',
    'root is recovered with the recovery token of this deployment',
    inVain,
  );
  chargeInVain(fault, facts, deps);
  throw fault;
}
