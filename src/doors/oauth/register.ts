/** `/oauth/register`: a client is registered by who may do so. @see RFC 7591 section 3 */
import { type Bytes, parseUtf8 } from '../../core/bytes.ts';
import { Fault } from '../../core/faults.ts';
import { clientArn } from '../../core/oauth/client.ts';
import {
  clientMetadataOf,
  type MetadataFailure,
  parseClientMetadata,
} from '../../core/oauth/client-metadata.ts';
import { findSettingsProblem } from '../../core/oauth/client-settings.ts';
import { readJson } from '../../core/policy/grammar/json-reader.ts';
import { authorize, type SignedFacts } from '../../usecases/authorize.ts';
import type { Caller } from '../../usecases/caller.ts';
import { registerNewClient } from '../../usecases/oauth/register-client.ts';
import { asFault, eventOf } from '../../usecases/record.ts';
import { readBody } from '../http/body.ts';
import { requireCaller } from '../http/caller.ts';
import type { DoorRequest } from '../http/door.ts';
import { nextNonce } from '../http/dpop.ts';
import { jsonAnswer } from '../http/headers.ts';
import { parseJsonObject } from '../http/json-body.ts';
import { JSON_STATUS } from '../http/json-faults.ts';
import { tokenChallenge } from '../http/token-challenge.ts';

const MAX_BODY_BYTES = 64 * 1024;
const JSON_TYPE = /^application\/json\s*(?:;|$)/i;

/** A refusal with one of RFC 7591's own codes. */
class MetadataFault extends Fault {
  readonly error: MetadataFailure['error'];

  constructor({ error, message }: MetadataFailure) {
    super('invalid_input', message);
    this.error = error;
  }
}

export async function registrationEndpoint(door: DoorRequest): Promise<Response> {
  const { request, url } = door;
  try {
    if (request.method !== 'POST') throw new Fault('method_not_allowed', 'clients are registered by POST');
    if (url.search !== '') throw new Fault('validation_error', 'what is said of a client stands in the body');
    if (!JSON_TYPE.test(request.headers.get('content-type') ?? ''))
      throw new Fault('unsupported_media_type', 'client metadata is sent as application/json');
    const payload = await readBody(request, MAX_BODY_BYTES);
    const { caller, facts } = await requireCaller(door, payload);
    return await register(door, payload, caller, facts);
  } catch (error) {
    return refusal(door, asFault(error));
  }
}

/** The permission comes first: whoever may register nothing learns nothing of what could be. */
async function register(
  door: DoorRequest,
  payload: Bytes,
  caller: Caller,
  facts: SignedFacts,
): Promise<Response> {
  const { deps } = door;
  const { accountId } = caller;
  const operation = {
    ...{ accountId, source: 'daypass.amazonaws.com', name: 'RegisterClient', identity: caller.auditIdentity },
    ...{ readOnly: false, parameters: null },
  };
  try {
    authorize(caller, { action: 'daypass:RegisterClient', resource: clientArn(accountId, '*') }, facts);
    const settings = readMetadata(payload);
    const parameters = { ...settings, keys: settings.keys.map(({ kid }) => kid) };
    const changeEvent = (elements?: Readonly<Record<string, unknown>>) =>
      eventOf({ ...operation, parameters }, { elements: elements ?? null }, facts, deps.random);
    const { client, secret } = await registerNewClient(settings, caller, facts, changeEvent, deps);
    return jsonAnswer(
      facts.requestId,
      201,
      {
        ...clientMetadataOf(client),
        ...(secret !== null && { client_secret: secret, client_secret_expires_at: 0 }),
      },
      { pragma: 'no-cache', ...(await nextNonce(door)) },
    );
  } catch (error) {
    const event = eventOf(operation, { fault: asFault(error) }, facts, deps.random);
    await deps.audit.record(event, facts.near);
    throw error;
  }
}

/** @throws MetadataFault */
function readMetadata(payload: Bytes) {
  const metadata = parseJsonObject(payload);
  // Of a member that stands twice, whoever looked over the request may have read the other.
  if (!readJson(parseUtf8(payload) ?? '').ok)
    throw new Fault('validation_error', 'the body has a member twice, or is nested too deeply');
  const parsed = parseClientMetadata(metadata);
  if (!parsed.ok) throw new MetadataFault(parsed.failure);
  const problem = findSettingsProblem(parsed.value);
  if (problem !== null) throw new MetadataFault({ error: 'invalid_client_metadata', message: problem });
  return parsed.value;
}

/** @see RFC 7591 section 3.2.2, RFC 6750 section 3.1 */
function refusal(door: DoorRequest, fault: Fault): Response {
  const { facts, deps } = door;
  const { code, message, detail } = fault;
  const status = code === 'invalid_input' || code === 'no_such_entity' ? 400 : JSON_STATUS[code];
  if (status >= 500) deps.log('error', 'oauth.failed', { code, requestId: facts.requestId, ...detail });
  const challenge = status === 401 ? tokenChallenge(door, fault).challenge : {};
  const body = { error: errorOf(fault, status), error_description: message.slice(0, 500) };
  return jsonAnswer(facts.requestId, status, body, challenge);
}

const isProofFault = ({ code }: Fault): boolean => code === 'invalid_dpop_proof' || code === 'use_dpop_nonce';

function errorOf(fault: Fault, status: number): string {
  if (fault instanceof MetadataFault) return fault.error;
  switch (status) {
    case 400:
      return fault.code === 'validation_error' ? 'invalid_request' : 'invalid_client_metadata';
    case 401:
      return isProofFault(fault) ? fault.code : 'invalid_token';
    case 403:
      return 'insufficient_scope';
    default:
      return fault.code;
  }
}
