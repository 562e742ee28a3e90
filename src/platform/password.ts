/**
 * Password hashing with scrypt (RFC 7914), memory-hard and available in Workers. The encoded form carries its parameters, so
 * that they can be raised later: `scrypt$N$r$p$SALT$HASH`, base64url.
 */
import { scrypt } from 'node:crypto';
import { type Bytes, equalBytes, parseBase64Url, toBase64Url } from '../core/bytes.ts';
import type { PasswordHasher, Random } from '../core/ports.ts';

interface ScryptParameters {
  readonly n: number;
  readonly r: number;
  readonly p: number;
}

/** An encoded hash taken apart. */
interface ReadHash {
  readonly parameters: ScryptParameters;
  readonly salt: Bytes;
  readonly hash: Bytes;
}

const CURRENT: ScryptParameters = { n: 2 ** 15, r: 8, p: 1 };
const HASH_BYTES = 32;
const SALT_BYTES = 16;

/** The hash of no password, with the present parameters: checking against it costs what checking against a real one does. */
const DECOY = `scrypt$${CURRENT.n}$${CURRENT.r}$${CURRENT.p}$${'A'.repeat(22)}$${'A'.repeat(43)}`;

/** @param random - where fresh salts come from */
export const createPasswordHasher = (random: Random): PasswordHasher => ({
  hash: (password, like) => hashPassword(password, random, like),
  verify: (password, encoded) => verifyPassword(password, encoded ?? DECOY),
  matchesAny,
  isCurrent: (encoded) => isCurrent(encoded),
});

/**
 * Hashes a password.
 * @param like - an earlier hash of the same owner, whose salt is kept; a fresh one is drawn without it
 */
export async function hashPassword(password: string, random: Random, like?: string): Promise<string> {
  const salt = readHash(like ?? '')?.salt ?? random.bytes(SALT_BYTES);
  const hash = await derive(password, salt, CURRENT);
  return ['scrypt', CURRENT.n, CURRENT.r, CURRENT.p, toBase64Url(salt), toBase64Url(hash)].join('$');
}

/** @returns whether the password is the one that was hashed; false for an encoding that cannot be read */
export async function verifyPassword(password: string, encoded: string): Promise<boolean> {
  const read = readHash(encoded);
  if (read === null) return false;
  return equalBytes(await derive(password, read.salt, read.parameters), read.hash);
}

/** One derivation serves all hashes that share salt and parameters. */
async function matchesAny(password: string, encoded: readonly string[]): Promise<boolean> {
  const byHeader = Map.groupBy(encoded, (each) => each.slice(0, each.lastIndexOf('$')));
  for (const alike of byHeader.values()) {
    const hashes = alike.map(readHash).filter((each) => each !== null);
    const [first] = hashes;
    if (first === undefined) continue;
    const derived = await derive(password, first.salt, first.parameters);
    if (hashes.some(({ hash }) => equalBytes(derived, hash))) return true;
  }
  return false;
}

function isCurrent(encoded: string): boolean {
  const parameters = readHash(encoded)?.parameters;
  return parameters?.n === CURRENT.n && parameters.r === CURRENT.r && parameters.p === CURRENT.p;
}

const ENCODED = /^scrypt\$(\d{1,7})\$(\d{1,2})\$(\d{1,2})\$([\w-]+)\$([\w-]+)$/;

function readHash(encoded: string): ReadHash | null {
  const [, n, r, p, salt = '', hash = ''] = ENCODED.exec(encoded) ?? [];
  const saltBytes = parseBase64Url(salt);
  const hashBytes = parseBase64Url(hash);
  const parameters = { n: Number(n), r: Number(r), p: Number(p) };
  if (saltBytes === null || hashBytes === null || !isUsable(parameters)) return null;
  return { parameters, salt: saltBytes, hash: hashBytes };
}

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
