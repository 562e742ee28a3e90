/**
 * The pipeline of the Query door: decode → find the action → authenticate → read the input → authorise → act → audit → encode.
 * No action can skip a step.
 */

import type { AuditIdentity } from '../../../core/audit/event.ts';
import { type Bytes, parseUtf8 } from '../../../core/bytes.ts';
import { nowSecondsOf } from '../../../core/context/request-context.ts';
import { Fault } from '../../../core/faults.ts';
import { failure, type Result, success } from '../../../core/result.ts';
import { authenticateCaller } from '../../../usecases/authenticate-caller.ts';
import { encodeAuthorizationMessage } from '../../../usecases/authorization-message.ts';
import { AccessDenied, authorize, type SignedFacts } from '../../../usecases/authorize.ts';
import type { Caller } from '../../../usecases/caller.ts';
import { asInVain, chargeInVain, refuseExhausted } from '../../../usecases/lookups.ts';
import { asFault, eventOf, type Operation } from '../../../usecases/record.ts';
import { requireSuitableCredential } from '../../../usecases/suitable-credential.ts';
import { readBody } from '../../http/body.ts';
import { headOf } from '../../http/caller.ts';
import type { DoorRequest } from '../../http/door.ts';
import { answerHeaders } from '../../http/headers.ts';
import type { AnyAction, SignedAction } from './action.ts';
import { auditParameters } from './audit-parameters.ts';
import { decodeForm, joinForms, nestParameters, type Parameters } from './decode.ts';
import { encodeAnswer, encodeError, XML_CONTENT_TYPE } from './encode.ts';
import { wireFaultOf } from './faults.ts';
import { type Fields, type InputOf, readInput } from './field.ts';
import type { QueryApi } from './service.ts';
import type { Output } from './shape.ts';

const MAX_BODY_BYTES = 1024 * 1024;
/** Never in a query string, where logs would keep them. */
const TOKEN_PARAMETERS = [
  'WebIdentityToken',
  'SAMLAssertion',
  'TokenCode',
  'AuthenticationCode1',
  'AuthenticationCode2',
  'Password',
  'NewPassword',
  'OldPassword',
  'AddPrivateKey',
];

/** A decoded request and the action it names. */
interface Call {
  readonly api: QueryApi;
  readonly action: AnyAction;
  readonly parameters: Parameters;
  readonly payload: Bytes;
}

/** What is known of a call when it ends, however it ends. */
interface Progress {
  call: Call | null;
  caller: Caller | null;
  identity: AuditIdentity | null;
  accountId: string | null;
  /** Of the credential scope; null where nobody signed. */
  region: string | null;
  parameters: Readonly<Record<string, unknown>> | null;
  elements: Readonly<Record<string, unknown>> | null;
}

/** @param apis - what this door serves; the first lends its namespace to errors that belong to none */
export async function dispatch(
  door: DoorRequest,
  apis: readonly [QueryApi, ...QueryApi[]],
): Promise<Response> {
  const progress: Progress = {
    call: null,
    caller: null,
    identity: null,
    accountId: null,
    region: null,
    parameters: null,
    elements: null,
  };
  const { requestId } = door.facts;
  try {
    const xml = await perform(door, apis, progress);
    return new Response(xml, { headers: answerHeaders(requestId, XML_CONTENT_TYPE) });
  } catch (error) {
    const fault = await recordRefusal(asFault(error), door, progress);
    chargeInVain(fault, door.facts, door.deps);
    const { code, status, type } = wireFaultOf(fault);
    if (status >= 500) door.deps.log('error', 'query.failed', { requestId, code, ...fault.detail });
    const { namespace } = progress.call?.api ?? apis[0];
    const message = await messageFor(fault, door);
    const xml = encodeError({ namespace, type, code, message, requestId });
    return new Response(xml, { status, headers: answerHeaders(requestId, XML_CONTENT_TYPE) });
  }
}

/** A refusal by policy carries its explanation, sealed: DecodeAuthorizationMessage opens it for who may read it. */
async function messageFor(fault: Fault, { deps, facts }: DoorRequest): Promise<string> {
  if (!(fault instanceof AccessDenied)) return fault.message;
  try {
    const encoded = await encodeAuthorizationMessage(fault, deps);
    return encoded === null
      ? fault.message
      : `${fault.message}. Encoded authorization failure message: ${encoded}`;
  } catch (error) {
    deps.log('warn', 'query.message_not_encoded', { requestId: facts.requestId, reason: String(error) });
    return fault.message;
  }
}

