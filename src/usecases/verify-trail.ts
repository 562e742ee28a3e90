/** Checks the chain over the trail: whether anything sealed was changed, removed, added, reordered or cut off. */
import { type Checkpoint, chainHead, readStatement } from '../core/audit/chain.ts';
import type { Keyring } from '../core/keyring/keyring.ts';
import type { PlacedEvent, StoredCheckpoint } from '../core/repositories/trail-chain.ts';
import type { Deps } from './deps.ts';
import { requireKeyring } from './issue.ts';

/** What is wrong, and where: a checkpoint, and a position where one event can be told. */
export interface TrailProblem {
  readonly why: /** The checkpoint is not in D1. */
    | 'CheckpointMissing'
    /** Its columns are not what was signed, or nothing believable was. */
    | 'CheckpointForged'
    /** It does not follow the one before. */
    | 'ChainBroken'
    /** There is no event in a place that is sealed. */
    | 'EventMissing'
    /** An event of the checkpoint is not the one that was sealed there. */
    | 'EventChanged'
    /** An event claims a place that no checkpoint seals. */
    | 'EventNotSealed'
    /** The witness outside D1 knows a later end. */
    | 'CutOff';
  readonly checkpoint: number;
  readonly position: number | null;
}

export interface TrailVerification {
  readonly problem: TrailProblem | null;
  /** How many were found good. */
  readonly checkpoints: number;
  readonly events: number;
  /** Where to go on; null at the end of the chain. */
  readonly nextCheckpoint: number | null;
}

const CHECKPOINTS_PER_CALL = 8;

/** @param fromNumber - the first checkpoint to check; the one before it is believed by its signature */
export async function verifyTrail(fromNumber: number, deps: Deps): Promise<TrailVerification> {
  const { trailChain } = deps;
  const keyring = await requireKeyring(deps);
  // First: what is sealed while this runs must not look as if it had been cut off.
  const witnessed = await deps.trailWitness.last();
  const outside = witnessed === null ? null : await readStatement(witnessed, keyring.trailVerification);
  const [earlier, ...found] = [
    ...(await readBefore(fromNumber, deps)),
    ...(await trailChain.checkpoints(fromNumber, CHECKPOINTS_PER_CALL)),
  ];
  let before: StoredCheckpoint | null = earlier ?? null;
  let events = 0;
  for (const [index, checkpoint] of found.entries()) {
    const number = fromNumber + index;
    const problem = await checkOne(number, before, checkpoint, outside, keyring, deps);
    if (problem !== null) return { problem, checkpoints: index, events, nextCheckpoint: null };
    events += checkpoint.lastPosition - checkpoint.firstPosition + 1;
    before = checkpoint;
  }
  const checkpoints = found.length;
  const end = { number: fromNumber + checkpoints - 1, last: before };
  const problem = await checkEnd(end, outside, deps);
  const more = problem === null && (await trailChain.checkpoints(end.number + 1, 1)).length > 0;
  return { problem, checkpoints, events, nextCheckpoint: more ? end.number + 1 : null };
}

/** The checkpoint before, as a list whose first entry may be nothing: the first has none before it. */
async function readBefore(
  fromNumber: number,
  { trailChain }: Deps,
): Promise<readonly [StoredCheckpoint | null]> {
  if (fromNumber <= 1) return [null];
  const [row] = await trailChain.checkpoints(fromNumber - 1, 1);
  return [row?.number === fromNumber - 1 ? row : null];
}

async function checkOne(
  number: number,
  before: StoredCheckpoint | null,
  stored: StoredCheckpoint | null,
  outside: Checkpoint | null,
  keyring: Keyring,
  { trailChain }: Deps,
): Promise<TrailProblem | null> {
  const wrong = (why: TrailProblem['why'], position: number | null = null): TrailProblem => ({
    why,
    checkpoint: number,
    position,
  });
  if (stored?.number !== number || (number > 1 && before === null)) return wrong('CheckpointMissing');
  const said = await readStatement(stored.statement, keyring.trailVerification);
  const { firstPosition, lastPosition, head } = stored;
  if (
    said === null ||
    said.number !== number ||
    said.head !== head ||
    said.firstPosition !== firstPosition ||
    said.lastPosition !== lastPosition ||
    // Signed, and another than the witness saw: somebody has the key, or had it before it was retired.
    (outside?.number === number && outside.head !== head)
  ) {
    return wrong('CheckpointForged');
  }
  if (said.previous !== (before?.head ?? '') || firstPosition !== (before?.lastPosition ?? 0) + 1) {
    return wrong('ChainBroken');
  }
  const events = await trailChain.placed(firstPosition, lastPosition);
  const missing = firstMissing(events, firstPosition, lastPosition);
  if (missing !== null) return wrong('EventMissing', missing);
  return (await chainHead(said.previous, firstPosition, events)) === head ? null : wrong('EventChanged');
}

function firstMissing(events: readonly PlacedEvent[], first: number, last: number): number | null {
  for (let position = first; position <= last; position += 1) {
    if (events[position - first]?.position !== position) return position;
  }
  return null;
}

/** Where the check came to. */
interface End {
  readonly number: number;
  readonly last: StoredCheckpoint | null;
}

/** No event has a place that no checkpoint seals, and the witness knows none later. */
async function checkEnd(
  { number, last }: End,
  outside: Checkpoint | null,
  { trailChain }: Deps,
): Promise<TrailProblem | null> {
  const position = (last?.lastPosition ?? 0) + 1;
  const strangers = await trailChain.countOutside(position - 1);
  // Asked after the count: a checkpoint that is there by now accounts for what was counted.
  if ((await trailChain.checkpoints(number + 1, 1)).length > 0) return null;
  if ((outside?.number ?? 0) > number) return { why: 'CutOff', checkpoint: number + 1, position: null };
  return strangers === 0 ? null : { why: 'EventNotSealed', checkpoint: number, position };
}
