/** `/oauth/device_authorization`: a device asks for its codes. @see RFC 8628 section 3.1 */
import { Fault } from '../../core/faults.ts';
import { DEVICE_CODE_GRANT } from '../../core/oauth/device-authorization.ts';
import { personalClientOf } from '../../core/oauth/personal-client.ts';
import { parseScope, withoutUntold } from '../../core/oauth/scope.ts';
import { formatUserCode } from '../../core/oauth/user-code.ts';
import { beginDeviceAuthorization } from '../../usecases/begin-device-authorization.ts';
import { requireAskable } from '../../usecases/personal-grant.ts';
import type { DoorRequest } from '../http/door.ts';
import { jsonAnswer } from '../http/headers.ts';
import { detailsOf } from './authorization-details.ts';
import { readClientRequest } from './client-request.ts';

export async function deviceAuthorizationEndpoint(door: DoorRequest): Promise<Response> {
  const { facts, deps } = door;
  const request = await readClientRequest(door, DEVICE_CODE_GRANT);
  const { parameters } = request;
  const client = personalClientOf(request.client);
  const scope = parseScope(parameters.get('scope') ?? '');
  if (parameters.has('scope') && scope === null) throw new Fault('invalid_scope', 'scope is malformed');
  const wish = {
    scope: parameters.has('scope') ? withoutUntold(scope ?? []) : [],
    audience: parameters.get('resource') ?? null,
    authorizationDetails: detailsOf(parameters),
  };
  await requireAskable(client, wish, deps);
  const begun = await beginDeviceAuthorization(client, wish, facts, deps);
  const userCode = formatUserCode(begun.userCode);
  const page = `${deps.settings.issuer}/device`;
  return jsonAnswer(facts.requestId, 200, {
    device_code: begun.deviceCode,
    user_code: userCode,
    verification_uri: page,
    verification_uri_complete: `${page}?user_code=${userCode}`,
    expires_in: begun.expiresInSeconds,
    interval: begun.intervalSeconds,
  });
}
