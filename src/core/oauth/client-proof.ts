/** What a client shows to prove itself. @see RFC 6749 section 2.3, RFC 7523 section 2.2 */
import { decodeJwt, decodeProtectedHeader, importJWK, jwtVerify } from 'jose';
import { equalStrings } from '../bytes.ts';
import { digestOf } from '../digest.ts';
import type { ClientAuthenticationMethod, ClientKey, OAuthClient } from './client.ts';

/** A claim to be a client, with what shall prove it; nothing of it is believed yet. */
export interface ShownClient {
  readonly method: ClientAuthenticationMethod;
  readonly clientId: string;
  /** Secret or assertion; empty for `none`. */
  readonly proof: string;
}

/** @returns whether a text is one of the secrets that work now; every secret is compared, each in constant time */
export async function isSecretOf(
  { secrets }: OAuthClient,
  text: string,
  nowSeconds: number,
): Promise<boolean> {
  const hash = await digestOf(text);
  return secrets
    .filter(({ expiresAtSeconds }) => expiresAtSeconds === null || expiresAtSeconds > nowSeconds)
    .map((secret) => equalStrings(secret.hash, hash))
    .includes(true);
}

const MAX_ASSERTION_CHARACTERS = 8192;
/** An assertion is made for one request: one that lives longer is refused, for its `jti` would have to be kept as long. */
export const MAX_ASSERTION_SECONDS = 600;
const CLOCK_SKEW_SECONDS = 60;
const MAX_ID_CHARACTERS = 255;

/** @returns the client that an assertion says it is of, or null for what is none */
export function clientIdOfAssertion(text: string): string | null {
  if (text.length > MAX_ASSERTION_CHARACTERS) return null;
  try {
    return decodeJwt(text).sub ?? null;
  } catch {
    return null; // no JWT
  }
}

/** One algorithm has two names since RFC 9864; libraries use either with the same key. */
const ED25519 = ['Ed25519', 'EdDSA'] as const;
const spellingsOf = ({ alg }: ClientKey): readonly string[] =>
  ED25519.some((name) => name === alg) ? ED25519 : [alg];

/** An assertion that holds, but for its one use. */
export interface BelievedAssertion {
  readonly assertionId: string;
  readonly expiresAtSeconds: number;
}

/**
 * Checks an assertion of `private_key_jwt`: key and algorithm as registered, issuer and subject the client, audience the issuer's
 * own identifier as one text, a short life.
 * @returns null for anything that cannot be believed
 * @see RFC 7523 section 3; draft-ietf-oauth-rfc7523bis section 4, on injected audiences
 */
export async function verifyAssertion(
  { clientId, settings }: OAuthClient,
  text: string,
  issuer: string,
  nowSeconds: number,
): Promise<BelievedAssertion | null> {
  if (text.length > MAX_ASSERTION_CHARACTERS) return null;
  try {
    const { kid, typ, alg } = decodeProtectedHeader(text);
    const fitting = settings.keys.filter((key) =>
      kid === undefined ? spellingsOf(key).some((each) => each === alg) : key.kid === kid,
    );
    const [key] = fitting;
    if (key === undefined || fitting.length !== 1) return null;
    // A type that says another kind of JWT: an ID token or access token of this client is no assertion.
    if (typ !== undefined && !['jwt', 'client-authentication+jwt'].includes(typ.toLowerCase())) return null;
    const { payload } = await jwtVerify(text, await importJWK(key.jwk, key.alg), {
      algorithms: [...spellingsOf(key)],
      issuer: clientId,
      subject: clientId,
      requiredClaims: ['exp', 'jti'],
      clockTolerance: CLOCK_SKEW_SECONDS,
      currentDate: new Date(nowSeconds * 1000),
    });
    const { aud, exp = 0, jti = '', iat = nowSeconds } = payload;
    // A list could name another server beside us, which would then hold an assertion that is good here.
    if (aud !== issuer || jti === '' || jti.length > MAX_ID_CHARACTERS) return null;
    if (exp > nowSeconds + MAX_ASSERTION_SECONDS || iat > nowSeconds + CLOCK_SKEW_SECONDS) return null;
    return { assertionId: jti, expiresAtSeconds: Math.ceil(exp) + CLOCK_SKEW_SECONDS };
  } catch {
    return null; // jose says why; the caller must not
  }
}
