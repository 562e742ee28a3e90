/** Setup: `POST /setup` with the deployment's setup token, once. */
import { Fault } from '../../core/faults.ts';
import { asFault } from '../../usecases/record.ts';
import { type SetupInput, setUp } from '../../usecases/set-up.ts';
import { readBody } from '../http/body.ts';
import type { DoorRequest } from '../http/door.ts';
import { jsonAnswer } from '../http/headers.ts';
import { parseJsonObject } from '../http/json-body.ts';
import { jsonRefusal } from '../http/json-refusal.ts';
import { bearerSecret, secretChallenge } from './bearer-secret.ts';

const MAX_BODY_BYTES = 4096;
const EMAIL = /^[^\s@\u0000-\u001f]{1,64}@[^\s@\u0000-\u001f]{1,190}$/;
const ALIAS = /^[a-z0-9](?:[a-z0-9]|-(?!-)){1,61}[a-z0-9]$/;

export async function setupDoor(door: DoorRequest): Promise<Response> {
  const { request, facts, deps } = door;
  try {
    if (request.method !== 'POST') throw new Fault('method_not_allowed', 'setup is called by POST');
    if ((await deps.directory.setUpAccount()) !== null) {
      throw new Fault('already_set_up', 'this deployment is set up already');
    }
    if ((await bearerSecret(request, deps.settings.setupToken)) === null) {
      throw new Fault('missing_authentication', 'setup needs the setup token of this deployment');
    }
    const bootstrap = await setUp(readInput(await readBody(request, MAX_BODY_BYTES)), facts, deps);
    return jsonAnswer(facts.requestId, 200, bootstrap);
  } catch (error) {
    return jsonRefusal(door, asFault(error), secretChallenge);
  }
}

function readInput(body: Uint8Array): SetupInput {
  const { email, accountAlias } = parseJsonObject(body);
  if (typeof email !== 'string' || !EMAIL.test(email))
    throw new Fault('validation_error', '`email` must be an e-mail address');
  if (accountAlias === undefined || accountAlias === null) return { email, accountAlias: null };
  if (typeof accountAlias === 'string' && ALIAS.test(accountAlias)) return { email, accountAlias };
  throw new Fault(
    'validation_error',
    '`accountAlias` must be 3 to 63 lower-case letters, digits and single hyphens',
  );
}
