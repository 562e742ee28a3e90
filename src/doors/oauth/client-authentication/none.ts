import { accountOfClientId } from '../../../core/oauth/client.ts';
import { isDocumentClientId } from '../../../core/oauth/document-client.ts';
import type { ClientAuthentication } from './method.ts';

/** A public client says who it is and proves nothing; what it brings must be bound otherwise. @see RFC 6749 section 3.2.1 */
export const none: ClientAuthentication = {
  name: 'none',
  read: (_request, parameters) => {
    const clientId = parameters.get('client_id') ?? '';
    // What is no id of ours is a word of another protocol: an exchange without a client may carry one.
    const isOurs = accountOfClientId(clientId) !== null || isAddress(clientId, parameters.get('grant_type'));
    return isOurs ? { method: 'none', clientId, proof: '' } : null;
  },
};

/** The address of a document: where such clients may ask for something at all, so not in an exchange. Whether one is met is asked later. */
const isAddress = (clientId: string, grantType: string | undefined): boolean =>
  (grantType === undefined || grantType === 'authorization_code' || grantType === 'refresh_token') &&
  isDocumentClientId(clientId, true);
