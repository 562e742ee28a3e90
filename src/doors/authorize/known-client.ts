import { Fault } from '../../core/faults.ts';
import type { OAuthClient } from '../../core/oauth/client.ts';
import type { AuthorizationUnderWay } from '../../usecases/authorization-under-way.ts';
import type { DoorRequest } from '../http/door.ts';
import type { Visitor } from '../http/page/visitor.ts';

/**
 * The application of a request, as it is registered now.
 * @throws Fault `access_denied` where it is gone, or belongs to another account: that is nothing this person could let in
 */
export async function requireClient(
  { deps }: DoorRequest,
  { session }: Visitor,
  { accountId, clientId }: AuthorizationUnderWay,
): Promise<OAuthClient> {
  if (session.identity.accountId !== accountId) {
    throw new Fault(
      'access_denied',
      'this application belongs to another account than the one you are signed in to',
    );
  }
  const client = await deps.directory.oauthClient(accountId, clientId);
  if (client?.settings.grantTypes.includes('authorization_code') === true) return client;
  throw new Fault('access_denied', 'this application is not registered any more');
}
