/** The two parameters by which a client shows a JWT in the place of a secret. */
import { Fault } from '../../../core/faults.ts';
import { clientIdOfAssertion } from '../../../core/oauth/client-proof.ts';
import type { TokenParameters } from '../grants/grant.ts';

const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

export interface ShownAssertion {
  readonly proof: string;
  /** Whom it says it is of; nothing of it is believed yet. */
  readonly subject: string;
}

/**
 * Reads it.
 * @returns null where the request has none
 * @throws Fault `invalid_client` for what is no JWT, or another type of assertion
 * @see RFC 7521 section 4.2, RFC 7523 section 2.2
 */
export function readAssertion(parameters: TokenParameters): ShownAssertion | null {
  const proof = parameters.get('client_assertion');
  const type = parameters.get('client_assertion_type');
  if (proof === undefined && type === undefined) return null;
  const subject = proof === undefined ? null : clientIdOfAssertion(proof);
  if (proof === undefined || subject === null || type !== ASSERTION_TYPE)
    throw new Fault('invalid_client', 'client authentication failed');
  return { proof, subject };
}
