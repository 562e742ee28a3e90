/** Reads an authorization request. Until client and redirect URI are trusted, what is wrong is told here, on a page of ours. */
import { nowSecondsOf } from '../../core/context/request-context.ts';
import { Fault } from '../../core/faults.ts';
import { type AuthorizationRequest, responseModeOf } from '../../core/oauth/authorization-request.ts';
import type { OAuthClient } from '../../core/oauth/client.ts';
import { personalClientOf } from '../../core/oauth/personal-client.ts';
import { matchesRedirectUri } from '../../core/oauth/redirect-uri.ts';
import { type AuthorizationUnderWay, newAuthorization } from '../../usecases/authorization-under-way.ts';
import { inVain, refuseExhausted } from '../../usecases/lookups.ts';
import { findClientById } from '../../usecases/oauth/find-client.ts';
import { requireAskable } from '../../usecases/personal-grant.ts';
import { isPushedUri, takePushedRequest } from '../../usecases/pushed-request.ts';
import { readAuthorizationRequest } from '../../usecases/read-authorization-request.ts';
import { asFault } from '../../usecases/record.ts';
import type { DoorRequest } from '../http/door.ts';
import { type ClientAnswerTo, clientAnswer } from './client-answer.tsx';

type Parameters = ReadonlyMap<string, string>;

/**
 * @param given - the parameters that came, each once
 * @returns the request, or the answer that refuses it to the client
 */
export async function beginAuthorization(
  door: DoorRequest,
  given: Parameters,
): Promise<AuthorizationUnderWay | Response> {
  refuseExhausted(door.facts, door.deps);
  const client = await requireClient(given.get('client_id'), door);
  const parameters = await pushedOr(given, client, door);
  const redirectUri = requireRedirectUri(parameters.get('redirect_uri'), client);
  const to = {
    redirectUri,
    responseMode: responseModeOf(parameters),
    state: parameters.get('state') ?? null,
  };
  const refuse = (error: string, message: string): Response | Promise<Response> =>
    clientAnswer(door, to, { error, error_description: message });
  if (!client.settings.grantTypes.includes('authorization_code')) {
    return refuse('unauthorized_client', 'this application is not registered for authorization codes');
  }
  const startedAtSeconds = nowSecondsOf(door.facts);
  const parsed = await readAuthorizationRequest(redirectUri, parameters, client, startedAtSeconds, door.deps);
  if (!parsed.ok) return refuse(parsed.failure.error, parsed.failure.message);
  const refused = await refusedAsking(door, client, parsed.value, to);
  if (refused !== null) return refused;
  const { accountId, clientId } = client;
  return newAuthorization({ accountId, clientId, request: parsed.value, startedAtSeconds }, door.deps);
}

const OF_THE_REQUEST: ReadonlySet<string> = new Set([
  'invalid_scope',
  'invalid_target',
  'invalid_authorization_details',
]);

async function refusedAsking(
  door: DoorRequest,
  client: OAuthClient,
  wish: AuthorizationRequest,
  to: ClientAnswerTo,
): Promise<Response | null> {
  try {
    await requireAskable(personalClientOf(client), wish, door.deps);
    return null;
  } catch (error) {
    const { code, message } = asFault(error);
    if (!OF_THE_REQUEST.has(code)) throw error;
    return clientAnswer(door, to, { error: code, error_description: message });
  }
}

/** @throws Fault `validation_error` for a parameter that stands twice */
export function readQuery(url: URL): Parameters {
  const parameters = new Map<string, string>();
  for (const [name, value] of url.searchParams) {
    if (parameters.has(name)) throw new Fault('validation_error', 'the application sent a parameter twice');
    if (value !== '') parameters.set(name, value);
  }
  return parameters;
}

async function requireClient(clientId: string | undefined, { deps }: DoorRequest): Promise<OAuthClient> {
  const client = clientId === undefined ? null : await findClientById(clientId, deps);
  if (client !== null) return client;
  throw new Fault('validation_error', 'this application is not registered here', { ...inVain });
}

/** What a client has pushed stands alone: whatever the browser says beside it is passed over. @see RFC 9126 section 4 */
async function pushedOr(
  given: Parameters,
  client: OAuthClient,
  { facts, deps }: DoorRequest,
): Promise<Parameters> {
  const uri = given.get('request_uri');
  if (uri === undefined || !isPushedUri(uri)) return given;
  const pushed = await takePushedRequest(uri, client, nowSecondsOf(facts), deps);
  if (pushed !== null) return pushed;
  throw new Fault(
    'validation_error',
    'the request of the application has expired or was used; go back to it',
    {
      ...inVain,
    },
  );
}

function requireRedirectUri(asked: string | undefined, { settings }: OAuthClient): string {
  if (asked !== undefined && matchesRedirectUri(settings.redirectUris, asked)) return asked;
  throw new Fault(
    'validation_error',
    'the application wants its answer at an address that is not registered',
  );
}
