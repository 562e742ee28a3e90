/** Rotation of the deployment's keys: by the cron trigger, or now because an administrator asks. */
import { nowSecondsOf, type RequestFacts } from '../core/context/request-context.ts';
import { Fault } from '../core/faults.ts';
import { type KeyStep, planRotation } from '../core/keyring/rotation.ts';
import type { MakeEvent } from '../core/repositories/change.ts';
import { cronFacts } from './cron-facts.ts';
import type { Deps } from './deps.ts';
import { eventOf } from './record.ts';

/** What the trail calls a step. */
const EVENT_NAMES: Readonly<Record<KeyStep['step'], string>> = {
  create: 'CreateKey',
  activate: 'ActivateKey',
  rewrap: 'RewrapKey',
  remove: 'DeleteKey',
};

/**
 * What the cron trigger does: whatever is due. Two runs at once take each step once.
 * @throws whatever a step throws but for a lost race; the next run goes on from there
 */
export async function rotateKeys(deps: Deps): Promise<void> {
  const accountId = await deps.directory.setUpAccount();
  if (accountId === null) return;
  const facts = cronFacts(deps);
  await takeSteps(deps.settings.keyRotationSeconds, facts, deps, (step) => (elements) => {
    const operation = {
      accountId,
      source: 'daypass.amazonaws.com',
      name: EVENT_NAMES[step],
      identity: { type: 'Deployment' },
      readOnly: false,
      parameters: null,
    } as const;
    return eventOf(operation, { elements: elements ?? null }, facts, deps.random);
  });
}

/**
 * Rotates now: every key without a successor gets one, and every successor that is published for long enough takes its place.
 * The others follow by the cron trigger, a day later: a key must be known to verifiers before it signs.
 * @returns the steps that were taken
 */
export const rotateKeysNow = (
  facts: RequestFacts,
  deps: Deps,
  changeEvent: MakeEvent,
): Promise<readonly KeyStep[]> => takeSteps(0, facts, deps, () => changeEvent);

async function takeSteps(
  periodSeconds: number,
  facts: RequestFacts,
  deps: Deps,
  eventFor: (step: KeyStep['step']) => MakeEvent,
): Promise<readonly KeyStep[]> {
  const { storedKeys } = deps;
  const nowSeconds = nowSecondsOf(facts);
  const [stored, kekId] = await Promise.all([storedKeys.list(), storedKeys.currentKekId()]);
  const taken: KeyStep[] = [];
  for (const step of planRotation(stored, { periodSeconds, kekId, nowSeconds })) {
    if (await take(step, nowSeconds, deps, eventFor(step.step))) taken.push(step);
  }
  return taken;
}

/** @returns false where another run was there before */
async function take(step: KeyStep, nowSeconds: number, deps: Deps, event: MakeEvent): Promise<boolean> {
  const { storedKeys, log } = deps;
  try {
    switch (step.step) {
      case 'create':
        await storedKeys.create(step.kind, nowSeconds, event);
        break;
      case 'activate':
        await storedKeys.activate(step, nowSeconds, event);
        break;
      case 'rewrap':
        await storedKeys.rewrap(step.key, event);
        break;
      case 'remove':
        await storedKeys.remove(step.key, nowSeconds, event);
    }
    return true;
  } catch (error) {
    if (!(error instanceof Fault) || error.code !== 'concurrent_modification') throw error;
    log('info', 'keyring.step_lost', { step: step.step });
    return false;
  }
}
