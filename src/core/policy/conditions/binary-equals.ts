import { textOf } from '../match/template.ts';
import { incomparable, operator } from './operator.ts';

/** Byte-for-byte comparison of two base64 texts. */
export const binaryEquals = operator({
  name: 'BinaryEquals',
  type: 'binary',
  expandsVariables: false,
  compile: (pattern) => {
    const wanted = decodeBase64(textOf(pattern));
    if (wanted === null) return incomparable;
    return (given) => {
      const bytes = decodeBase64(given);
      return bytes === null ? 'incomparable' : bytes === wanted;
    };
  },
});

/** The bytes as a text of characters below 256; null for what is not base64. `atob` alone would skip white space. */
function decodeBase64(text: string): string | null {
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text)) return null;
  try {
    return atob(text);
  } catch {
    return null;
  }
}
