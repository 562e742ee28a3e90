/**
 * Cookies of the pages. Their names begin with `__Host-`: browsers then hold them to this host, to secure origins (`localhost`
 * counts) and to the whole path, so that no neighbouring host can plant one.
 * @see RFC 6265bis section 4.1.3.2
 */

/** The signed-in visitor. */
export const SESSION_COOKIE = '__Host-daypass-session';
/** A visitor on the way in. */
export const LOGIN_COOKIE = '__Host-daypass-login';
/** An authorization request that waits for its person. */
export const AUTHORIZATION_COOKIE = '__Host-daypass-authorization';
/** A passkey ceremony that has begun. */
export const CEREMONY_COOKIE = '__Host-daypass-ceremony';

/** A login at a provider that has begun. Lax: the provider sends the browser back by a plain navigation. */
export const PROVIDER_COOKIE = '__Host-daypass-provider';
/** A login at a provider that waits for its person to link it. */
export const LINK_COOKIE = '__Host-daypass-link';

/** A SAML login that has begun: the response comes by a form of another site, so this cookie must come with it. */
export const SAML_COOKIE = '__Host-daypass-saml';

const MAX_HEADER_CHARACTERS = 16_384;

/**
 * Reads one cookie.
 * @returns null where it is absent, or there more than once: which of two is ours cannot be told
 */
export function readCookie(request: Request, name: string): string | null {
  const header = request.headers.get('cookie');
  if (header === null || header.length > MAX_HEADER_CHARACTERS) return null;
  const found = header
    .split(';')
    .map((pair) => pair.replace(/^ /, '')) // one space, as browsers write it: other blanks are part of another name
    .filter((pair) => pair.startsWith(`${name}=`))
    .map((pair) => pair.slice(name.length + 1));
  return found.length === 1 && found[0] !== '' ? (found[0] ?? null) : null;
}

/**
 * A `Set-Cookie` value.
 * @param value - base64url, dots and digits alone
 * @param maxAgeSeconds - null ends with the browser
 */
export function setCookie(name: string, value: string, maxAgeSeconds: number | null): string {
  if (!/^[\w.-]*$/.test(value)) throw new TypeError('a cookie holds base64url and dots alone');
  const age = maxAgeSeconds === null ? '' : `; Max-Age=${maxAgeSeconds}`;
  return `${name}=${value}; Path=/${age}; Secure; HttpOnly; SameSite=Lax`;
}

/** A `Set-Cookie` value that removes a cookie. */
export const dropCookie = (name: string): string => setCookie(name, '', 0);

/** A `Set-Cookie` value for what another site's form brings back; short-lived, and worth nothing but for that. */
export const setCrossSiteCookie = (name: string, value: string, maxAgeSeconds: number): string =>
  setCookie(name, value, maxAgeSeconds).replace('SameSite=Lax', 'SameSite=None');
