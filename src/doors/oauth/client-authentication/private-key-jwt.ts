import { accountOfClientId } from '../../../core/oauth/client.ts';
import { readAssertion } from './assertion.ts';
import type { ClientAuthentication } from './method.ts';

/** A JWT that the client signed for this request; it names the client. @see RFC 7523 section 2.2 */
export const privateKeyJwt: ClientAuthentication = {
  name: 'private_key_jwt',
  read: (_request, parameters) => {
    const shown = readAssertion(parameters);
    if (shown === null || accountOfClientId(shown.subject) === null) return null;
    return { method: 'private_key_jwt', clientId: shown.subject, proof: shown.proof };
  },
};
