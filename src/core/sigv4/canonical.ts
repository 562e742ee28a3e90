/**
 * The text that SigV4 signs, by the rules of all services but S3.
 * @see AWS General Reference, "Create a signed AWS API request", steps 1 and 3
 */
import { encodeComponent } from '../percent.ts';

import { SIGNATURE_PARAMETER } from './presigned.ts';
import { canonicalQuery } from './query.ts';
import { ALGORITHM } from './signature-fields.ts';
import type { CredentialScope, SignedRequest } from './signed-request.ts';

/** The parts of a request that its signature covers. */
export type CanonicalParts = Pick<
  SignedRequest,
  'form' | 'method' | 'path' | 'query' | 'headers' | 'signedHeaders'
>;

/**
 * Writes the canonical request.
 * @param payloadHash - SHA-256 of the body, lower-case hexadecimal, computed by us
 * @param replaced - values to take instead of the ones that arrived, by lower-case header name
 * @returns null where the query cannot be decoded
 */
export function canonicalRequest(
  parts: CanonicalParts,
  payloadHash: string,
  replaced: ReadonlyMap<string, string> = NONE,
): string | null {
  const query = canonicalQuery(parts.query, parts.form === 'query' ? SIGNATURE_PARAMETER : null);
  if (query === null) return null;
  let headers = '';
  for (const name of parts.signedHeaders) {
    headers += `${name}:${canonicalValue(replaced.get(name) ?? parts.headers.get(name) ?? '')}\n`;
  }
  const names = parts.signedHeaders.join(';');
  return `${parts.method}\n${canonicalPath(parts.path)}\n${query}\n${headers}\n${names}\n${payloadHash}`;
}

/** Writes the string to sign. @param canonicalHash - SHA-256 of the canonical request, lower-case hexadecimal */
export const stringToSign = (amzDate: string, scope: CredentialScope, canonicalHash: string): string =>
  `${ALGORITHM}\n${amzDate}\n${scope.date}/${scope.region}/${scope.service}/aws4_request\n${canonicalHash}`;

/**
 * Normalises a path (no empty, `.` or `..` segments; a closing slash stays) and encodes it once more: it arrives encoded,
 * and all services but S3 sign it encoded twice.
 */
export function canonicalPath(path: string): string {
  if (path === '' || path === '/') return '/';
  const segments: string[] = [];
  for (const segment of path.split('/')) {
    if (segment === '..') segments.pop();
    else if (segment !== '' && segment !== '.') segments.push(encodeComponent(segment));
  }
  if (segments.length === 0) return '/';
  return `/${segments.join('/')}${path.endsWith('/') ? '/' : ''}`;
}

const NONE: ReadonlyMap<string, string> = new Map();

/** Trims a header value and makes each run of white space one space; a line break cannot survive to forge a line. */
const canonicalValue = (value: string): string => value.trim().replace(/\s+/g, ' ');
