import { Fault } from '../../../core/faults.ts';
import { accountOfClientId } from '../../../core/oauth/client.ts';
import { readAssertion } from './assertion.ts';
import type { ClientAuthentication } from './method.ts';

/** A token that somebody else issued to the client's workload; it names the workload, and `client_id` the client. */
export const federatedJwt: ClientAuthentication = {
  name: 'federated_jwt',
  read: (_request, parameters) => {
    const shown = readAssertion(parameters);
    if (shown === null || accountOfClientId(shown.subject) !== null) return null;
    const clientId = parameters.get('client_id') ?? '';
    if (accountOfClientId(clientId) === null)
      throw new Fault('invalid_client', 'client authentication failed');
    return { method: 'federated_jwt', clientId, proof: shown.proof };
  },
};
