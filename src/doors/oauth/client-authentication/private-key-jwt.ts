import { Fault } from '../../../core/faults.ts';
import { clientIdOfAssertion } from '../../../core/oauth/client-proof.ts';
import type { ClientAuthentication } from './method.ts';

const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

/** A JWT that the client signed for this request. @see RFC 7523 section 2.2 */
export const privateKeyJwt: ClientAuthentication = {
  name: 'private_key_jwt',
  read: (_request, parameters) => {
    const proof = parameters.get('client_assertion');
    const type = parameters.get('client_assertion_type');
    if (proof === undefined && type === undefined) return null;
    const clientId = proof === undefined ? null : clientIdOfAssertion(proof);
    if (proof === undefined || clientId === null || type !== ASSERTION_TYPE)
      throw new Fault('invalid_client', 'client authentication failed');
    return { method: 'private_key_jwt', clientId, proof };
  },
};
