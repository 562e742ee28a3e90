/** `/oauth/userinfo`: an application asks who has signed in. @see OpenID Connect Core section 5.3, RFC 6750, RFC 9449 section 7 */
import { Fault } from '../../core/faults.ts';
import { believeBearer } from '../../usecases/authenticate-bearer.ts';
import { userInfo } from '../../usecases/oauth/user-info.ts';
import { eventOf } from '../../usecases/record.ts';
import { shownAccessToken } from '../http/caller.ts';
import type { DoorRequest } from '../http/door.ts';
import { nextNonce } from '../http/dpop.ts';
import { jsonAnswer } from '../http/headers.ts';

/** By GET or POST; the token stands in the header alone, for whatever is in an address is kept by many. */
export async function userInfoEndpoint(door: DoorRequest): Promise<Response> {
  const { request, facts, deps } = door;
  if (request.method !== 'GET' && request.method !== 'POST')
    throw new Fault('method_not_allowed', 'this endpoint is called by GET or POST');
  const shown = shownAccessToken(door);
  if (shown === null) throw new Fault('missing_authentication', 'the request must carry an access token');
  const bearer = await believeBearer(shown.text, shown.proof, facts, deps);
  const claims = await userInfo(bearer, deps);
  const { accountId, auditIdentity } = bearer.caller;
  const operation = {
    ...{ accountId, source: 'daypass.amazonaws.com', name: 'UserInfo', identity: auditIdentity },
    ...{ readOnly: true, parameters: { clientId: bearer.token.clientId } },
  };
  deps.audit.note(eventOf(operation, {}, facts, deps.random), facts.near);
  return jsonAnswer(facts.requestId, 200, claims, await nextNonce(door));
}
