import type { ClientAuthenticationMethod } from '../../../core/oauth/client.ts';
import type { ShownClient } from '../../../core/oauth/client-proof.ts';
import type { TokenParameters } from '../grants/grant.ts';

/** One way in which a client shows who it is. */
export interface ClientAuthentication {
  readonly name: ClientAuthenticationMethod;
  /**
   * @returns what is shown; null where the request does not use this method
   * @throws Fault `invalid_client` where it uses it and nothing can be read
   */
  readonly read: (request: Request, parameters: TokenParameters) => ShownClient | null;
}
