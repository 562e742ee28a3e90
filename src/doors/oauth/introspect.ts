/** `/oauth/introspect`: an API asks what a token is worth now. @see RFC 7662 section 2 */
import { Fault } from '../../core/faults.ts';
import { clientIdentity } from '../../usecases/oauth/client-session.ts';
import { introspectToken } from '../../usecases/oauth/introspect-token.ts';
import { eventOf } from '../../usecases/record.ts';
import type { DoorRequest } from '../http/door.ts';
import { jsonAnswer } from '../http/headers.ts';
import { readAnyClientRequest } from './client-request.ts';

/** Whoever may ask has to prove itself: else anybody could try tokens. @see RFC 7662 section 2.1 */
export async function introspectionEndpoint(door: DoorRequest): Promise<Response> {
  const { facts, deps } = door;
  const { client, parameters } = await readAnyClientRequest(door);
  if (client.settings.authenticationMethod === 'none')
    throw new Fault('invalid_client', 'a client that proves nothing cannot ask');
  const token = parameters.get('token');
  if (token === undefined) throw new Fault('missing_parameter', 'token is missing');
  const answer = await introspectToken(token, client, facts, deps);
  const operation = {
    ...{ accountId: client.accountId, source: 'daypass.amazonaws.com', name: 'IntrospectToken' },
    ...{ identity: clientIdentity(client), readOnly: true, parameters: { clientId: client.clientId } },
  };
  const elements = {
    active: answer.active,
    ...(answer.active && { subject: answer.sub, tokenId: answer.jti }),
  };
  deps.audit.note(eventOf(operation, { elements }, facts, deps.random), facts.near);
  return jsonAnswer(facts.requestId, 200, answer);
}
