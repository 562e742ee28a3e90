/** Why a signature was refused, and the code that AWS answers with. */

/** Each reason; what else stands in it is for the log, not for the caller. */
export type SignatureFailure =
  /** The request carries no signature at all. */
  | { readonly why: 'missing' }
  /** The signature's own fields are incomplete, doubled, or not in their form. */
  | { readonly why: 'malformed'; readonly problem: string }
  /** The credential scope names another service, or another day than the request. */
  | { readonly why: 'scope'; readonly problem: string }
  /** The request's date is too far from now. */
  | { readonly why: 'skew'; readonly signedAtSeconds: number }
  /** A presigned request is past its own end. */
  | { readonly why: 'expired'; readonly expiredAtSeconds: number }
  /** A header that must be covered by the signature is not in SignedHeaders. */
  | { readonly why: 'unsigned-header'; readonly header: string }
  /** SignedHeaders names a header that did not arrive. */
  | { readonly why: 'absent-header'; readonly header: string }
  /** The body is not the one whose hash the request claims, or the request claims none. */
  | { readonly why: 'payload' }
  /** Everything is in its form, but the signature is another one. */
  | { readonly why: 'signature' }
  /** No usable key has this id; the request was measured against a decoy all the same. */
  | { readonly why: 'unknown-key' };

/** The wire code of a reason. */
export type SignatureWireCode =
  | 'MissingAuthenticationToken'
  | 'IncompleteSignature'
  | 'SignatureDoesNotMatch'
  | 'RequestExpired'
  | 'InvalidClientTokenId';

/**
 * AWS's code for each reason. Several share one: an outsider need not learn which check failed.
 * @see IAM API Reference, "Common Errors"
 */
export const SIGNATURE_WIRE_CODES = {
  missing: 'MissingAuthenticationToken',
  malformed: 'IncompleteSignature',
  scope: 'SignatureDoesNotMatch',
  skew: 'RequestExpired',
  expired: 'RequestExpired',
  'unsigned-header': 'SignatureDoesNotMatch',
  'absent-header': 'SignatureDoesNotMatch',
  payload: 'SignatureDoesNotMatch',
  signature: 'SignatureDoesNotMatch',
  'unknown-key': 'InvalidClientTokenId',
} as const satisfies Record<SignatureFailure['why'], SignatureWireCode>;
