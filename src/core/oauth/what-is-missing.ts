/** What a person must still do before an authorization request can be decided. @see OpenID Connect Core section 3.1.2.1 */

import { ownerOf } from '../sign-in/identity.ts';
import { ACR_MFA, ACR_SINGLE, type SignInSession } from '../sign-in/session.ts';
import type { AuthorizationRequest } from './authorization-request.ts';

/** `expected_person`: whoever has signed in for this request is somebody else than the client means; nothing helps. */
export type Missing = 'sign_in' | 'confirmation' | 'second_factor' | 'expected_person';

/**
 * @param signIn - null where nobody is signed in
 * @param startedAtSeconds - of the request: whoever has proved who they are since has done what `prompt` asks
 * @returns null where nothing is missing
 */
export function whatIsMissing(
  signIn: Pick<SignInSession, 'identity' | 'authAtSeconds' | 'createdAtSeconds' | 'mfaAtSeconds'> | null,
  request: AuthorizationRequest,
  startedAtSeconds: number,
  nowSeconds: number,
): Missing | null {
  if (signIn === null) return 'sign_in';
  const { prompt, maxAgeSeconds, acrValues, expectedSubject } = request;
  const signedInBefore = signIn.createdAtSeconds < startedAtSeconds;
  if (prompt.includes('select_account') && signedInBefore) return 'sign_in';
  if (expectedSubject !== null && ownerOf(signIn.identity).id !== expectedSubject)
    return signedInBefore ? 'sign_in' : 'expected_person';
  if (prompt.includes('login') && signIn.authAtSeconds < startedAtSeconds) return 'confirmation';
  // Whoever was asked since the request began is not asked again, however short the age.
  const since = Math.min(nowSeconds, Math.max(startedAtSeconds, signIn.authAtSeconds));
  if (maxAgeSeconds !== null && since - signIn.authAtSeconds > maxAgeSeconds) return 'confirmation';
  const wantsMfa = acrValues.includes(ACR_MFA) && !acrValues.includes(ACR_SINGLE);
  return wantsMfa && signIn.mfaAtSeconds === null ? 'second_factor' : null;
}
