/** Whoever has stolen the trail key, and can write to D1, still has the witness against them. */
import { beforeEach, describe, expect, test } from 'vitest';
import { type ChainedEvent, type Checkpoint, chainHead, signCheckpoint } from '../../src/core/audit/chain.ts';
import type { Keyring } from '../../src/core/keyring/keyring.ts';
import type { StoredCheckpoint, TrailChain } from '../../src/core/repositories/trail-chain.ts';
import type { Deps } from '../../src/usecases/deps.ts';
import { sealTrail } from '../../src/usecases/seal-trail.ts';
import { verifyTrail } from '../../src/usecases/verify-trail.ts';
import { fakeDeps } from '../helpers/fake-deps.ts';
import { START_SECONDS } from '../helpers/fake-world.ts';
import { testKeyring } from '../helpers/keys.ts';

const event = (eventId: string): ChainedEvent => ({
  ...{ accountId: '111122223333', eventId, atMilliseconds: 1, eventSource: 'iam.amazonaws.com' },
  ...{ eventName: 'CreateUser', outcome: 'success', principalArn: null, requestId: 'r' },
  ...{ shard: null, shardSequence: null, body: '{}' },
});

/** D1 and the witness, in memory; `stored` and `sealed` are what somebody with access to D1 can change. */
function world(keyring: Keyring) {
  const stored: StoredCheckpoint[] = [];
  const sealed: ChainedEvent[] = [];
  const waiting: ChainedEvent[] = [];
  const logged: string[] = [];
  let witness: { readonly number: number; readonly statement: string } | null = null;
  const trailChain: TrailChain = {
    last: async () => stored.at(-1) ?? null,
    checkpoints: async (from, limit) => stored.filter(({ number }) => number >= from).slice(0, limit),
    unsealed: async (limit) => waiting.slice(0, limit),
    placed: async (first, last) =>
      sealed.slice(first - 1, last).map((each, at) => ({ ...each, position: first + at })),
    countOutside: async (last) => Math.max(0, sealed.length - last),
    seal: async ({ previous: _, ...checkpoint }, statement, events) => {
      if (stored.some(({ number }) => number === checkpoint.number)) return false;
      stored.push({ ...checkpoint, statement });
      sealed.push(...events);
      waiting.splice(0, events.length);
      return true;
    },
  };
  const fakes = fakeDeps({});
  const deps: Deps = {
    ...fakes,
    directory: { ...fakes.directory, keyring: async () => keyring },
    trailChain,
    trailWitness: {
      last: async () => witness?.statement ?? null,
      keep: async (number, statement) => {
        if (number > (witness?.number ?? 0)) witness = { number, statement };
      },
    },
    log: (_level, name) => logged.push(name),
  };
  return { deps, stored, sealed, waiting, logged, witnessed: () => witness };
}

let at: ReturnType<typeof world>;
let keyring: Keyring;
beforeEach(async () => {
  keyring = await testKeyring();
  at = world(keyring);
  for (const id of ['a', 'b', 'c']) {
    at.waiting.push(event(id));
    await sealTrail(at.deps);
  }
});

/** Writes the whole chain anew over other events, each checkpoint well signed. */
async function forge(ids: readonly string[]): Promise<void> {
  const { trailSigning } = keyring;
  if (trailSigning === null) throw new Error('no trail key');
  at.stored.length = 0;
  at.sealed.length = 0;
  let previous = '';
  for (const [index, id] of ids.entries()) {
    const place = index + 1;
    const head = await chainHead(previous, place, [event(id)]);
    const checkpoint: Checkpoint = {
      number: place,
      firstPosition: place,
      lastPosition: place,
      previous,
      head,
    };
    const statement = await signCheckpoint(
      trailSigning,
      'https://daypass.example.com',
      checkpoint,
      START_SECONDS,
    );
    at.stored.push({ number: place, firstPosition: place, lastPosition: place, head, statement });
    at.sealed.push(event(id));
    previous = head;
  }
}

test('a chain that nobody touched is good, and the log is quiet', async () => {
  expect(await verifyTrail(1, at.deps)).toMatchObject({ problem: null, checkpoints: 3, events: 3 });
  expect(at.logged).not.toContain('trail.broken');
});

describe.for([
  ['as long', ['a', 'x', 'c']],
  ['longer', ['a', 'x', 'c', 'd', 'e']],
] as const)('another chain that is %s', ([, ids]) => {
  test('shows at the checkpoint that the witness saw', async () => {
    await forge(ids);
    expect(await verifyTrail(1, at.deps)).toMatchObject({
      problem: { why: 'CheckpointForged', checkpoint: 3 },
      checkpoints: 2,
    });
  });

  test('is logged by the next run, and does not take the place of what the witness saw', async () => {
    const before = at.witnessed();
    await forge(ids);
    await sealTrail(at.deps);
    expect(at.logged).toContain('trail.broken');
    expect(at.witnessed()).toEqual(before);
    expect((await verifyTrail(1, at.deps)).problem).toMatchObject({ why: 'CheckpointForged' });
  });
});

test('a run that comes while another seals takes it for no damage', async () => {
  at.waiting.push(event('d'));
  const { trailWitness } = at.deps;
  const slow: Deps = {
    ...at.deps,
    trailWitness: {
      ...trailWitness,
      last: async () => {
        const seen = await trailWitness.last();
        await sealTrail(at.deps);
        return seen;
      },
    },
  };
  await sealTrail(slow);
  expect(at.logged).not.toContain('trail.broken');
  expect(await verifyTrail(1, at.deps)).toMatchObject({ problem: null, checkpoints: 4 });
});
