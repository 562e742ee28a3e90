import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** A state folder that cannot be used; the text is for the person who started the broker. */
export class StateError extends Error {
  constructor(problem: string) {
    super(problem);
    this.name = 'StateError';
  }
}

/**
 * Makes the folder where it does not exist, for its owner alone.
 * @throws StateError when it cannot be made or is no folder
 */
export function makeStateFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new StateError(`${path} cannot be used as a folder (${codeOf(error)})`);
  }
}

/**
 * @returns the file's text, or null where it does not exist
 * @throws StateError when it exists but cannot be read
 */
export function readPrivateFile(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    throw new StateError(`${path} cannot be read (${codeOf(error)})`);
  }
}

/**
 * Writes a file with mode 0600, whole or not at all: a reader sees the old text or the new one, never half of it.
 * @throws StateError when it cannot be written
 */
export function writePrivateFile(path: string, text: string): void {
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    writeFileSync(temporary, text, { mode: 0o600, flush: true });
    renameSync(temporary, path);
  } catch (error) {
    throw new StateError(`${path} cannot be written (${codeOf(error)})`);
  }
}

/** @returns the system's code of a failure (ENOENT, EACCES …), or its text */
export function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return 'code' in error && typeof error.code === 'string' ? error.code : error.message;
}
