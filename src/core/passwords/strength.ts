import { ZxcvbnFactory } from '@zxcvbn-ts/core';
import { adjacencyGraphs, dictionary } from '@zxcvbn-ts/language-common';

/** A password that falls within this many guesses (ten to this power) of somebody who knows how people choose is refused. */
const LEAST_GUESSES_LOG10 = 8;
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
  // ranking the dictionaries takes a moment, once
  estimator ??= new ZxcvbnFactory({ dictionary, graphs: adjacencyGraphs });
  if ([...withoutWords(password, words)].length < LEAST_OWN_CHARACTERS) return true;
  const known = [...SERVICE_WORDS, ...words.flatMap((word) => [word, ...word.split(/[^\p{L}\p{N}]+/u)])];
  const { guessesLog10 } = estimator.check(
    password,
    known.filter((word) => word.length > 1),
  );
  return guessesLog10 < LEAST_GUESSES_LOG10;
}

/** What is left of a password without user name, e-mail, account alias and the service's name. */
function withoutWords(password: string, words: readonly string[]): string {
  const names = [...words, 'daypass'].map((word) => word.toLowerCase());
  return names
    .filter((name) => name.length >= LEAST_NAME_LENGTH)
    .reduce((left, name) => left.replaceAll(name, ''), password.toLowerCase());
}
