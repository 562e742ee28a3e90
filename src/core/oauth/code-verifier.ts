import { digestOf } from '../digest.ts';

/**
 * The challenge that belongs to a verifier, by S256.
 * @returns null for what is no verifier: 43 to 128 unreserved characters
 * @see RFC 7636 sections 4.1 and 4.6
 */
export async function challengeOf(verifier: string): Promise<string | null> {
  return /^[\w.~-]{43,128}$/.test(verifier) ? digestOf(verifier) : null;
}