async function perform(door: DoorRequest, apis: readonly QueryApi[], progress: Progress): Promise<string> {
  refuseExhausted(door.facts, door.deps);
  const call = await decode(door, apis);
  progress.call = call;
  const { action, api } = call;
  prefetch(action, call, door);
  const signed = action.auth === 'sigv4' ? await authenticate(door, call) : null;
  progress.caller = signed?.caller ?? null;
  if (signed !== null) requireSuitableCredential(signed.caller, api.service, action.name);
  progress.region = signed?.region ?? null;
  const facts: SignedFacts = { ...door.facts, region: signed?.region ?? null };
  const input = readInput(action.input, nestParameters(call.parameters));
  if (!input.ok) throw new Fault('validation_error', input.failure.message);
  progress.parameters = auditParameters(input.value);
  const value = await act(door, action, input.value, facts, progress);
  const { requestId } = door.facts;
  return encodeAnswer({
    action: action.name,
    namespace: api.namespace,
    output: action.output,
    value,
    requestId,
  });
}

/**
 * Starts reading what the action will need while the signature is checked, so that a cold isolate reads both in one batch.
 * Whether the caller may know of it is decided later, as ever.
 */
function prefetch(action: AnyAction, { parameters }: Call, { deps }: DoorRequest): void {
  action.prefetch?.(parameters, deps)?.catch(() => undefined);
}

async function act(
  door: DoorRequest,
  action: AnyAction,
  input: InputOf<Fields>,
  facts: SignedFacts,
  progress: Progress,
): Promise<never> {
  const { deps } = door;
  const operation = () => requireOperation(progress);
  const context = {
    deps,
    facts,
    changeEvent: (elements?: Readonly<Record<string, unknown>>) =>
      eventOf(operation(), { elements: elements ?? null }, facts, deps.random),
    tell: (told: { elements?: Readonly<Record<string, unknown>>; identity?: AuditIdentity }) => {
      progress.elements = told.elements ?? progress.elements;
      progress.identity = told.identity ?? progress.identity;
    },
  };
  let value: unknown;
  if (action.auth === 'sigv4') {
    const caller = requireCaller(progress);
    await askPolicy(action, input, caller, door, facts);
    value = await action.run(input, { ...context, caller });
  } else {
    progress.accountId = action.account(input);
    value = await action.run(input, { ...context, caller: null });
  }
  await recordSuccess(door, action, progress);
  return value as never; // the action's own shape, erased in the list, writes it
}

/** @throws AccessDenied unless the caller's policies allow what the action states; what must be looked up for that throws its own */
async function askPolicy(
  { permission }: SignedAction<Fields, Output>,
  input: InputOf<Fields>,
  caller: Caller,
  { deps }: DoorRequest,
  facts: SignedFacts,
): Promise<void> {
  if ('exempt' in permission) return;
  const own = permission.context?.(input, caller) ?? [];
  if ('resource' in permission) {
    authorize(
      caller,
      { action: permission.action, resource: permission.resource(input, caller), context: own },
      facts,
    );
    return;
  }
  const { context, ...target } = await permission.target(input, caller, deps);
  authorize(caller, { action: permission.action, ...target, context: [...context, ...own] }, facts);
}

/** Reads the request: parameters, and the action they name. */
async function decode(door: DoorRequest, apis: readonly QueryApi[]): Promise<Call> {
  const { request, address } = door;
  if (request.method !== 'POST' && request.method !== 'GET') {
    throw new Fault('method_not_allowed', 'only POST, and GET for signed requests, are understood');
  }
  const payload = request.method === 'POST' ? await readBody(request, MAX_BODY_BYTES) : new Uint8Array(0);
  const parameters = readParameters(address.hasQuery ? door.url.search.slice(1) : '', payload);
  if (!parameters.ok) throw new Fault('malformed_query', parameters.failure);
  const found = findAction(parameters.value, apis);
  if (request.method === 'GET' && found.action.auth === 'anonymous') {
    throw new Fault('method_not_allowed', `${found.action.name} is called by POST`);
  }
  return { ...found, parameters: parameters.value, payload };
}

