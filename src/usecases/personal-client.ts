import type { ClientGrantType } from '../core/oauth/client.ts';
import { type PersonalClient, personalClientOf } from '../core/oauth/personal-client.ts';
import type { Deps } from './deps.ts';

/** @returns the client as the pages see it; null where it is gone, or not registered for the grant */
export async function findPersonalClient(
  accountId: string,
  clientId: string,
  grantType: ClientGrantType,
  deps: Deps,
): Promise<PersonalClient | null> {
  const client = await deps.directory.oauthClient(accountId, clientId);
  return client?.settings.grantTypes.includes(grantType) === true ? personalClientOf(client) : null;
}
