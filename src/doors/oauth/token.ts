/** The token endpoint's pipeline: read the form → find the grant → authenticate the client → run → audit → answer. */
import type { AuditIdentity } from '../../core/audit/event.ts';
import { type Bytes, utf8 } from '../../core/bytes.ts';
import { nowSecondsOf } from '../../core/context/request-context.ts';
import { Fault } from '../../core/faults.ts';
import { CLIENT_GRANT_TYPES } from '../../core/oauth/client.ts';
import { authenticateCaller } from '../../usecases/authenticate-caller.ts';
import { chargeAnyhow, chargeInVain, refuseExhausted } from '../../usecases/lookups.ts';
import {
  authenticateClient,
  type ProvedClient,
  requireGrant,
} from '../../usecases/oauth/authenticate-client.ts';
import { clientIdentity } from '../../usecases/oauth/client-session.ts';
import { asFault, eventOf, type OperationResult } from '../../usecases/record.ts';
import { headOf } from '../http/caller.ts';
import type { DoorRequest } from '../http/door.ts';
import { findProvedKey, nextNonce } from '../http/dpop.ts';
import { jsonAnswer } from '../http/headers.ts';
import { requireBinding } from './binding.ts';
import { readShownClient } from './client-authentication/index.ts';
import { readForm } from './form.ts';
import type { Grant, SignedCaller, TokenParameters } from './grants/grant.ts';
import { GRANTS } from './grants/index.ts';
import { oauthRefusal } from './refusal.ts';

const MAX_BODY_BYTES = 256 * 1024;

/** What is known of a token request when it ends, however it ends. */
interface Progress {
  grant: Grant | null;
  accountId: string | null;
  identity: AuditIdentity;
  parameters: Readonly<Record<string, unknown>> | null;
  elements: Readonly<Record<string, unknown>> | null;
  /** What the answer's tokens are bound to, as `sender-key.ts` writes it; null for nothing. */
  keyThumbprint: string | null;
  /** A proof was used up for somebody who had not proved to be anybody. */
  wroteForNobody: boolean;
}

export async function tokenEndpoint(door: DoorRequest): Promise<Response> {
  const progress: Progress = {
    grant: null,
    accountId: null,
    identity: { type: 'Anonymous' },
    parameters: null,
    elements: null,
    keyThumbprint: null,
    wroteForNobody: false,
  };
  try {
    const body = await perform(door, progress);
    const { elements, keyThumbprint } = progress;
    await record(door, progress, {
      elements: keyThumbprint === null ? elements : { ...elements, keyThumbprint },
    });
    const nonce = await nextNonce(door);
    return jsonAnswer(door.facts.requestId, 200, body, { pragma: 'no-cache', ...nonce });
  } catch (error) {
    const fault = asFault(error);
    if (progress.wroteForNobody) chargeAnyhow(door.facts, door.deps);
    else chargeInVain(fault, door.facts, door.deps);
    await noteRefusal(door, progress, fault);
    return oauthRefusal(door, fault);
  }
}

async function perform(door: DoorRequest, progress: Progress): Promise<Readonly<Record<string, unknown>>> {
  const { request, address, deps, facts } = door;
  refuseExhausted(facts, deps);
  if (request.method !== 'POST')
    throw new Fault('method_not_allowed', 'the token endpoint is called by POST');
  if (address.hasQuery) throw new Fault('validation_error', 'parameters must stand in the body');
  const { text, parameters } = await readForm(request, MAX_BODY_BYTES);
  const type = parameters.get('grant_type');
  if (type === undefined) throw new Fault('missing_parameter', 'grant_type is missing');
  const grant = GRANTS.get(type);
  if (grant === undefined) throw new Fault('unsupported_grant_type', 'this grant_type is not supported');
  progress.grant = grant;
  if (parameters.has('authorization_details') && grant.takesDetails === undefined)
    throw new Fault('invalid_authorization_details', 'this grant_type takes no authorization_details');
  const isSigned =
    SIGNED.test(request.headers.get('authorization') ?? '') && takesSignature(grant, parameters);
  const key = await findProvedKey(door);
  const client = await findClient(door, grant, parameters, isSigned);
  if (client !== null) {
    progress.accountId = client.accountId;
    progress.identity = clientIdentity(client);
  }
  const keyThumbprint = await requireBinding(client, key, facts);
  progress.keyThumbprint = keyThumbprint;
  progress.wroteForNobody = key !== null && (client?.settings.authenticationMethod ?? 'none') === 'none';
  await key?.use();
  return grant.run(parameters, {
    ...{ deps, facts, client, keyThumbprint },
    signature: isSigned ? () => authenticate(door, utf8(text)) : null,
    tell: (told) => {
      Object.assign(progress, told);
    },
  });
}

const SIGNED = /^AWS4-HMAC-SHA256 /;

const takesSignature = (grant: Grant, parameters: TokenParameters): boolean =>
  grant.takesSignature?.(parameters) ?? false;

/** Proves who signed. The session token is the one that the signature covers: every x-amz-* header has to be signed. */
async function authenticate({ request, facts, deps }: DoorRequest, payload: Bytes): Promise<SignedCaller> {
  const input = { head: headOf(request), payload, services: ['daypass'], nowSeconds: nowSecondsOf(facts) };
  const signed = await authenticateCaller(input, deps);
  return { ...signed, sessionToken: request.headers.get('x-amz-security-token') };
}

/**
 * The client of the request, proved. A grant that needs none takes none: silently ignoring its proof would be a lie.
 * @throws Fault `invalid_client`, `unauthorized_client`
 */
async function findClient(
  { request, facts, deps }: DoorRequest,
  { type, clientAuthentication }: Grant,
  parameters: TokenParameters,
  isSigned: boolean,
): Promise<ProvedClient | null> {
  const shown = readShownClient(request, parameters);
  // The signature is the whole authentication of such a request.
  if (isSigned && shown !== null) throw new Fault('invalid_client', 'client authentication failed');
  const hasOther =
    !isSigned && request.headers.has('authorization') && shown?.method !== 'client_secret_basic';
  if (hasOther) throw new Fault('invalid_client', 'client authentication failed');
  if (shown === null) {
    if (clientAuthentication !== 'required') return null;
    throw new Fault('invalid_client', 'client authentication failed');
  }
  const client = await authenticateClient(shown, facts, deps);
  const grantType = CLIENT_GRANT_TYPES.find((known) => known === type);
  if (grantType === undefined)
    throw new Fault('unauthorized_client', 'no client is registered for this grant');
  requireGrant(client, grantType);
  return client;
}

/** An issuance is recorded before the answer leaves. */
async function record(
  { deps, facts }: DoorRequest,
  progress: Progress,
  result: OperationResult,
): Promise<void> {
  const event = eventOf(operationOf(progress, progress.accountId ?? ''), result, facts, deps.random);
  await deps.audit.record(event, facts.near);
}

async function noteRefusal({ deps, facts }: DoorRequest, progress: Progress, fault: Fault): Promise<void> {
  try {
    const accountId = progress.accountId ?? (await deps.directory.setUpAccount());
    if (accountId === null) return;
    deps.audit.note(eventOf(operationOf(progress, accountId), { fault }, facts, deps.random), facts.near);
  } catch (error) {
    deps.log('warn', 'audit.note_failed', { requestId: facts.requestId, reason: String(error) });
  }
}

const operationOf = (progress: Progress, accountId: string) => ({
  accountId,
  source: 'daypass.amazonaws.com',
  name: progress.grant?.eventName ?? 'Token',
  identity: progress.identity,
  readOnly: false,
  parameters: progress.parameters,
});
