import type { PersonalClient } from '../core/oauth/personal-client.ts';
import type { Deps } from './deps.ts';

/** @returns the client as the pages see it; null where it is gone */
export async function findPersonalClient(
  accountId: string,
  clientId: string,
  deps: Deps,
): Promise<PersonalClient | null> {
  throw new Error('waits for clients');
}
