/**
 * A request that claims a Signature Version 4, taken apart. Nothing here is proven yet: `parse.ts` makes it from bytes,
 * the caller looks up the secret of `accessKeyId`, `verify.ts` decides.
 * @see AWS General Reference, "AWS Signature Version 4 for API requests"
 */
import type { Bytes } from '../bytes.ts';

/** What the parser needs of an HTTP request. */
export interface RequestHead {
  /** Upper case, as it stands in the request line. */
  readonly method: string;
  /** As it stands in the request line, percent-encoding included. */
  readonly path: string;
  /** What follows the `?`, undecoded; empty for none. */
  readonly query: string;
  /** Names in any case. A `Headers` object fits; there, doubled headers are already joined. */
  readonly headers: Iterable<readonly [name: string, value: string]>;
}

/** For what a signing key is good. */
export interface CredentialScope {
  /** `YYYYMMDD`. */
  readonly date: string;
  readonly region: string;
  readonly service: string;
}

/** The fields that both forms of a signature carry. */
export interface SignatureFields {
  readonly accessKeyId: string;
  readonly scope: CredentialScope;
  /** Lower case, ascending, none twice. */
  readonly signedHeaders: readonly string[];
  readonly signature: Bytes;
}

/** A request with its claimed signature. */
export interface SignedRequest extends SignatureFields {
  /** Where the signature stands: in the Authorization header, or in the query (a presigned request). */
  readonly form: 'header' | 'query';
  /** The date as signed, `YYYYMMDDTHHMMSSZ`. */
  readonly amzDate: string;
  readonly signedAtSeconds: number;
  /** For how long a presigned request is good; null in the header form. */
  readonly expiresInSeconds: number | null;
  readonly sessionToken: string | null;
  /** Body hash that the request claims, or null. */
  readonly claimedPayloadHash: string | null;
  readonly method: string;
  readonly path: string;
  readonly query: string;
  /** By lower-case name; values of a doubled header joined by a comma. */
  readonly headers: ReadonlyMap<string, string>;
}
