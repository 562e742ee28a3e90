import { exportJWK, generateKeyPair, type JWK } from 'jose';
import { readPrivateFile, StateError, writePrivateFile } from '../../state-files.ts';

/** The algorithms that the stand-in signs with; it holds one key of each. */
export const signingAlgorithms = ['RS256', 'ES256'] as const;
export type SigningAlgorithm = (typeof signingAlgorithms)[number];

/** A private signing key, ready for oidc-provider's `jwks` and for jose. */
export interface SigningKey extends JWK {
  readonly kid: string;
  readonly alg: string;
}

/** @returns one fresh key per algorithm; key ids are unique over rotations */
export function makeKeys(): Promise<readonly SigningKey[]> {
  return Promise.all(
    signingAlgorithms.map(async (alg) => {
      const { privateKey } = await generateKeyPair(alg, { extractable: true });
      const kid = `${alg.toLowerCase()}-${crypto.randomUUID().slice(0, 8)}`;
      return { ...(await exportJWK(privateKey)), kid, alg, use: 'sig' };
    }),
  );
}

/**
 * Reads the keys kept in a file, or makes them and keeps them there.
 * @throws StateError when the file is damaged
 */
export async function keepKeys(path: string): Promise<readonly SigningKey[]> {
  const text = readPrivateFile(path);
  if (text !== null) return parseKeys(path, text);
  const keys = await makeKeys();
  writePrivateFile(path, `${JSON.stringify(keys)}\n`);
  return keys;
}

function parseKeys(path: string, text: string): readonly SigningKey[] {
  try {
    const keys: unknown = JSON.parse(text);
    if (Array.isArray(keys) && keys.length > 0 && keys.every(isSigningKey)) return keys;
  } catch {} // not JSON is one way of being damaged
  throw new StateError(`${path} is damaged; without it the stand-in provider makes new keys`);
}

function isSigningKey(value: unknown): value is SigningKey {
  return typeof value === 'object' && value !== null && 'kid' in value && 'alg' in value && 'd' in value;
}
