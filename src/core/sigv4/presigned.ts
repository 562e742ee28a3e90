/**
 * The presigned form: the signature stands in the query, as `X-Amz-*` parameters.
 * @see AWS General Reference, "Add the signature to the request", section "Add signing information to the query string"
 */
import { decodeComponent } from '../percent.ts';
import { type Result, success } from '../result.ts';
import { parseAmzDate } from '../time.ts';
import type { SignatureFailure } from './failure.ts';
import { queryPairs } from './query.ts';
import { ALGORITHM, malformed, parseSignatureFields } from './signature-fields.ts';
import type { SignatureFields } from './signed-request.ts';

/** Longest life of a presigned request, in seconds. */
export const MAX_PRESIGNED_SECONDS = 900;

/** The query parameter that carries the signature, and so is not covered by it. */
export const SIGNATURE_PARAMETER = 'X-Amz-Signature';

const PREFIX = 'X-Amz-';
const SIGNATURE_MARKS = ['X-Amz-Algorithm', 'X-Amz-Credential', SIGNATURE_PARAMETER];

/** What a presigned query says. */
export interface PresignedFields extends SignatureFields {
  readonly amzDate: string;
  readonly signedAtSeconds: number;
  readonly expiresInSeconds: number;
  readonly sessionToken: string | null;
  readonly claimedPayloadHash: string | null;
}

/**
 * Collects the `X-Amz-*` parameters of a query.
 * @returns them and whether they claim a signature, or null where one stands twice or cannot be decoded
 */
export function presignedParameters(
  query: string,
): { readonly parameters: ReadonlyMap<string, string>; readonly claimed: boolean } | null {
  const parameters = new Map<string, string>();
  for (const [rawName, rawValue] of queryPairs(query)) {
    const name = decodeComponent(rawName);
    if (name === null) return null;
    if (!name.startsWith(PREFIX)) continue;
    const value = decodeComponent(rawValue);
    if (value === null || parameters.has(name)) return null;
    parameters.set(name, value);
  }
  return { parameters, claimed: SIGNATURE_MARKS.some((name) => parameters.has(name)) };
}

/** Reads the parameters of a presigned GET or POST. @returns the reason `malformed` for what is absent or not in its form */
export function parsePresignedFields(
  method: string,
  parameters: ReadonlyMap<string, string>,
): Result<PresignedFields, SignatureFailure> {
  if (method !== 'GET' && method !== 'POST') return malformed('only GET and POST can be presigned');
  if (parameters.get('X-Amz-Algorithm') !== ALGORITHM)
    return malformed(`X-Amz-Algorithm is not ${ALGORITHM}`);
  const fields = parseSignatureFields({
    credential: parameters.get('X-Amz-Credential') ?? '',
    signedHeaders: parameters.get('X-Amz-SignedHeaders') ?? '',
    signature: parameters.get(SIGNATURE_PARAMETER) ?? '',
  });
  if (!fields.ok) return fields;
  const amzDate = parameters.get('X-Amz-Date') ?? '';
  const signedAtSeconds = parseAmzDate(amzDate);
  if (signedAtSeconds === null) return malformed('X-Amz-Date is not YYYYMMDDTHHMMSSZ');
  const expiresInSeconds = parseExpires(parameters.get('X-Amz-Expires'));
  if (expiresInSeconds === null) return malformed(`X-Amz-Expires is not 1 to ${MAX_PRESIGNED_SECONDS}`);
  return success({
    ...fields.value,
    amzDate,
    signedAtSeconds,
    expiresInSeconds,
    sessionToken: parameters.get('X-Amz-Security-Token') ?? null,
    claimedPayloadHash: parameters.get('X-Amz-Content-Sha256') ?? null,
  });
}

function parseExpires(text: string | undefined): number | null {
  if (text === undefined || !/^[1-9][0-9]{0,2}$/.test(text)) return null;
  return Number(text) <= MAX_PRESIGNED_SECONDS ? Number(text) : null;
}
