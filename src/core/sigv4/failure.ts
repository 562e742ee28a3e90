/** Why a signature was refused. The codes that AWS answers with are the caller's to choose (usecases/authenticate-caller.ts). */

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
