/** A refusal as OAuth's endpoints answer it. @see RFC 6749 section 5.2 */
import type { Fault } from '../../core/faults.ts';
import type { RequestFailure } from '../../core/oauth/authorization-request.ts';
import { chargeInVain } from '../../usecases/lookups.ts';
import { RoleChoiceFault } from '../../usecases/mapped-roles.ts';
import { asFault } from '../../usecases/record.ts';
import type { DoorHandler, DoorRequest } from '../http/door.ts';
import { wantedNonce } from '../http/dpop.ts';
import { jsonAnswer } from '../http/headers.ts';
import { OAUTH_FAULTS } from './faults.ts';

/** An endpoint for clients: whatever goes wrong has OAuth's form, and looking for what is not there counts. */
export const clientEndpoint =
  (run: DoorHandler): DoorHandler =>
  async (door) => {
    try {
      return await run(door);
    } catch (error) {
      const fault = asFault(error);
      chargeInVain(fault, door.facts, door.deps);
      return oauthRefusal(door, fault);
    }
  };

export function oauthRefusal({ facts, deps }: DoorRequest, fault: Fault): Response {
  const { error, status } = OAUTH_FAULTS[fault.code];
  if (status >= 500)
    deps.log('error', 'oauth.failed', { code: fault.code, requestId: facts.requestId, ...fault.detail });
  const challenge: Record<string, string> =
    status === 401 ? { 'www-authenticate': 'Basic realm="daypass"' } : {};
  return jsonAnswer(
    facts.requestId,
    status,
    {
      error,
      error_description: describe(fault.message),
      ...(fault instanceof RoleChoiceFault && { roles: fault.roles }),
    },
    { ...challenge, ...wantedNonce(fault) },
  );
}

/** What is wrong with an authorization request, told to a client that pushed it by its own name. @see RFC 9126 section 2.3 */
export const requestRefusal = ({ facts }: DoorRequest, { error, message }: RequestFailure): Response =>
  jsonAnswer(facts.requestId, 400, { error, error_description: describe(message) });

/** RFC 6749 section 5.2 admits printable ASCII without quotation mark and backslash. */
const describe = (message: string): string =>
  message.replace(/[^\x20-\x21\x23-\x5b\x5d-\x7e]/g, "'").slice(0, 500);
