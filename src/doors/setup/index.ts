/** Setup: `POST /setup` with the deployment's setup token, once. */
import { equalBytes, utf8 } from '../../core/bytes.ts';
import { Fault } from '../../core/faults.ts';
import { asFault } from '../../usecases/record.ts';
import { type SetupInput, setUp } from '../../usecases/set-up.ts';
import { readBody } from '../http/body.ts';
import type { DoorRequest } from '../http/door.ts';
import { jsonAnswer } from '../http/headers.ts';
import { parseJsonObject } from '../http/json-body.ts';
import { JSON_STATUS } from '../http/json-faults.ts';
import { jsonRefusal } from '../http/json-refusal.ts';
import type { Challenger } from '../http/token-challenge.ts';

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
    await requireSetupToken(request.headers.get('authorization'), deps.settings.setupToken);
    const bootstrap = await setUp(readInput(await readBody(request, MAX_BODY_BYTES)), facts, deps);
    return jsonAnswer(facts.requestId, 200, bootstrap);
  } catch (error) {
    return jsonRefusal(door, asFault(error), setupChallenge);
  }
}

/** It takes its own token alone. */
const setupChallenge: Challenger = (_door, { code }) => {
  const status = JSON_STATUS[code];
  return { status, challenge: status === 401 ? { 'www-authenticate': 'Bearer' } : {} };
};

/** Compared by digest, so that neither length nor content shows in the time. */
async function requireSetupToken(header: string | null, expected: string | null): Promise<void> {
  const given = /^Bearer ([\x21-\x7e]{1,512})$/i.exec(header ?? '')?.[1] ?? '';
  const [left, right] = await Promise.all([digest(given), digest(expected ?? '')]);
  if (expected !== null && equalBytes(left, right)) return;
  throw new Fault('missing_authentication', 'setup needs the setup token of this deployment');
}

const digest = async (text: string): Promise<Uint8Array> =>
  new Uint8Array(await crypto.subtle.digest('SHA-256', utf8(text)));

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
