/**
 * Password hashing with scrypt (RFC 7914), memory-hard and available in Workers. The encoded form carries its parameters, so
 * that they can be raised later: `scrypt$N$r$p$SALT$HASH`, base64url.
 */
import { scrypt } from 'node:crypto';
import { type Bytes, equalBytes, parseBase64Url, toBase64Url } from '../core/bytes.ts';
import type { Random } from '../core/ports.ts';

interface ScryptParameters {
  readonly n: number;
  readonly r: number;
  readonly p: number;
}

const CURRENT: ScryptParameters = { n: 2 ** 15, r: 8, p: 1 };
const HASH_BYTES = 32;
const SALT_BYTES = 16;

/** Hashes a password under a fresh salt. */
export async function hashPassword(password: string, random: Random): Promise<string> {
  const salt = random.bytes(SALT_BYTES);
  const hash = await derive(password, salt, CURRENT);
  return ['scrypt', CURRENT.n, CURRENT.r, CURRENT.p, toBase64Url(salt), toBase64Url(hash)].join('$');
}

/** @returns whether the password is the one that was hashed; false for an encoding that cannot be read */
export async function verifyPassword(password: string, encoded: string): Promise<boolean> {
  const [, n, r, p, salt = '', hash = ''] = ENCODED.exec(encoded) ?? [];
  const saltBytes = parseBase64Url(salt);
  const hashBytes = parseBase64Url(hash);
  const parameters = { n: Number(n), r: Number(r), p: Number(p) };
  if (saltBytes === null || hashBytes === null || !isUsable(parameters)) return false;
  return equalBytes(await derive(password, saltBytes, parameters), hashBytes);
}

const ENCODED = /^scrypt\$(\d{1,7})\$(\d{1,2})\$(\d{1,2})\$([\w-]+)\$([\w-]+)$/;

/** scrypt wants a power of two for its cost. */
const isUsable = ({ n, r, p }: ScryptParameters): boolean => n > 1 && (n & (n - 1)) === 0 && r > 0 && p > 0;

function derive(password: string, salt: Bytes, { n, r, p }: ScryptParameters): Promise<Bytes> {
  const options = { N: n, r, p, maxmem: 256 * n * r };
  return new Promise((resolve, reject) => {
    scrypt(password.normalize('NFC'), salt, HASH_BYTES, options, (error, key) => {
      if (error) reject(error);
      else resolve(new Uint8Array(key));
    });
  });
}
