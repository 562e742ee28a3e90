import { accountOfClientId, type OAuthClient } from '../../core/oauth/client.ts';
import { isDocumentClientId } from '../../core/oauth/document-client.ts';
import type { Deps } from '../deps.ts';

/**
 * Finds a client by its id alone: the id of a registered one names its account, the address of a document is met in the deployment's own.
 * @returns null where there is none; addresses are asked only where the deployment wants it
 */
export async function findClientById(clientId: string, deps: Deps): Promise<OAuthClient | null> {
  const { directory, settings } = deps;
  const isDocument =
    settings.clientDocuments === true && isDocumentClientId(clientId, settings.mode === 'local');
  const accountId = isDocument ? await directory.setUpAccount() : accountOfClientId(clientId);
  return accountId === null ? null : directory.oauthClient(accountId, clientId);
}