function readParameters(query: string, payload: Bytes): Result<Parameters, string> {
  const inQuery = decodeForm(query);
  const text = parseUtf8(payload);
  if (!inQuery.ok || text === null) return failure('the query string or the body is not a well-formed form');
  const exposed = TOKEN_PARAMETERS.find((name) => inQuery.value.has(name));
  if (exposed !== undefined) return failure(`${exposed} must not stand in the query string`);
  const inBody = decodeForm(text);
  if (!inBody.ok) return failure(describe(inBody.failure));
  const joined = joinForms(inQuery.value, inBody.value);
  return joined.ok ? success(joined.value) : failure(describe(joined.failure));
}

const describe = (flaw: { readonly why: string; readonly name?: string | null }): string =>
  flaw.why === 'duplicate'
    ? `parameter \`${flaw.name}\` is given twice`
    : 'the body is not a well-formed form';

function findAction(parameters: Parameters, apis: readonly QueryApi[]): Pick<Call, 'api' | 'action'> {
  const name = parameters.get('Action');
  if (name === undefined || name === '') throw new Fault('missing_action', 'the request names no Action');
  const version = parameters.get('Version');
  const candidates = version === undefined ? apis : apis.filter((api) => api.version === version);
  for (const api of candidates) {
    const action = api.actions.get(name) ?? api.unsupported.get(name);
    if (action !== undefined) return { api, action };
  }
  throw new Fault(
    'invalid_action',
    `could not find operation \`${name.slice(0, 128)}\` for version ${version?.slice(0, 32) ?? 'NO_VERSION_SPECIFIED'}`,
  );
}

async function authenticate({ request, facts, deps }: DoorRequest, { api, action, payload }: Call) {
  const nowSeconds = nowSecondsOf(facts);
  try {
    const input = { head: headOf(request), payload, services: [api.service], nowSeconds };
    return await authenticateCaller(input, deps);
  } catch (error) {
    // What was read ahead for it was read in vain.
    throw action.prefetch === undefined ? error : asInVain(error);
  }
}

const requireCaller = (progress: Progress): Caller => {
  if (progress.caller === null)
    throw new Fault('internal_failure', 'internal failure', { reason: 'no caller' });
  return progress.caller;
};

const operationOf = (progress: Progress): Operation | null => {
  const { call, caller } = progress;
  const accountId = caller?.accountId ?? progress.accountId;
  if (call === null || accountId === null) return null;
  return {
    accountId,
    source: call.api.eventSource,
    name: call.action.name,
    identity: progress.identity ?? caller?.auditIdentity ?? { type: 'Anonymous' },
    readOnly: call.action.audit === 'read',
    parameters: progress.parameters,
  };
};

function requireOperation(progress: Progress): Operation {
  const operation = operationOf(progress);
  if (operation === null)
    throw new Fault('internal_failure', 'internal failure', { reason: 'nothing to audit' });
  return operation;
}

/** A change has recorded itself in its own batch; an issuance is durable before the answer leaves; a read is noted. */
async function recordSuccess(
  { deps, facts }: DoorRequest,
  action: AnyAction,
  progress: Progress,
): Promise<void> {
  if (action.audit === 'change') return;
  const { elements, region } = progress;
  const event = eventOf(requireOperation(progress), { elements }, { ...facts, region }, deps.random);
  if (action.audit === 'issuance') await deps.audit.record(event, facts.near);
  else deps.audit.note(event, facts.near);
}

/** A signed refusal is recorded before the answer leaves, an anonymous one noted. @returns the fault to answer with */
async function recordRefusal(fault: Fault, { deps, facts }: DoorRequest, progress: Progress): Promise<Fault> {
  try {
    progress.accountId ??= await deps.directory.setUpAccount();
    const operation = operationOf(progress);
    if (operation === null) return fault;
    const { region } = progress;
    const event = eventOf(operation, { fault }, { ...facts, region }, deps.random);
    if (progress.caller === null) deps.audit.note(event, facts.near);
    else await deps.audit.record(event, facts.near);
    return fault;
  } catch (error) {
    return asFault(error);
  }
}
