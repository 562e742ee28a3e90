/** How somebody signed in, as people read it. @see RFC 8176 section 2 */
const WORDS: ReadonlyMap<string, string> = new Map([
  ['pwd', 'password'],
  ['otp', 'one-time code'],
  ['hwk', 'security key or passkey'],
  ['swk', 'synchronised passkey'],
]);

/** @returns such as `password and one-time code`; `provider` where only a provider knows */
export function amrInWords(amr: readonly string[]): string {
  const words = amr.flatMap((method) => WORDS.get(method) ?? []);
  return words.length === 0 ? 'provider' : words.join(' and ');
}
