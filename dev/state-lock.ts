import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { codeOf, StateError } from './state-files.ts';

/**
 * Takes a state folder for this process: two brokers on one folder would each overwrite what the other has. A lock whose
 * process is gone counts for nothing.
 * @returns gives the folder back
 * @throws StateError when a running process has it
 */
export function lockStateFolder(stateDir: string): () => void {
  const path = join(stateDir, 'lock');
  if (!tryLock(path)) {
    const owner = ownerOf(path);
    if (owner !== null && isRunning(owner)) {
      throw new StateError(
        `${stateDir} is in use by process ${owner}; stop it, or choose another folder: DAYPASS_STATE=… npm start`,
      );
    }
    rmSync(path, { force: true });
    if (!tryLock(path)) throw new StateError(`${stateDir} has just been taken by another process`);
  }
  return () => rmSync(path, { force: true });
}

function tryLock(path: string): boolean {
  try {
    writeFileSync(path, String(process.pid), { flag: 'wx', mode: 0o600 });
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw new StateError(`${path} cannot be written (${codeOf(error)})`);
  }
}

/** Null where the file says no process, or is gone again. */
function ownerOf(path: string): number | null {
  try {
    const owner = Number(readFileSync(path, 'utf8'));
    return Number.isSafeInteger(owner) && owner > 0 ? owner : null;
  } catch {
    return null;
  }
}

function isRunning(process_: number): boolean {
  try {
    process.kill(process_, 0);
    return true;
  } catch (error) {
    return codeOf(error) === 'EPERM'; // it runs, and belongs to somebody else
  }
}
