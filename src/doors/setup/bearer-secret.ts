import { equalBytes, utf8 } from '../../core/bytes.ts';
import { JSON_STATUS } from '../http/json-faults.ts';
import type { Challenger } from '../http/token-challenge.ts';

/**
 * Compares a request's bearer token with a secret of the deployment, by digest, so that neither length nor content shows in
 * the time.
 * @param expected - null where none is set: then no token will do
 * @returns the token where it is the secret, else null
 */
export async function bearerSecret(request: Request, expected: string | null): Promise<string | null> {
  const header = request.headers.get('authorization') ?? '';
  const given = /^Bearer ([\x21-\x7e]{1,512})$/i.exec(header)?.[1] ?? '';
  const [left, right] = await Promise.all([digest(given), digest(expected ?? '')]);
  return expected !== null && equalBytes(left, right) ? given : null;
}

/** Such a door takes its own secret alone. */
export const secretChallenge: Challenger = (_door, { code }) => {
  const status = JSON_STATUS[code];
  return { status, challenge: status === 401 ? { 'www-authenticate': 'Bearer' } : {} };
};

const digest = async (text: string): Promise<Uint8Array> =>
  new Uint8Array(await crypto.subtle.digest('SHA-256', utf8(text)));
