/** Reads the fields that the Authorization header and a presigned query have in common. */
import { parseHex } from '../bytes.ts';
import { failure, type Result, success } from '../result.ts';
import type { SignatureFailure } from './failure.ts';
import type { CredentialScope, SignatureFields } from './signed-request.ts';

/** The only algorithm accepted: whoever may choose another one chooses a weaker one. */
export const ALGORITHM = 'AWS4-HMAC-SHA256';

const ACCESS_KEY_ID = /^\w{1,128}$/;
const DATE = /^[0-9]{8}$/;
const REGION = /^(?:[a-z0-9-]{1,32}|US)$/;
const SERVICE = /^[a-z0-9-]{1,32}$/;
const HEADER_NAME = /^[a-z0-9!#$%&'*+.^_`|~-]+$/;
const SIGNATURE_HEX_DIGITS = 64;
const MAX_SIGNED_HEADERS = 100;

/** The three fields as they stand on the wire. */
export interface RawSignatureFields {
  readonly credential: string;
  readonly signedHeaders: string;
  readonly signature: string;
}

/** A refusal for a field that is not in its form. */
export const malformed = (problem: string) => failure({ why: 'malformed', problem } as const);

/** Reads the three fields. @returns them checked, or the reason `malformed` with the first one that is not in its form */
export function parseSignatureFields(raw: RawSignatureFields): Result<SignatureFields, SignatureFailure> {
  const credential = parseCredential(raw.credential);
  if (!credential) return malformed('Credential is not ID/YYYYMMDD/REGION/SERVICE/aws4_request');
  const signedHeaders = parseSignedHeaders(raw.signedHeaders);
  if (!signedHeaders) return malformed('SignedHeaders is not an ascending list of lower-case names');
  const signature = raw.signature.length === SIGNATURE_HEX_DIGITS ? parseHex(raw.signature) : null;
  if (!signature) return malformed('Signature is not 64 lower-case hexadecimal digits');
  return success({ ...credential, signedHeaders, signature });
}

function parseCredential(text: string): { accessKeyId: string; scope: CredentialScope } | null {
  const parts = text.split('/');
  const [accessKeyId = '', date = '', region = '', service = '', terminator] = parts;
  if (parts.length !== 5 || terminator !== 'aws4_request') return null;
  if (!ACCESS_KEY_ID.test(accessKeyId) || !DATE.test(date)) return null;
  if (!REGION.test(region) || !SERVICE.test(service)) return null;
  return { accessKeyId, scope: { date, region, service } };
}

function parseSignedHeaders(text: string): readonly string[] | null {
  const names = text.split(';');
  if (names.length > MAX_SIGNED_HEADERS) return null;
  let previous = '';
  for (const name of names) {
    if (!HEADER_NAME.test(name) || name <= previous) return null;
    previous = name;
  }
  return names;
}
