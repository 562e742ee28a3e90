/**
 * Credentials for what runs. `GET /credentials` is what AWS_CONTAINER_CREDENTIALS_FULL_URI names; beside it a nonce for proofs,
 * a token for SDKs that cannot make any, and enrolment.
 */
import { isAccountId } from '../../core/arn.ts';
import { nowSecondsOf } from '../../core/context/request-context.ts';
import { Fault } from '../../core/faults.ts';
import type { Instance } from '../../core/instances/instance.ts';
import { parseProof } from '../../core/instances/proof.ts';
import { formatIso } from '../../core/time.ts';
import {
  type AuthenticatedInstance,
  authenticateInstance,
  authenticateProof,
  authenticateTlsClient,
} from '../../usecases/authenticate-instance.ts';
import { enrolInstance } from '../../usecases/enrol-instance.ts';
import {
  instanceCredentials,
  instanceIdentity,
  issuanceElements,
} from '../../usecases/instance-credentials.ts';
import { makeInstanceToken } from '../../usecases/instance-token.ts';
import { chargeInVain, refuseExhausted } from '../../usecases/lookups.ts';
import { giveNonce, NONCE_SECONDS } from '../../usecases/proof-nonce.ts';
import { asFault, eventOf, type OperationResult } from '../../usecases/record.ts';
import { readBody } from '../http/body.ts';
import type { DoorHandler, DoorRequest } from '../http/door.ts';
import { jsonAnswer } from '../http/headers.ts';
import { parseJsonObject } from '../http/json-body.ts';
import { credentialsBody, credentialsRefusal } from './answer.ts';

const MAX_BODY_BYTES = 36 * 1024;
/** How long a token of an instance is good. */
const TOKEN_SECONDS = 3600;

/** Runs one of the door's operations, under its method, within what an address may ask in vain. */
const operation =
  (method: string, run: (door: DoorRequest) => Promise<Response>): DoorHandler =>
  async (door) => {
    try {
      if (door.request.method !== method)
        throw new Fault('method_not_allowed', `this is called by ${method}`);
      refuseExhausted(door.facts, door.deps);
      return await run(door);
    } catch (error) {
      const fault = asFault(error);
      chargeInVain(fault, door.facts, door.deps);
      return credentialsRefusal(door, fault);
    }
  };

/** Trail of one operation: an issuance, or the refusal of an instance that was proved. */
async function record(
  { deps, facts }: DoorRequest,
  name: string,
  instance: Instance,
  result: OperationResult,
): Promise<void> {
  const identity = instanceIdentity(instance);
  const told = { source: 'daypass.amazonaws.com', name, identity, readOnly: false, parameters: null };
  const event = eventOf({ accountId: instance.accountId, ...told }, result, facts, deps.random);
  await deps.audit.record(event, facts.near);
}

/** Runs for a proved instance; what is refused to it is recorded before the answer leaves. */
async function recorded<T>(
  door: DoorRequest,
  name: string,
  instance: Instance,
  run: () => Promise<{ readonly value: T; readonly elements: Readonly<Record<string, unknown>> }>,
): Promise<T> {
  try {
    const { value, elements } = await run();
    await record(door, name, instance, { elements });
    return value;
  } catch (error) {
    const fault = asFault(error);
    if (fault.code !== 'service_unavailable') await record(door, name, instance, { fault });
    throw fault;
  }
}

export const credentialsDoor = operation('GET', async (door) => {
  const { facts, deps } = door;
  const authenticated = await authenticate(door);
  const { instance } = authenticated;
  const body = await recorded(door, 'GetInstanceCredentials', instance, async () => {
    const issued = await instanceCredentials(authenticated, facts, deps);
    return { value: credentialsBody(issued), elements: issuanceElements(issued) };
  });
  return jsonAnswer(facts.requestId, 200, body);
});

/** By the Authorization header; without one, by the certificate of the connection, for the instance that the query names. */
async function authenticate(door: DoorRequest): Promise<AuthenticatedInstance> {
  const { request, url, facts, deps } = door;
  const instanceArn = url.searchParams.get('instance');
  if (instanceArn !== null && !request.headers.has('authorization')) {
    return authenticateTlsClient(facts.tlsClient, instanceArn, facts, deps);
  }
  return authenticateInstance(shownBy(request), await accountAsked(door), facts, deps);
}

/** As SDKs send it: the token alone. `Bearer` before it is understood too. */
function shownBy(request: Request): string {
  const header = request.headers.get('authorization') ?? '';
  const shown = header.replace(/^Bearer +/i, '').trim();
  if (shown !== '') return shown;
  throw new Fault('missing_authentication', 'the Authorization header must hold a proof or a token');
}

/** A workload's token does not say which account it asks: the one in the query, else the one that setup made. */
async function accountAsked({ url, deps }: DoorRequest): Promise<string> {
  const asked = url.searchParams.get('account') ?? (await deps.directory.setUpAccount());
  if (asked === null) throw new Fault('not_set_up', 'this broker is not set up yet');
  if (!isAccountId(asked)) throw new Fault('validation_error', '`account` must be twelve digits');
  return asked;
}

export const nonceDoor = operation('POST', async ({ facts, deps }) =>
  jsonAnswer(facts.requestId, 200, {
    nonce: await giveNonce('instance-proof', nowSecondsOf(facts), deps),
    expires_in: NONCE_SECONDS,
  }),
);

/** Changes a proof for a token that an unmodified SDK can show. */
export const tokenDoor = operation('POST', async (door) => {
  const { request, facts, deps } = door;
  const { proof: text } = parseJsonObject(await readBody(request, MAX_BODY_BYTES));
  const proof = typeof text === 'string' ? parseProof(text) : null;
  if (proof === null)
    throw new Fault('validation_error', '`proof` must be a proof of the key of the instance');
  const nowSeconds = nowSecondsOf(facts);
  const { instance, notAfterSeconds } = await authenticateProof(proof, nowSeconds, deps);
  if (notAfterSeconds !== null)
    throw new Fault('access_denied', 'an instance with a certificate proves it each time');
  const expiresAtSeconds = nowSeconds + TOKEN_SECONDS;
  const token = await recorded(door, 'GetInstanceToken', instance, async () => {
    if (!instance.enabled) throw new Fault('access_denied', 'the instance is disabled');
    const value = await makeInstanceToken(instance, expiresAtSeconds, deps);
    return { value, elements: { expiration: expiresAtSeconds } };
  });
  const expiration = formatIso(expiresAtSeconds);
  return jsonAnswer(facts.requestId, 200, { token, expiration, expires_in: TOKEN_SECONDS });
});

export const enrolDoor = operation('POST', async ({ request, facts, deps }) => {
  const { code, proof } = parseJsonObject(await readBody(request, MAX_BODY_BYTES));
  if (typeof code !== 'string' || typeof proof !== 'string') {
    throw new Fault('validation_error', '`code` and `proof` must be texts');
  }
  const { accountId, instance } = await enrolInstance({ code, proof }, facts, deps);
  return jsonAnswer(facts.requestId, 200, {
    instance_id: instance.instanceId,
    arn: instance.arn,
    account_id: accountId,
    credentials_uri: `${deps.settings.issuer}/credentials`,
  });
});
