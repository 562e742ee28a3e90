/**
 * Redirect URIs: what a client may register, and whether a request names one of them.
 * @see RFC 9700 section 2.1; RFC 8252 sections 7 and 8
 */

const MAX_CHARACTERS = 2000;
/** Printable ASCII without backslash: no control character, tab or space that a browser would drop or turn. */
const PLAIN = /^[\x21-\x5b\x5d-\x7e]+$/;
/** RFC 8252 section 7.1: a native app's scheme is a domain name of its author, in reverse; so it has a dot. */
const PRIVATE_SCHEME = /^[a-z][a-z0-9+-]*(?:\.[a-z0-9+-]+)+:\/(?!\/)[^\s]*$/;
const LOOPBACK = /^http:\/\/(127\.0\.0\.1|\[::1\]|localhost)(?::(\d{1,5}))?(\/[^?#]*)?(\?[^#]*)?$/;

/**
 * Whether a URI may be registered: https, http on loopback, or a native app's own scheme; spelled as it is normalised, without
 * fragment, user info or dot segments.
 */
export function isRedirectUri(uri: string): boolean {
  if (uri.length > MAX_CHARACTERS || !PLAIN.test(uri) || uri.includes('#') || uri.includes('*')) return false;
  if (PRIVATE_SCHEME.test(uri)) return !hasDotSegment(uri);
  const url = URL.parse(uri);
  if (url === null || url.username !== '' || url.password !== '' || hasDotSegment(uri)) return false;
  // "https:host" and "https:/host" are read as "https://host" by browsers and otherwise by others.
  if (uri.startsWith('https://')) return url.href === uri || url.href === `${uri}/`;
  return LOOPBACK.test(uri);
}

/** `.` and `..` segments, percent-encoded or with a path parameter (`..;`), which servers resolve each in its own way. */
const hasDotSegment = (uri: string): boolean => /\/(?:\.|%2e){1,2}(?:[/;?]|$)|%2f|%5c/i.test(uri);

/**
 * Whether a request's redirect URI is a registered one: the same text. Only the port of a loopback URI may differ, for a native
 * app listens where it can.
 * @see RFC 8252 section 7.3
 */
export function matchesRedirectUri(registered: readonly string[], asked: string): boolean {
  if (registered.includes(asked)) return true;
  const wanted = withoutLoopbackPort(asked);
  return wanted !== null && registered.some((uri) => withoutLoopbackPort(uri) === wanted);
}

/** @returns the URI without its port; null for what is no loopback URI or has no port that exists */
function withoutLoopbackPort(uri: string): string | null {
  if (!isRedirectUri(uri)) return null;
  const [, host, port, path = '', query = ''] = LOOPBACK.exec(uri) ?? [];
  if (host === undefined || Number(port ?? 80) < 1 || Number(port ?? 80) > 65_535) return null;
  return `${host}${path}${query}`;
}
