/** Text inside XML 1.0 documents. */

const NEEDS_CARE = /[&<>"'\r\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff\ud800-\udfff]/;
const SPECIAL = /[&<>"'\r\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g;

const REPLACEMENTS: ReadonlyMap<string, string> = new Map([
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
  ['"', '&quot;'],
  ["'", '&apos;'],
  ['\r', '&#13;'], // a bare one would be read as a line feed
]);

/**
 * Escapes a text for an XML element.
 * @returns text that any parser reads back unchanged, save that what XML 1.0 cannot carry at all (control characters,
 * lone surrogates, U+FFFE, U+FFFF) has become U+FFFD
 * @see XML 1.0 section 2.2
 */
export function escapeXml(text: string): string {
  if (!NEEDS_CARE.test(text)) return text;
  return text.toWellFormed().replace(SPECIAL, (character) => REPLACEMENTS.get(character) ?? '\ufffd');
}
