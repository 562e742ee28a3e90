import { Fault } from '../../core/faults.ts';
import type { AuthorizationDetails } from '../../core/oauth/authorization-details.ts';

/**
 * Whether a client may ask for what it asks for.
 * @param types - that it is registered for
 * @throws Fault `invalid_authorization_details`
 * @see RFC 9396 section 5
 */
export function requireDetailTypes(details: AuthorizationDetails | null, types: readonly string[]): void {
  if (details === null || details.every(({ type }) => types.includes(type))) return;
  throw new Fault(
    'invalid_authorization_details',
    'the client is not registered for a type of authorization_details that it asks for',
  );
}
