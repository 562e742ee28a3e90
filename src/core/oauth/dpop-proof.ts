/** Proofs with which a client shows, request by request, that it holds the key that its tokens are bound to. @see RFC 9449 section 4 */
import { calculateJwkThumbprint, EmbeddedJWK, type JWTHeaderParameters, jwtVerify } from 'jose';

/** Asymmetric all, named one by one: `none` and the HMACs are not among them. */
export const DPOP_ALGORITHMS = ['ES256', 'ES384', 'Ed25519', 'EdDSA', 'RS256', 'PS256'] as const;

/** A proof lives in one header; an RSA key of 4096 bits takes a third of this. */
const MAX_PROOF_CHARACTERS = 8192;
const MAX_ID_CHARACTERS = 255;
/** How old a proof may be. */
const PROOF_SECONDS = 300;
/** The client's clock, and those of isolates, may be ahead. */
const CLOCK_SKEW_SECONDS = 60;

/** A proof that holds, but for its nonce and its one use. */
export interface DpopProof {
  /** Of its public key, SHA-256 in base64url. @see RFC 7638 */
  readonly thumbprint: string;
  readonly proofId: string;
  readonly nonce: string | null;
  /** Digest of the access token that it was made for. */
  readonly accessTokenHash: string | null;
  /** The moment from which it would be too old anyway. */
  readonly expiresAtSeconds: number;
}

/** The request that a proof has to be made for. */
export interface ProvedRequest {
  readonly method: string;
  /** As this server calls itself, without query: one of these. */
  readonly urls: readonly string[];
}

/**
 * Checks a proof: its form, type, algorithm and public key, the signature by that key, method, URL and age.
 * @param text - the header, whole
 * @returns null for anything that cannot be believed; which check failed is nobody's business
 * @see RFC 9449 section 4.3
 */
export async function verifyDpopProof(
  text: string,
  { method, urls }: ProvedRequest,
  nowSeconds: number,
): Promise<DpopProof | null> {
  // Two headers come joined by a comma, which no JWT holds.
  if (text.length > MAX_PROOF_CHARACTERS || !/^[\w-]+\.[\w-]+\.[\w-]+$/.test(text)) return null;
  try {
    const { payload, protectedHeader } = await jwtVerify(text, EmbeddedJWK, {
      algorithms: [...DPOP_ALGORITHMS],
      typ: 'dpop+jwt',
      currentDate: new Date(nowSeconds * 1000),
      clockTolerance: CLOCK_SKEW_SECONDS,
    });
    const thumbprint = await thumbprintOf(protectedHeader);
    const { jti, iat, htm, htu, nonce, ath } = payload;
    if (thumbprint === null || !isId(jti) || htm !== method || !isOneOf(htu, urls)) return null;
    if (typeof iat !== 'number' || iat > nowSeconds + CLOCK_SKEW_SECONDS) return null;
    if (iat <= nowSeconds - PROOF_SECONDS) return null;
    if (!isTextOrAbsent(nonce) || !isTextOrAbsent(ath)) return null;
    return {
      ...{ thumbprint, proofId: jti, nonce: nonce ?? null, accessTokenHash: ath ?? null },
      // An isolate whose clock is behind still believes it for a while.
      expiresAtSeconds: Math.ceil(iat) + PROOF_SECONDS + CLOCK_SKEW_SECONDS,
    };
  } catch {
    return null; // jose says why; the caller must not
  }
}

/** Members of a key that only its holder may know. */
const PRIVATE_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'];

async function thumbprintOf({ jwk }: JWTHeaderParameters): Promise<string | null> {
  // jose has refused a private key that it understands as one; what is shown shall hold no part of one at all.
  if (jwk === undefined || PRIVATE_MEMBERS.some((name) => Object.hasOwn(jwk, name))) return null;
  return calculateJwkThumbprint(jwk, 'sha256');
}

const isId = (value: unknown): value is string =>
  typeof value === 'string' && value !== '' && value.length <= MAX_ID_CHARACTERS;

const isTextOrAbsent = (value: unknown): value is string | undefined =>
  value === undefined || (typeof value === 'string' && value.length <= MAX_PROOF_CHARACTERS);

/** Compares without query and fragment, after the normalization of RFC 3986 section 6.2.2 and 6.2.3. */
function isOneOf(told: unknown, urls: readonly string[]): boolean {
  if (typeof told !== 'string' || !URL.canParse(told)) return false;
  const { origin, pathname, username, password } = new URL(told);
  return username === '' && password === '' && urls.includes(`${origin}${pathname}`);
}
