/** Authentication that the JSON doors share: SigV4 for service `daypass`, or a bearer access token meant for Daypass. */
import type { Bytes } from '../../core/bytes.ts';
import { nowSecondsOf } from '../../core/context/request-context.ts';
import { Fault } from '../../core/faults.ts';
import type { RequestHead } from '../../core/sigv4/signed-request.ts';
import { authenticateBearer } from '../../usecases/authenticate-bearer.ts';
import { authenticateCaller } from '../../usecases/authenticate-caller.ts';
import type { SignedFacts } from '../../usecases/authorize.ts';
import type { Caller } from '../../usecases/caller.ts';
import { chargeInVain, refuseExhausted } from '../../usecases/lookups.ts';
import { asFault } from '../../usecases/record.ts';
import type { DoorRequest } from './door.ts';

/** Path and query as they stand in the request line: parsing would re-encode what was signed. */
export function headOf(request: Request): RequestHead {
  const afterScheme = request.url.indexOf('/', request.url.indexOf('//') + 2);
  const target = afterScheme < 0 ? '/' : request.url.slice(afterScheme);
  const mark = target.indexOf('?');
  return {
    method: request.method,
    path: mark < 0 ? target : target.slice(0, mark),
    query: mark < 0 ? '' : target.slice(mark + 1),
    headers: request.headers,
  };
}

export interface IdentifiedRequest {
  readonly caller: Caller | null;
  readonly facts: SignedFacts;
}

const BEARER = /^Bearer ([A-Za-z0-9._~+/=-]{1,16384})$/i;

/**
 * @returns the caller; null when the request does not claim any
 * @throws Fault when it claims one that is not proved
 */
export async function identify(
  { request, url, facts, deps }: DoorRequest,
  payload: Bytes,
): Promise<IdentifiedRequest> {
  const authorization = request.headers.get('authorization');
  if (authorization === null && !url.searchParams.has('X-Amz-Signature')) {
    return { caller: null, facts: { ...facts, region: null } };
  }
  const nowSeconds = nowSecondsOf(facts);
  const bearer = BEARER.exec(authorization ?? '')?.[1];
  if (bearer !== undefined) {
    return { caller: await authenticateBearer(bearer, nowSeconds, deps), facts: { ...facts, region: null } };
  }
  refuseExhausted(facts, deps);
  const input = { head: headOf(request), payload, services: ['daypass'], nowSeconds };
  try {
    const { caller, region } = await authenticateCaller(input, deps);
    return { caller, facts: { ...facts, region } };
  } catch (error) {
    chargeInVain(asFault(error), facts, deps);
    throw error;
  }
}

/** @throws Fault `missing_authentication` when the request claims no caller */
export async function requireCaller(
  door: DoorRequest,
  payload: Bytes,
): Promise<{ readonly caller: Caller; readonly facts: SignedFacts }> {
  const { caller, facts } = await identify(door, payload);
  if (caller === null)
    throw new Fault('missing_authentication', 'the request must be signed or carry a bearer token');
  return { caller, facts };
}
