import { accountOfClientId } from '../../../core/oauth/client.ts';
import type { ClientAuthentication } from './method.ts';

/** A public client says who it is and proves nothing; what it brings must be bound otherwise. @see RFC 6749 section 3.2.1 */
export const none: ClientAuthentication = {
  name: 'none',
  read: (_request, parameters) => {
    const clientId = parameters.get('client_id') ?? '';
    // What is no id of ours is a word of another protocol: an exchange without a client may carry one.
    return accountOfClientId(clientId) === null ? null : { method: 'none', clientId, proof: '' };
  },
};
