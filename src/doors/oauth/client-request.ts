/** A request to an endpoint for clients beside the token endpoint: its form, and the client that has proved itself. */
import { Fault } from '../../core/faults.ts';
import type { ClientGrantType, OAuthClient } from '../../core/oauth/client.ts';
import { refuseExhausted } from '../../usecases/lookups.ts';
import { authenticateClient, requireGrant } from '../../usecases/oauth/authenticate-client.ts';
import type { DoorRequest } from '../http/door.ts';
import { readShownClient } from './client-authentication/index.ts';
import { readForm } from './form.ts';
import type { TokenParameters } from './grants/grant.ts';

const MAX_BODY_BYTES = 64 * 1024;

export interface ClientRequest {
  readonly client: OAuthClient;
  readonly parameters: TokenParameters;
}

/**
 * Reads it.
 * @param grantType - what the client must be registered for
 * @throws Fault `unauthorized_client`, and as `readAnyClientRequest`
 */
export async function readClientRequest(
  door: DoorRequest,
  grantType: ClientGrantType,
): Promise<ClientRequest> {
  const read = await readAnyClientRequest(door);
  requireGrant(read.client, grantType);
  return read;
}

/**
 * Reads it, whatever the client is registered for.
 * @throws Fault `invalid_client`, `method_not_allowed`, `validation_error`
 */
export async function readAnyClientRequest({
  request,
  address,
  facts,
  deps,
}: DoorRequest): Promise<ClientRequest> {
  refuseExhausted(facts, deps);
  if (request.method !== 'POST') throw new Fault('method_not_allowed', 'this endpoint is called by POST');
  if (address.hasQuery) throw new Fault('validation_error', 'parameters must stand in the body');
  const { parameters } = await readForm(request, MAX_BODY_BYTES);
  const shown = readShownClient(request, parameters);
  const otherProof = request.headers.has('authorization') && shown?.method !== 'client_secret_basic';
  if (shown === null || otherProof) throw new Fault('invalid_client', 'client authentication failed');
  return { client: await authenticateClient(shown, facts, deps), parameters };
}
