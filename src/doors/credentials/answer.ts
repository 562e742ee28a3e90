/** Answers of the credentials door, in the form that AWS SDKs read from a container's endpoint. */
import type { Fault, FaultCode } from '../../core/faults.ts';
import { formatIso } from '../../core/time.ts';
import type { InstanceCredentials } from '../../usecases/instance-credentials.ts';
import type { DoorRequest } from '../http/door.ts';
import { jsonAnswer } from '../http/headers.ts';
import { JSON_STATUS } from '../http/json-faults.ts';

/** @see https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html */
export const credentialsBody = ({ role, credentials }: InstanceCredentials) => ({
  AccessKeyId: credentials.accessKeyId,
  SecretAccessKey: credentials.secretAccessKey,
  Token: credentials.sessionToken,
  Expiration: formatIso(credentials.expiresAtSeconds),
  RoleArn: role.arn,
  AccountId: role.accountId,
});

/** What is wrong with a workload's token is a matter of who asks, here. */
const STATUS: Readonly<Partial<Record<FaultCode, number>>> = {
  invalid_identity_token: 401,
  expired_identity_token: 401,
};

/** A fault as SDKs show it: Code and Message. What went wrong inside goes to the log alone. */
export function credentialsRefusal({ facts, deps }: DoorRequest, fault: Fault): Response {
  const { requestId } = facts;
  const status = STATUS[fault.code] ?? JSON_STATUS[fault.code];
  if (status >= 500)
    deps.log('error', 'credentials.failed', { requestId, code: fault.code, ...fault.detail });
  const Code = fault.code.replaceAll(/(?:^|_)([a-z])/g, (_, letter: string) => letter.toUpperCase());
  const challenge: Record<string, string> = status === 401 ? { 'www-authenticate': 'Bearer' } : {};
  const body = { Code, Message: fault.message, RequestId: requestId };
  return jsonAnswer(requestId, status, body, challenge);
}
