/** Names of subjects and issuers, told apart whatever library wrote them. @see RFC 4514 */

const PART =
  /^([A-Za-z][A-Za-z0-9-]*|[0-9]+(?:\.[0-9]+)+)=((?:[^\\"+,;<>=#]|\\[0-9A-Fa-f]{2}|\\[\\"+,;<>=# ]|=|#)*)$/;
const SYNONYMS: ReadonlyMap<string, string> = new Map([
  ['EMAILADDRESS', 'E'],
  ['1.2.840.113549.1.9.1', 'E'],
  ['STREET', 'STREETADDRESS'],
  ['SURNAME', 'SN'],
  ['GIVENNAME', 'GN'],
  ['GIVEN_NAME', 'GN'],
]);

/**
 * Reads a distinguished name.
 * @param text - parts divided by commas, white space after a comma allowed
 * @returns each part as `TYPE=value`, in the order of the text; null for what is no such text, or has parts of several values
 */
export function parseDistinguishedName(text: string): readonly string[] | null {
  const parts: string[] = [];
  for (const part of splitAtCommas(text)) {
    const [, type, value] = PART.exec(part) ?? [];
    if (type === undefined || value === undefined) return null;
    const name = type.toUpperCase();
    parts.push(`${SYNONYMS.get(name) ?? name}=${unescaped(value)}`);
  }
  return parts;
}

/** At commas that no backslash escapes; white space after one belongs to neither side. */
function splitAtCommas(text: string): readonly string[] {
  const parts = [''];
  for (const [piece] of text.matchAll(/\\.|, *|[\s\S]/g)) {
    if (piece.startsWith(',')) parts.push('');
    else parts.push((parts.pop() ?? '') + piece);
  }
  return parts;
}

/** In one pass, so that what an escape gives is not read as another one. Escaped bytes are UTF-8. */
const unescaped = (value: string): string =>
  value.replaceAll(/((?:\\[0-9A-Fa-f]{2})+)|\\([\\"+,;<>=# ])/g, (_, bytes?: string, character?: string) =>
    bytes === undefined ? (character ?? '') : decodeBytes(bytes),
  );

function decodeBytes(escaped: string): string {
  const bytes = escaped
    .split('\\')
    .slice(1)
    .map((hex) => Number.parseInt(hex, 16));
  return new TextDecoder().decode(Uint8Array.from(bytes));
}

/** Whether two names are the same, part by part in order; a name that cannot be read is nobody's. */
export function isSameName(left: readonly string[] | null, right: readonly string[] | null): boolean {
  if (left === null || right === null || left.length !== right.length) return false;
  return left.every((part, at) => part === right[at]);
}
