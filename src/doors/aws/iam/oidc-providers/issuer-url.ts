import { Fault } from '../../../../core/faults.ts';

const VISIBLE_ASCII = /^[\u0021-\u007e]+$/;
const SCHEME = /^https?:\/\//;
const LOOPBACK: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]']);

/**
 * Checks an issuer's URL. It is kept exactly as given: `iss` is compared as a whole, trailing slash included.
 * @param isLocal - local mode admits `http://` to the machine itself
 * @returns the issuer, and the same without its scheme
 * @throws Fault `invalid_input` for anything but a plain https URL: a query, a fragment or a user name have no place in an issuer
 * @see OpenID Connect Core 1.0 section 2, `iss`
 */
export function requireIssuer(
  text: string,
  isLocal: boolean,
): { readonly issuer: string; readonly url: string } {
  const url = VISIBLE_ASCII.test(text) && SCHEME.test(text) && URL.canParse(text) ? new URL(text) : null;
  if (url === null || /[?#@]/.test(text) || url.hostname === '') throw invalid(text);
  const isLoopback = url.protocol === 'http:' && isLocal && LOOPBACK.has(url.hostname);
  if (url.protocol !== 'https:' && !isLoopback) throw invalid(text);
  return { issuer: text, url: text.replace(SCHEME, '') };
}

const invalid = (text: string): Fault =>
  new Fault(
    'invalid_input',
    `Invalid Open ID Connect Provider URL: \`${text}\` is not an https URL without a query`,
  );
