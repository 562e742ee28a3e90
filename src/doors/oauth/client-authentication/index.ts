import { Fault } from '../../../core/faults.ts';
import type { ShownClient } from '../../../core/oauth/client-proof.ts';
import { uniqueBy } from '../../../core/unique.ts';
import type { TokenParameters } from '../grants/grant.ts';
import { clientSecretBasic } from './client-secret-basic.ts';
import { clientSecretPost } from './client-secret-post.ts';
import { federatedJwt } from './federated-jwt.ts';
import type { ClientAuthentication } from './method.ts';
import { none } from './none.ts';
import { privateKeyJwt } from './private-key-jwt.ts';

/** THE LIST of methods by which clients prove themselves; discovery names them in this order. */
export const CLIENT_AUTHENTICATIONS: ReadonlyMap<string, ClientAuthentication> =
  uniqueBy<ClientAuthentication>(
    'client authentication methods',
    [none, clientSecretBasic, clientSecretPost, privateKeyJwt, federatedJwt],
    ({ name }) => name,
  );

/**
 * Reads which client a request says it is of.
 * @returns null where it says nothing of a client
 * @throws Fault `validation_error` for more than one method, `invalid_client` where the methods name two clients
 * @see RFC 6749 section 2.3: a client must not use more than one method in a request
 */
export function readShownClient(request: Request, parameters: TokenParameters): ShownClient | null {
  const shown = [...CLIENT_AUTHENTICATIONS.values()]
    .filter(({ name }) => name !== 'none')
    .flatMap((method) => method.read(request, parameters) ?? []);
  if (shown.length > 1) throw new Fault('validation_error', 'the client uses more than one method');
  const [proving] = shown;
  if (proving === undefined) return none.read(request, parameters);
  const clientId = parameters.get('client_id');
  if (clientId === undefined || clientId === proving.clientId) return proving;
  throw new Fault('invalid_client', 'client authentication failed', { reason: 'two client ids' });
}
