/** Seals what has come to the trail since the last time: by the cron trigger. */
import { type Checkpoint, chainHead, readStatement, signCheckpoint } from '../core/audit/chain.ts';
import type { Keyring } from '../core/keyring/keyring.ts';
import type { Deps } from './deps.ts';

const EVENTS_PER_CHECKPOINT = 500;
const CHECKPOINTS_PER_RUN = 20;

/**
 * Each checkpoint goes to D1 with the places of its events, and then outside it: to the witness and to the log. A run that
 * died between the two is made up for by the next. Two runs at once seal each event once.
 */
export async function sealTrail(deps: Deps): Promise<void> {
  const keyring = await deps.directory.keyring();
  if (keyring === null || keyring.trailSigning === null) return;
  let before = await findEnd(keyring, deps);
  for (let run = 0; run < CHECKPOINTS_PER_RUN; run += 1) {
    const sealed = await sealNext(before, keyring, deps);
    if (sealed === null) return;
    before = sealed;
  }
  deps.log('warn', 'trail.sealing_lags', { number: before?.number });
}

/**
 * Where the chain ends, as the later of D1 and the witness knows it. Where D1 knows less, it was cut off: the chain goes on behind
 * the gap, which stays to be seen.
 */
async function findEnd(
  keyring: Keyring,
  { trailChain, trailWitness, log }: Deps,
): Promise<Checkpoint | null> {
  // In this order: what another run seals meanwhile must not look as if it had been cut off.
  const witnessed = await trailWitness.last();
  const stored = await trailChain.last();
  const inside = stored === null ? null : await readStatement(stored.statement, keyring.trailVerification);
  const outside = witnessed === null ? null : await readStatement(witnessed, keyring.trailVerification);
  const isCut = (stored !== null && inside === null) || (outside?.number ?? 0) > (inside?.number ?? 0);
  // A longer chain that is another one must not take the witness's place, nor be gone on with.
  if (isCut || !(await holds(outside, trailChain))) {
    log('error', 'trail.broken', { inside: inside?.number ?? null, outside: outside?.number ?? null });
    return outside ?? inside;
  }
  if (stored !== null && inside !== null) await trailWitness.keep(inside.number, stored.statement);
  return inside;
}

/** Whether the chain in D1 has the checkpoint that the witness saw. */
async function holds(seen: Checkpoint | null, chain: Deps['trailChain']): Promise<boolean> {
  if (seen === null) return true;
  const [row] = await chain.checkpoints(seen.number, 1);
  return row?.number === seen.number && row.head === seen.head;
}

/** @returns the new end, or null where there is nothing more to do for this run */
async function sealNext(before: Checkpoint | null, keyring: Keyring, deps: Deps): Promise<Checkpoint | null> {
  const { trailChain, trailWitness, log, clock, settings } = deps;
  const events = await trailChain.unsealed(EVENTS_PER_CHECKPOINT);
  if (events.length === 0 || keyring.trailSigning === null) return null;
  const firstPosition = (before?.lastPosition ?? 0) + 1;
  const previous = before?.head ?? '';
  const checkpoint: Checkpoint = {
    number: (before?.number ?? 0) + 1,
    firstPosition,
    lastPosition: firstPosition + events.length - 1,
    previous,
    head: await chainHead(previous, firstPosition, events),
  };
  const nowSeconds = Math.floor(clock.nowMilliseconds() / 1000);
  const statement = await signCheckpoint(keyring.trailSigning, settings.issuer, checkpoint, nowSeconds);
  if (!(await trailChain.seal(checkpoint, statement, events))) return null;
  await trailWitness.keep(checkpoint.number, statement);
  log('info', 'trail.checkpoint', { number: checkpoint.number, statement });
  return events.length < EVENTS_PER_CHECKPOINT ? null : checkpoint;
}
