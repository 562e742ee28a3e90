import { nowSecondsOf, type RequestFacts } from '../core/context/request-context.ts';
import { Fault } from '../core/faults.ts';
import { isForgotten } from '../core/keyring/keyring.ts';
import type { MakeEvent } from '../core/repositories/change.ts';
import type { Deps } from './deps.ts';

export interface RetireKeyInput {
  readonly keyId: string;
  /** Says that the asker knows: with a storage key every secret that it sealed is lost, long-term access keys among them. */
  readonly destroyStoredSecrets: boolean;
}

/**
 * Emergency: retires a key and forgets it at once. All that it made or sealed is refused here immediately and everywhere
 * within the freshness bound (but for a trail key, which signs no more and still verifies); where it was active, a new key works from the same moment on.
 * @returns the id of the new key, or null where none was needed
 * @throws Fault `no_such_entity`, `invalid_parameter_combination` for a storage key without the acknowledgement,
 * `concurrent_modification`
 */
export async function retireKey(
  { keyId, destroyStoredSecrets }: RetireKeyInput,
  facts: RequestFacts,
  deps: Deps,
  event: MakeEvent,
): Promise<string | null> {
  const nowSeconds = nowSecondsOf(facts);
  const key = (await deps.storedKeys.list()).find((stored) => stored.keyId === keyId);
  if (key === undefined || isForgotten(key.forgottenAtSeconds, nowSeconds)) {
    throw new Fault('no_such_entity', `there is no key \`${keyId}\``);
  }
  if (key.purpose === 'storage' && !destroyStoredSecrets) {
    throw new Fault(
      'invalid_parameter_combination',
      'every secret that a storage key sealed is lost with it, access keys among them; say DestroyStoredSecrets=true if you mean it',
    );
  }
  return deps.storedKeys.retireAtOnce(key, nowSeconds, event);
}
