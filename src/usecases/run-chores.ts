import type { Deps } from './deps.ts';
import { disableInactive } from './disable-inactive.ts';
import { rotateKeys } from './rotate-keys.ts';
import { sealTrail } from './seal-trail.ts';
import { sweep } from './sweep.ts';
import { tellClients } from './tell-clients.ts';

/** What the cron trigger does every minute, in this order. */
const CHORES: Chores = [
  ['sweep', sweep],
  ['rotate-keys', rotateKeys],
  ['seal-trail', sealTrail],
  ['tell-clients', tellClients],
  ['disable-inactive', disableInactive],
];

type Chores = readonly (readonly [name: string, run: (deps: Deps) => Promise<unknown>])[];

/**
 * Does each of the chores, also where one before it failed: a sweep that cannot be done must not keep keys from rotating, nor the
 * trail from being sealed.
 * @throws the first failure, once all have had their turn
 */
export async function runChores(deps: Deps, chores = CHORES): Promise<void> {
  const failures: unknown[] = [];
  for (const [chore, run] of chores) {
    try {
      await run(deps);
    } catch (error) {
      failures.push(error);
      const reason = error instanceof Error ? error.message : 'failed';
      deps.log('error', 'chore.failed', { chore, reason });
    }
  }
  if (failures.length > 0) throw failures[0];
}
