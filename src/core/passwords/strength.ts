import { ZxcvbnFactory } from '@zxcvbn-ts/core';
import { adjacencyGraphs } from '@zxcvbn-ts/language-common';
import { COMMON_PASSWORDS, DICE_WORDS } from './common-passwords.ts';
import { frontDecoded, rankedDecoded } from './front-coding.ts';

/** A password that falls within this many guesses (ten to this power) of somebody who knows how people choose is refused. */
const LEAST_GUESSES_LOG10 = 8;
/** The work of an estimate grows with the square of the length. */
const MAX_ESTIMATED_LENGTH = 48;
/** So much must be left of a password without the names that everybody knows. */
const LEAST_OWN_CHARACTERS = 8;
/** A shorter name stands in a password by chance. */
const LEAST_NAME_LENGTH = 4;
/** What people call this service in a password. */
const SERVICE_WORDS = ['daypass', 'amazon', 'aws', 'iam', 'console', 'password', 'welcome', 'admin', 'root'];

let estimator: ZxcvbnFactory | null = null;

/**
 * Estimates how soon a guesser finds a password: common ones, names, keyboard walks, repetitions, dates, and letters replaced by
 * digits are found soon. Nothing leaves the isolate.
 * @param words - what a guesser knows of the person: user name, e-mail, account alias
 */
export function isEasilyGuessed(password: string, words: readonly string[]): boolean {
  if ([...withoutWords(password, words)].length < LEAST_OWN_CHARACTERS) return true;
  const known = [
    ...SERVICE_WORDS,
    ...words.flatMap((word) => [word, ...word.split(/[^\p{L}\p{N}]+/u)]),
  ].filter((word) => word.length > 1);
  return formsOf(password).some((form) => isSoonFound(form, known));
}

/** Whoever finds the whole has found its beginning, so that the beginning is never the harder of the two. */
function isSoonFound(password: string, known: string[]): boolean {
  // unfolding and ranking the dictionaries takes a moment, once
  estimator ??= new ZxcvbnFactory({ dictionary: dictionaries(), graphs: adjacencyGraphs });
  return estimator.check(password.slice(0, MAX_ESTIMATED_LENGTH), known).guessesLog10 < LEAST_GUESSES_LOG10;
}

const dictionaries = () => ({
  'passwords-common': rankedDecoded(COMMON_PASSWORDS),
  'diceware-common': frontDecoded(DICE_WORDS),
});

/** A password as it is, and without the blanks and hyphens that hide two common ones or a repetition. */
function formsOf(password: string): readonly string[] {
  const bare = password.replaceAll(/[^\p{L}\p{N}]/gu, '');
  const isMostOfIt = bare.length < password.length && 2 * bare.length >= password.length;
  return (isMostOfIt ? [password, bare] : [password]).map(saidOnce);
}

/** What is said over and over counts once, however long it is. */
function saidOnce(text: string): string {
  const period = (text + text).indexOf(text, 1);
  return text.slice(0, period);
}

/** What is left of a password without user name, e-mail, account alias and the service's name. */
function withoutWords(password: string, words: readonly string[]): string {
  const names = [...words, 'daypass'].map((word) => word.toLowerCase());
  return names
    .filter((name) => name.length >= LEAST_NAME_LENGTH)
    .reduce((left, name) => left.replaceAll(name, ''), password.toLowerCase());
}
