/** What a person must still do before an authorization request can be decided. @see OpenID Connect Core section 3.1.2.1 */
import { ACR_MFA, ACR_SINGLE, type SignInSession } from '../sign-in/session.ts';
import type { AuthorizationRequest } from './authorization-request.ts';

export type Missing = 'sign_in' | 'confirmation' | 'second_factor';

/**
 * @param signIn - null where nobody is signed in
 * @param startedAtSeconds - of the request: whoever has proved who they are since has done what `prompt` asks
 * @returns null where nothing is missing
 */
export function whatIsMissing(
  signIn: Pick<SignInSession, 'authAtSeconds' | 'createdAtSeconds' | 'mfaAtSeconds'> | null,
  request: AuthorizationRequest,
  startedAtSeconds: number,
  nowSeconds: number,
): Missing | null {
  if (signIn === null) return 'sign_in';
  const { prompt, maxAgeSeconds, acrValues } = request;
  if (prompt.includes('select_account') && signIn.createdAtSeconds < startedAtSeconds) return 'sign_in';
  if (prompt.includes('login') && signIn.authAtSeconds < startedAtSeconds) return 'confirmation';
  // Whoever was asked since the request began is not asked again, however short the age.
  const since = Math.min(nowSeconds, Math.max(startedAtSeconds, signIn.authAtSeconds));
  if (maxAgeSeconds !== null && since - signIn.authAtSeconds > maxAgeSeconds) return 'confirmation';
  const wantsMfa = acrValues.includes(ACR_MFA) && !acrValues.includes(ACR_SINGLE);
  return wantsMfa && signIn.mfaAtSeconds === null ? 'second_factor' : null;
}
