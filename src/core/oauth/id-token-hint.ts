/** An ID token of ours that a client shows again, to say whom it means. It opens nothing. */
import { decodeProtectedHeader, jwtVerify } from 'jose';
import { isForgotten, type Keyring } from '../keyring/keyring.ts';
import { ID_TOKEN_TYPE } from './id-token.ts';

const MAX_CHARACTERS = 8192;

export interface IdTokenHint {
  readonly clientId: string;
  readonly subject: string;
  /** The browser's session in which it was issued; null for a token of a device. */
  readonly sessionId: string | null;
}

/**
 * Reads one. It may have expired, and be as old as its key: what it says of who is meant stays true.
 * @returns null for what we have not signed, or is no ID token
 * @see OpenID Connect Core section 3.1.2.1, RP-Initiated Logout 1.0 section 4
 */
export async function readIdTokenHint(
  text: string,
  keyring: Keyring,
  issuer: string,
  nowSeconds: number,
): Promise<IdTokenHint | null> {
  if (text.length > MAX_CHARACTERS) return null;
  try {
    const { kid } = decodeProtectedHeader(text);
    const key = kid === undefined ? undefined : keyring.verification.get(kid);
    if (key === undefined || isForgotten(key.forgottenAtSeconds, nowSeconds)) return null;
    const { payload } = await jwtVerify(text, key.publicKey, {
      algorithms: [key.algorithm],
      typ: ID_TOKEN_TYPE,
      issuer,
      requiredClaims: ['sub', 'aud', 'iat', 'exp', 'auth_time'],
      // Its own moment: whether it is late does not matter.
      currentDate: new Date(nowSeconds * 1000),
      clockTolerance: Number.MAX_SAFE_INTEGER,
    });
    const { aud, sub, sid } = payload;
    if (typeof aud !== 'string' || sub === undefined) return null;
    return { clientId: aud, subject: sub, sessionId: typeof sid === 'string' ? sid : null };
  } catch {
    return null; // jose says why; nobody needs to know
  }
}
