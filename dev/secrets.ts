import { randomBytes } from 'node:crypto';
import { readPrivateFile, StateError, writePrivateFile } from './state-files.ts';

/** What production keeps as Worker secrets. */
export interface Secrets {
  /** `id:base64 of 32 random bytes`; wraps the keyring. */
  readonly DAYPASS_KEK: string;
  readonly DAYPASS_SETUP_TOKEN: string;
}

/** @returns fresh secrets of full strength */
export function makeSecrets(): Secrets {
  return {
    DAYPASS_KEK: `local:${randomBytes(32).toString('base64')}`,
    DAYPASS_SETUP_TOKEN: randomBytes(32).toString('base64url'),
  };
}

/**
 * Reads the secrets kept in a file, or makes them and keeps them there.
 * @param path - the file, made with mode 0600
 * @param sealed - whether a database exists that the secrets have to fit
 * @throws StateError when the file is missing though there is such a database, or is damaged
 */
export function keepSecrets(path: string, sealed: boolean): Secrets {
  const text = readPrivateFile(path);
  if (text !== null) return parseSecrets(path, text);
  if (sealed)
    throw new StateError(`${path} is missing, and without it nothing in the database can be opened`);
  const secrets = makeSecrets();
  writePrivateFile(path, `${JSON.stringify(secrets, null, 2)}\n`);
  return secrets;
}

function parseSecrets(path: string, text: string): Secrets {
  let value: Partial<Record<keyof Secrets, unknown>> | null;
  try {
    value = JSON.parse(text); // only the two strings checked below are used of it
  } catch {
    value = null;
  }
  const { DAYPASS_KEK: kek, DAYPASS_SETUP_TOKEN: token } = value ?? {};
  if (typeof kek !== 'string' || typeof token !== 'string') throw new StateError(`${path} is damaged`);
  return { DAYPASS_KEK: kek, DAYPASS_SETUP_TOKEN: token };
}
