/** Lists of words in little space: each word says how much of the one before it stays. */

/** `A` keeps nothing of the word before, `B` its first character, …; no word has a capital letter. */
const FIRST_LETTER = 65;
const MAX_KEPT = 25;
/** The letter of the first group of ranks. */
const FIRST_RANK = 97;

/**
 * @param words - without capital letters
 * @returns what `frontDecoded` reads
 * @throws RangeError for a word with a capital letter
 */
export function frontCoded(words: readonly string[]): string {
  return words
    .map((word, at) => {
      if (/[A-Z]/.test(word)) throw new RangeError(`\`${word}\` has a capital letter`);
      const kept = commonLength(words[at - 1] ?? '', word);
      return String.fromCharCode(FIRST_LETTER + kept) + word.slice(kept);
    })
    .join('');
}

/** @param text - made by `frontCoded` */
export function frontDecoded(text: string): string[] {
  let last = '';
  return (text.match(/[A-Z][^A-Z]*/g) ?? []).map((step) => {
    last = last.slice(0, step.charCodeAt(0) - FIRST_LETTER) + step.slice(1);
    return last;
  });
}

/** Words in the order of the alphabet, and a letter for each that says in which doubling of ranks it stands. */
export interface RankedWords {
  readonly words: string;
  readonly doublings: string;
}

/** @param words - the most frequent first; which of the words of one doubling (1, 2–3, 4–7, …) came first is forgotten */
export function rankedCoded(words: readonly string[]): RankedWords {
  const ranked = words
    .map((word, at) => ({ word, letter: String.fromCharCode(FIRST_RANK + Math.floor(Math.log2(at + 1))) }))
    .sort((left, right) => (left.word < right.word ? -1 : 1));
  return {
    words: frontCoded(ranked.map(({ word }) => word)),
    doublings: ranked.map(({ letter }) => letter).join(''),
  };
}

/** @returns the words, the most frequent first: each within a factor of two of its rank, or exactly there in the first doubling */
export function rankedDecoded({ words, doublings }: RankedWords): string[] {
  const groups: string[][] = [];
  for (const [at, word] of frontDecoded(words).entries()) {
    const group = doublings.charCodeAt(at) - FIRST_RANK;
    groups[group] ??= [];
    groups[group]?.push(word);
  }
  return groups.flat();
}

function commonLength(left: string, right: string): number {
  let length = 0;
  while (length < MAX_KEPT && length < left.length && left[length] === right[length]) length += 1;
  return length;
}
