/** `/oauth/par`: a client pushes an authorization request. @see RFC 9126 section 2 */
import { nowSecondsOf } from '../../core/context/request-context.ts';
import { Fault } from '../../core/faults.ts';
import { personalClientOf } from '../../core/oauth/personal-client.ts';
import { matchesRedirectUri } from '../../core/oauth/redirect-uri.ts';
import { requireAskable } from '../../usecases/personal-grant.ts';
import type { ProvedKey } from '../../usecases/prove-key.ts';
import { keepPushedRequest, PUSHED_SECONDS } from '../../usecases/pushed-request.ts';
import { readAuthorizationRequest } from '../../usecases/read-authorization-request.ts';
import type { DoorRequest } from '../http/door.ts';
import { findProvedKey, nextNonce } from '../http/dpop.ts';
import { jsonAnswer } from '../http/headers.ts';
import { readClientRequest } from './client-request.ts';
import type { TokenParameters } from './grants/grant.ts';
import { requestRefusal } from './refusal.ts';

/** Checks everything that the authorization endpoint will: what is wrong is told to the client, not to a person. */
export async function pushedRequestEndpoint(door: DoorRequest): Promise<Response> {
  const { facts, deps } = door;
  const key = await findProvedKey(door);
  const { client, parameters: given } = await readClientRequest(door, 'authorization_code');
  const parameters = key === null ? given : boundTo(key, given);
  if (parameters.has('request_uri')) throw new Fault('validation_error', 'request_uri is not taken here');
  const redirectUri = parameters.get('redirect_uri') ?? '';
  if (!matchesRedirectUri(client.settings.redirectUris, redirectUri)) {
    throw new Fault('validation_error', 'redirect_uri is not registered');
  }
  const parsed = await readAuthorizationRequest(redirectUri, parameters, client, nowSecondsOf(facts), deps);
  if (!parsed.ok) return requestRefusal(door, parsed.failure);
  await requireAskable(personalClientOf(client), parsed.value, deps);
  await key?.use();
  const uri = await keepPushedRequest(client, parameters, facts, deps);
  return jsonAnswer(
    facts.requestId,
    201,
    { request_uri: uri, expires_in: PUSHED_SECONDS },
    await nextNonce(door),
  );
}

/** A key that is proved here is the one of `dpop_jkt`. @see RFC 9449 section 10.1 */
function boundTo({ thumbprint }: ProvedKey, parameters: TokenParameters): TokenParameters {
  if ((parameters.get('dpop_jkt') ?? thumbprint) !== thumbprint)
    throw new Fault('invalid_dpop_proof', 'dpop_jkt is not the key of the DPoP proof');
  return new Map(parameters).set('dpop_jkt', thumbprint);
}
