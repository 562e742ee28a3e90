/** `POST /sessions`: CreateSession of IAM Roles Anywhere, signed with the key of a certificate. */
import { assumedRoleArn } from '../../core/arn.ts';
import { nowSecondsOf } from '../../core/context/request-context.ts';
import { Fault } from '../../core/faults.ts';
import { formatIso } from '../../core/time.ts';
import {
  type AnywhereInput,
  type AnywhereSession,
  anywhereSession,
  certificateIdentity,
  issuanceElements,
  type ProvedCertificate,
  proveCertificate,
} from '../../usecases/anywhere-session.ts';
import { chargeInVain, refuseExhausted } from '../../usecases/lookups.ts';
import { asFault, eventOf, type OperationResult } from '../../usecases/record.ts';
import { readBody } from '../http/body.ts';
import { headOf } from '../http/caller.ts';
import type { DoorRequest } from '../http/door.ts';
import { jsonAnswer } from '../http/headers.ts';
import { isObject, parseJsonObject } from '../http/json-body.ts';
import { JSON_STATUS } from '../http/json-faults.ts';

const MAX_BODY_BYTES = 16 * 1024;

export async function anywhereDoor(door: DoorRequest): Promise<Response> {
  const { request, facts, deps } = door;
  try {
    if (request.method !== 'POST') throw new Fault('method_not_allowed', 'sessions are created by POST');
    refuseExhausted(facts, deps);
    const payload = await readBody(request, MAX_BODY_BYTES);
    const input = readInput(door.url, parseJsonObject(payload));
    const head = headOf(request);
    const proved = await proveCertificate(head, payload, input.trustAnchorArn, nowSecondsOf(facts), deps);
    const made = await recorded(door, proved, () => anywhereSession(proved, input, facts, deps));
    return jsonAnswer(facts.requestId, 201, bodyOf(made));
  } catch (error) {
    return refusal(door, asFault(error));
  }
}

/** Parameters stand in the query or in the body, as clients of either age send them; in both, they must agree. */
function readInput(url: URL, body: Readonly<Record<string, unknown>>): AnywhereInput {
  const text = (name: string): string => {
    const values = [...url.searchParams.getAll(name), ...(body[name] === undefined ? [] : [body[name]])];
    const [first] = values;
    if (typeof first !== 'string' || first.length > 1011 || values.some((value) => value !== first))
      throw new Fault('validation_error', `\`${name}\` must be given, once`);
    return first;
  };
  const { durationSeconds = null, instanceProperties } = body;
  const isDuration =
    Number.isInteger(durationSeconds) && Number(durationSeconds) >= 900 && Number(durationSeconds) <= 43_200;
  if (durationSeconds !== null && !isDuration)
    throw new Fault('validation_error', '`durationSeconds` must be a whole number from 900 to 43200');
  return {
    trustAnchorArn: text('trustAnchorArn'),
    profileArn: text('profileArn'),
    roleArn: text('roleArn'),
    durationSeconds: durationSeconds === null ? null : Number(durationSeconds),
    hasInstanceProperties: isObject(instanceProperties) && Object.keys(instanceProperties).length > 0,
  };
}

/** What comes of a proved request is recorded before the answer leaves. */
async function recorded(
  { deps, facts }: DoorRequest,
  proved: ProvedCertificate,
  run: () => Promise<AnywhereSession>,
): Promise<AnywhereSession> {
  const record = (result: OperationResult) => {
    const identity = certificateIdentity(proved);
    const parameters = { subject: proved.certificate.subject, serial: proved.certificate.serial };
    const told = {
      source: 'rolesanywhere.amazonaws.com',
      name: 'CreateSession',
      identity,
      readOnly: false,
      parameters,
    };
    return deps.audit.record(
      eventOf({ accountId: proved.accountId, ...told }, result, facts, deps.random),
      facts.near,
    );
  };
  try {
    const made = await run();
    await record({ elements: issuanceElements(made) });
    return made;
  } catch (error) {
    const fault = asFault(error);
    if (fault.code !== 'service_unavailable') await record({ fault });
    throw fault;
  }
}

/** @see https://docs.aws.amazon.com/rolesanywhere/latest/userguide/authentication-create-session.html */
const bodyOf = ({ role, session, credentials }: AnywhereSession) => ({
  credentialSet: [
    {
      assumedRoleUser: {
        arn: assumedRoleArn(role.accountId, role.name, session.identity.sessionName),
        assumedRoleId: `${role.roleId}:${session.identity.sessionName}`,
      },
      credentials: {
        accessKeyId: credentials.accessKeyId,
        secretAccessKey: credentials.secretAccessKey,
        sessionToken: credentials.sessionToken,
        expiration: formatIso(credentials.expiresAtSeconds),
      },
      packedPolicySize: credentials.tokenPercent,
      roleArn: role.arn,
      sourceIdentity: session.sourceIdentity ?? '',
    },
  ],
});

function refusal({ facts, deps }: DoorRequest, fault: Fault): Response {
  chargeInVain(fault, facts, deps);
  const { requestId } = facts;
  // What is wrong with a certificate is access denied, in the service's own words.
  const denied = fault.code === 'invalid_client' || fault.code === 'access_denied';
  const status = denied ? 403 : JSON_STATUS[fault.code];
  if (status >= 500) deps.log('error', 'anywhere.failed', { requestId, code: fault.code, ...fault.detail });
  const type = denied
    ? 'AccessDeniedException'
    : status < 500
      ? 'ValidationException'
      : 'InternalServerException';
  return jsonAnswer(requestId, status, { message: fault.message, requestId }, { 'x-amzn-errortype': type });
}
