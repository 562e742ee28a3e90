import { readPrivateFile, StateError, writePrivateFile } from '../../state-files.ts';
import { makeSamlKey, type SamlSigningKey } from './signing-key.ts';

/**
 * Reads the key kept in a file, or makes one and keeps it there.
 * @throws StateError when the file is damaged
 */
export async function keepSamlKey(path: string, nowSeconds: number): Promise<SamlSigningKey> {
  const text = readPrivateFile(path);
  if (text !== null) return parseKey(path, text);
  const key = await makeSamlKey(nowSeconds);
  writePrivateFile(path, `${JSON.stringify(key)}\n`);
  return key;
}

function parseKey(path: string, text: string): SamlSigningKey {
  try {
    const { privateKey, certificate } = JSON.parse(text) as Partial<SamlSigningKey>; // checked on the next line
    if (typeof privateKey === 'string' && typeof certificate === 'string') return { privateKey, certificate };
  } catch {} // not JSON is one way of being damaged
  throw new StateError(`${path} is damaged; without it the stand-in SAML provider makes a new key`);
}
