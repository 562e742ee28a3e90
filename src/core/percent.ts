/**
 * Percent-encoding of form and query components. SigV4 and the form decoder share this reader on purpose: were a `+`
 * or a stray byte read one way under the signature and another way afterwards, a signed request could change its meaning.
 * @see RFC 3986 section 2; WHATWG URL, "application/x-www-form-urlencoded"
 */

const UNRESERVED = /^[A-Za-z0-9\-_.~]*$/;
const PRINTABLE_ASCII = /^[\x21-\x7e]*$/;

/** Percent-encodes everything but RFC 3986's unreserved characters; a lone surrogate becomes U+FFFD. */
export function encodeComponent(text: string): string {
  if (UNRESERVED.test(text)) return text;
  return encodeURIComponent(text.toWellFormed()).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/**
 * Decodes a component; `+` is a space.
 * @returns null for a bad escape, bytes that are not UTF-8, and whatever is not printable ASCII to begin with
 */
export function decodeComponent(text: string): string | null {
  if (UNRESERVED.test(text)) return text;
  if (!PRINTABLE_ASCII.test(text)) return null;
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return null;
  }
}
