/** Characters and references of XML text. */

/** Everything that XML 1.0 calls a character. */
const NOT_A_CHARACTER = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u;
const REFERENCE = /&(?:(lt|gt|amp|apos|quot)|#([0-9]{1,7})|#x([0-9A-Fa-f]{1,6}));|&/g;

const NAMED: ReadonlyMap<string, string> = new Map([
  ['lt', '<'],
  ['gt', '>'],
  ['amp', '&'],
  ['apos', "'"],
  ['quot', '"'],
]);

/**
 * @param raw - as it stands between two tags
 * @returns the text that it means, or null for a character that XML does not have or a reference to anything but a character
 */
export function decodeText(raw: string): string | null {
  if (raw.includes(']]>') || NOT_A_CHARACTER.test(raw)) return null;
  return decodeReferences(raw.replace(/\r\n?/g, '\n'));
}

/** @param raw - as it stands between two quotes. @returns the value, white space made spaces, or null as above */
export function decodeAttribute(raw: string): string | null {
  if (NOT_A_CHARACTER.test(raw)) return null;
  return decodeReferences(raw.replace(/\r\n|[\t\n\r]/g, ' '));
}

function decodeReferences(text: string): string | null {
  if (!text.includes('&')) return text;
  let valid = true;
  const decoded = text.replace(REFERENCE, (_all, named?: string, decimal?: string, hexadecimal?: string) => {
    const character = named === undefined ? characterOf(decimal, hexadecimal) : (NAMED.get(named) ?? null);
    if (character === null) valid = false;
    return character ?? '';
  });
  return valid ? decoded : null;
}

function characterOf(decimal: string | undefined, hexadecimal: string | undefined): string | null {
  const code = decimal === undefined ? Number.parseInt(hexadecimal ?? '', 16) : Number.parseInt(decimal, 10);
  if (Number.isNaN(code) || code > 0x10ffff) return null;
  const character = String.fromCodePoint(code);
  return NOT_A_CHARACTER.test(character) ? null : character;
}

/** @returns the text as it may stand in an element or between double quotes */
export const escapeXmlText = (text: string): string =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll('\r', '&#xD;');
