/** What a door that takes access tokens tells whom it refuses. @see RFC 6750 section 3, RFC 9449 section 7.1, RFC 9470 section 3 */
import type { Fault } from '../../core/faults.ts';
import { DPOP_ALGORITHMS } from '../../core/oauth/dpop-proof.ts';
import { ACR_MFA } from '../../core/sign-in/session.ts';
import { AccessDenied } from '../../usecases/authorize.ts';
import type { DoorRequest } from './door.ts';
import { wantedNonce } from './dpop.ts';
import { JSON_STATUS } from './json-faults.ts';

/** The status of a refusal, and the headers that say what the refused could do about it. */
export interface Challenged {
  readonly status: number;
  readonly challenge: Readonly<Record<string, string>>;
}

export type Challenger = (door: DoorRequest, fault: Fault) => Challenged;

const ALGORITHMS = `algs="${DPOP_ALGORITHMS.join(' ')}"`;

/** Authenticate; or, with a token for which a second factor alone is missing, get one that has it. */
export const tokenChallenge: Challenger = ({ request }, fault) => {
  const status = JSON_STATUS[fault.code];
  const scheme = schemeOf(request);
  if (status === 401)
    return { status, challenge: { ...wwwAuthenticate(scheme, fault), ...wantedNonce(fault) } };
  // The one scope that anything here asks for: who wants to know the person has to have signed them in.
  if (fault.code === 'insufficient_scope')
    return { status, challenge: challengeOf(scheme, 'error="insufficient_scope", scope="openid"') };
  if (scheme === null || !(fault instanceof AccessDenied) || !fault.wantsSecondFactor())
    return { status, challenge: {} };
  const wish = `error="insufficient_user_authentication", error_description="a second factor is needed", acr_values="${ACR_MFA}"`;
  return { status: 401, challenge: challengeOf(scheme, wish) };
};

const challengeOf = (scheme: Scheme, wish: string): Readonly<Record<string, string>> => ({
  'www-authenticate': scheme === 'dpop' ? `DPoP ${wish}, ${ALGORITHMS}` : `Bearer ${wish}`,
});

type Scheme = 'bearer' | 'dpop' | null;

function schemeOf(request: Request): Scheme {
  const [, named] = /^(bearer|dpop) /i.exec(request.headers.get('authorization') ?? '') ?? [];
  if (named === undefined) return null;
  return named.toLowerCase() === 'dpop' ? 'dpop' : 'bearer';
}

/** Whoever showed a bound token as a bearer reads here that it needs a proof. */
function wwwAuthenticate(scheme: Scheme, { code }: Fault): Readonly<Record<string, string>> {
  const proofError = code === 'invalid_dpop_proof' || code === 'use_dpop_nonce' ? code : 'invalid_token';
  const challenges = {
    bearer: `Bearer error="invalid_token", DPoP ${ALGORITHMS}`,
    dpop: `DPoP error="${proofError}", ${ALGORITHMS}`,
    none: `Bearer, DPoP ${ALGORITHMS}`,
  };
  return { 'www-authenticate': challenges[scheme ?? 'none'] };
}
