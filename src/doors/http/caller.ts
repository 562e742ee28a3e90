/** Authentication that the JSON doors share: SigV4 for service `daypass`, or an access token meant for Daypass. */
import type { Bytes } from '../../core/bytes.ts';
import { nowSecondsOf } from '../../core/context/request-context.ts';
import { Fault } from '../../core/faults.ts';
import type { RequestHead } from '../../core/sigv4/signed-request.ts';
import { authenticateBearer } from '../../usecases/authenticate-bearer.ts';
import { authenticateCaller } from '../../usecases/authenticate-caller.ts';
import type { SignedFacts } from '../../usecases/authorize.ts';
import type { Caller } from '../../usecases/caller.ts';
import { chargeInVain, refuseExhausted } from '../../usecases/lookups.ts';
import type { ShownProof } from '../../usecases/prove-key.ts';
import { asFault } from '../../usecases/record.ts';
import type { DoorRequest } from './door.ts';
import { shownProof } from './dpop.ts';

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

const ACCESS_TOKEN = /^(Bearer|DPoP) ([A-Za-z0-9._~+/=-]{1,16384})$/i;

/** An access token as a request shows it. @see RFC 6750 section 2.1, RFC 9449 section 7.1 */
export interface ShownAccessToken {
  readonly text: string;
  /** Of the key that the token is bound to; null where it comes as a plain bearer. */
  readonly proof: ShownProof | null;
}

/** @returns the access token of a request; null where it shows none. @throws Fault `invalid_dpop_proof` where the scheme promises a proof */
export function shownAccessToken(door: DoorRequest): ShownAccessToken | null {
  const [, scheme = '', text] = ACCESS_TOKEN.exec(door.request.headers.get('authorization') ?? '') ?? [];
  if (text === undefined) return null;
  if (scheme.toLowerCase() === 'bearer') return { text, proof: null };
  const proof = shownProof(door);
  if (proof !== null) return { text, proof };
  throw new Fault('invalid_dpop_proof', 'the DPoP proof is missing');
}

/**
 * @returns the caller; null when the request does not claim any
 * @throws Fault when it claims one that is not proved
 */
export async function identify(door: DoorRequest, payload: Bytes): Promise<IdentifiedRequest> {
  const { request, address, facts, deps } = door;
  const authorization = request.headers.get('authorization');
  if (authorization === null && !(address.hasQuery && door.url.searchParams.has('X-Amz-Signature'))) {
    return { caller: null, facts: { ...facts, region: null } };
  }
  const shown = shownAccessToken(door);
  if (shown !== null) {
    const caller = await authenticateBearer(shown.text, shown.proof, facts, deps);
    return { caller, facts: { ...facts, region: null } };
  }
  refuseExhausted(facts, deps);
  const input = { head: headOf(request), payload, services: ['daypass'], nowSeconds: nowSecondsOf(facts) };
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
