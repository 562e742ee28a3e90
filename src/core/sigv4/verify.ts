/**
 * The decision about a SigV4 signature. The caller parses (`parse.ts`), looks up the secret of the access key id, derives
 * or recalls the signing key (`signing-key.ts`), and asks here; for an id that it does not know it asks
 * `refuseUnknownKey`, which takes the same time.
 * @see AWS General Reference, "AWS Signature Version 4 for API requests"
 */
import { equalBytes, equalStrings, toHex, utf8 } from '../bytes.ts';
import { failure, type Result, success } from '../result.ts';
import { headerVariants } from './accept-encoding.ts';
import { canonicalRequest, stringToSign } from './canonical.ts';
import type { SignatureFailure } from './failure.ts';
import { malformed } from './signature-fields.ts';
import type { SignedRequest } from './signed-request.ts';
import { deriveSigningKey, hmac } from './signing-key.ts';

/** How far a request's date may lie from now, in seconds, where the caller does not say. */
export const DEFAULT_SKEW_SECONDS = 300;

/** What must hold of a request before any key is touched. */
export interface Expectations {
  readonly nowSeconds: number;
  readonly skewSeconds?: number;
  /** The services that the scope may name, e.g. `['sts']`. */
  readonly services: readonly string[];
}

/** One question. */
export interface SignatureCheck extends Expectations {
  readonly signed: SignedRequest;
  /** The body as it arrived. */
  readonly payload: Uint8Array;
  /** From `deriveSigningKey`, for exactly `signed.scope`. */
  readonly signingKey: CryptoKey;
}

/**
 * Checks scope and time, which need no key: worth doing before a lookup. `verifySignature` does it again.
 * @returns the request, or `scope`, `skew` or `expired`
 */
export function checkScopeAndTime(
  signed: SignedRequest,
  { nowSeconds, skewSeconds = DEFAULT_SKEW_SECONDS, services }: Expectations,
): Result<SignedRequest, SignatureFailure> {
  const { scope, amzDate, signedAtSeconds, expiresInSeconds } = signed;
  if (!services.includes(scope.service))
    return failure({ why: 'scope', problem: `service \`${scope.service}\`` });
  if (!amzDate.startsWith(scope.date))
    return failure({ why: 'scope', problem: 'the day is not the request’s' });
  if (signedAtSeconds > nowSeconds + skewSeconds) return failure({ why: 'skew', signedAtSeconds });
  if (expiresInSeconds === null) {
    return signedAtSeconds < nowSeconds - skewSeconds
      ? failure({ why: 'skew', signedAtSeconds })
      : success(signed);
  }
  const expiredAtSeconds = signedAtSeconds + expiresInSeconds;
  return nowSeconds > expiredAtSeconds ? failure({ why: 'expired', expiredAtSeconds }) : success(signed);
}

/**
 * Verifies a signature over the request exactly as it arrived. The body's hash is always computed here; a hash that the
 * request claims must equal it, so `UNSIGNED-PAYLOAD` and the streaming forms are refused.
 * @returns the request, now believed, or why not
 */
export async function verifySignature(
  check: SignatureCheck,
): Promise<Result<SignedRequest, SignatureFailure>> {
  const { signed, signingKey } = check;
  const timely = checkScopeAndTime(signed, check);
  if (!timely.ok) return timely;
  const payloadHash = check.payload.length === 0 ? EMPTY_HASH : await sha256Hex(check.payload);
  if (signed.claimedPayloadHash !== null && !equalStrings(signed.claimedPayloadHash, payloadHash)) {
    return failure({ why: 'payload' });
  }
  for (const replaced of headerVariants(signed)) {
    const canonical = canonicalRequest(signed, payloadHash, replaced);
    if (canonical === null) return malformed('the query has a bad escape');
    const text = stringToSign(signed.amzDate, signed.scope, await sha256Hex(utf8(canonical)));
    if (equalBytes(await hmac(signingKey, text), signed.signature)) return success(signed);
  }
  return failure({ why: 'signature' });
}

/**
 * Spends on an unknown, inactive or foreign access key id what a wrong signature costs, key derivation included, so that
 * the time does not tell which ids exist.
 * @returns always a failure: `unknown-key`, or what would have refused a known key before its signature
 */
export async function refuseUnknownKey(
  check: Omit<SignatureCheck, 'signingKey'>,
): Promise<{ readonly ok: false; readonly failure: SignatureFailure }> {
  const signingKey = await deriveSigningKey(DECOY_SECRET, check.signed.scope);
  const result = await verifySignature({ ...check, signingKey });
  // a signature made with the decoy, which is no secret, is refused like any other
  return result.ok || result.failure.why === 'signature' ? failure({ why: 'unknown-key' }) : result;
}

const DECOY_SECRET = 'decoy/decoy/decoy/decoy/decoy/decoy/deco';
const EMPTY_HASH = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

const sha256Hex = async (bytes: Uint8Array): Promise<string> =>
  toHex(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)));
