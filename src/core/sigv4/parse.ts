/**
 * Reads the signature that a request claims, from its Authorization header or its query. No key is needed yet; all that
 * can be refused without one is refused here, so that junk costs no lookup.
 * @see AWS General Reference, "Add the signature to the request"
 */
import { failure, type Result, success } from '../result.ts';
import { formatAmzDate, parseAmzDate, parseHttpDate } from '../time.ts';
import type { SignatureFailure } from './failure.ts';
import { type PresignedFields, parsePresignedFields, presignedParameters } from './presigned.ts';
import { ALGORITHM, malformed, parseSignatureFields } from './signature-fields.ts';
import type { RequestHead, SignatureFields, SignedRequest } from './signed-request.ts';

const MAX_AUTHORIZATION_LENGTH = 4096;
const METHOD = /^[A-Z]{1,20}$/;

/**
 * Takes a request's claimed signature apart.
 * @returns the request ready for `verifySignature`, or why it cannot be: no signature, one in both places, a field that
 * is absent, doubled or not in its form, or a header that must be signed and is not (`host` and each `x-amz-*`)
 */
export function parseSignedRequest(head: RequestHead): Result<SignedRequest, SignatureFailure> {
  if (!METHOD.test(head.method)) return malformed('the method is not in upper case');
  const headers = collectHeaders(head.headers);
  const authorization = headers.get('authorization');
  const presigned = presignedParameters(head.query);
  if (!presigned) return malformed('the query has a bad escape or an X-Amz parameter twice');
  if (authorization === undefined && !presigned.claimed) return failure({ why: 'missing' });
  if (authorization !== undefined && presigned.claimed) return malformed('two signatures');
  const signed =
    authorization === undefined
      ? fromQuery(head, headers, parsePresignedFields(head.method, presigned.parameters))
      : fromHeader(head, headers, parseAuthorization(authorization));
  return signed.ok ? requireSignedHeaders(signed.value) : signed;
}

/**
 * Reads an Authorization header: the algorithm, then exactly Credential, SignedHeaders and Signature, in any order,
 * separated by commas with or without spaces.
 */
export function parseAuthorization(text: string): Result<SignatureFields, SignatureFailure> {
  if (text.length > MAX_AUTHORIZATION_LENGTH) return malformed('the Authorization header is too long');
  if (!text.startsWith(`${ALGORITHM} `)) return malformed(`the Authorization header is not ${ALGORITHM}`);
  const fields = new Map<string, string>();
  for (const part of text.slice(ALGORITHM.length).split(',')) {
    const field = part.trim();
    const equals = field.indexOf('=');
    const name = field.slice(0, Math.max(equals, 0));
    if (fields.has(name)) return malformed('a field stands twice');
    fields.set(name, field.slice(equals + 1));
  }
  const credential = fields.get('Credential');
  const signedHeaders = fields.get('SignedHeaders');
  const signature = fields.get('Signature');
  if (
    fields.size !== 3 ||
    credential === undefined ||
    signedHeaders === undefined ||
    signature === undefined
  ) {
    return malformed('the fields are not Credential, SignedHeaders and Signature');
  }
  return parseSignatureFields({ credential, signedHeaders, signature });
}

type Headers = ReadonlyMap<string, string>;

function fromHeader(
  head: RequestHead,
  headers: Headers,
  fields: Result<SignatureFields, SignatureFailure>,
): Result<SignedRequest, SignatureFailure> {
  if (!fields.ok) return fields;
  const date = signingDate(headers, fields.value.signedHeaders);
  if (!date.ok) return date;
  return success({
    ...fields.value,
    ...date.value,
    form: 'header',
    expiresInSeconds: null,
    sessionToken: headers.get('x-amz-security-token') ?? null,
    claimedPayloadHash: headers.get('x-amz-content-sha256') ?? null,
    method: head.method,
    path: head.path,
    query: head.query,
    headers,
  });
}

function fromQuery(
  head: RequestHead,
  headers: Headers,
  fields: Result<PresignedFields, SignatureFailure>,
): Result<SignedRequest, SignatureFailure> {
  if (!fields.ok) return fields;
  const claimedPayloadHash = fields.value.claimedPayloadHash ?? headers.get('x-amz-content-sha256') ?? null;
  const { method, path, query } = head;
  return success({ ...fields.value, claimedPayloadHash, form: 'query', method, path, query, headers });
}

/** `x-amz-date`, else `Date`, which then must be signed too: an unsigned date would let old requests live on. */
function signingDate(
  headers: Headers,
  signedHeaders: readonly string[],
): Result<{ amzDate: string; signedAtSeconds: number }, SignatureFailure> {
  const amzDate = headers.get('x-amz-date');
  const date = amzDate ?? headers.get('date');
  if (date === undefined) return malformed('there is neither X-Amz-Date nor Date');
  if (amzDate === undefined && !signedHeaders.includes('date')) {
    return failure({ why: 'unsigned-header', header: 'date' });
  }
  const signedAtSeconds = parseAmzDate(date) ?? (amzDate === undefined ? parseHttpDate(date) : null);
  if (signedAtSeconds === null) return malformed('the date is not in its form');
  return success({ amzDate: formatAmzDate(signedAtSeconds), signedAtSeconds });
}

function requireSignedHeaders(signed: SignedRequest): Result<SignedRequest, SignatureFailure> {
  if (!signed.signedHeaders.includes('host')) return failure({ why: 'unsigned-header', header: 'host' });
  for (const header of signed.headers.keys()) {
    if (header.startsWith('x-amz-') && !signed.signedHeaders.includes(header)) {
      return failure({ why: 'unsigned-header', header });
    }
  }
  const absent = signed.signedHeaders.find((header) => !signed.headers.has(header));
  return absent === undefined ? success(signed) : failure({ why: 'absent-header', header: absent });
}

/** Values of a header that stands several times are joined by a comma alone, as SigV4 wants them. */
function collectHeaders(pairs: RequestHead['headers']): Headers {
  const headers = new Map<string, string>();
  for (const [rawName, value] of pairs) {
    const name = rawName.toLowerCase();
    const earlier = headers.get(name);
    headers.set(name, earlier === undefined ? value : `${earlier.trim()},${value.trim()}`);
  }
  return headers;
}
