/** `/oauth/revoke`: a client gives a token back. @see RFC 7009 section 2 */
import { Fault } from '../../core/faults.ts';
import { revokeToken } from '../../usecases/oauth/revoke-token.ts';
import type { DoorRequest } from '../http/door.ts';
import { answerHeaders } from '../http/headers.ts';
import { readAnyClientRequest } from './client-request.ts';

/** Answers the same whether there was anything to revoke. @see RFC 7009 section 2.2 */
export async function revocationEndpoint(door: DoorRequest): Promise<Response> {
  const { facts, deps } = door;
  const { client, parameters } = await readAnyClientRequest(door);
  const token = parameters.get('token');
  if (token === undefined) throw new Fault('missing_parameter', 'token is missing');
  await revokeToken(token, client, facts, deps);
  const { 'content-type': _, ...headers } = answerHeaders(facts.requestId, '');
  return new Response(null, { status: 200, headers });
}
