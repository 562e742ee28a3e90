import { Fault } from '../../core/faults.ts';
import {
  type AuthorizationDetails,
  parseAuthorizationDetails,
} from '../../core/oauth/authorization-details.ts';
import type { TokenParameters } from './grants/grant.ts';

/**
 * The parameter `authorization_details`.
 * @returns null where it is not there
 * @throws Fault `invalid_authorization_details`
 * @see RFC 9396 section 5
 */
export function detailsOf(parameters: TokenParameters): AuthorizationDetails | null {
  const text = parameters.get('authorization_details');
  if (text === undefined) return null;
  const details = parseAuthorizationDetails(text);
  if (details.ok) return details.value;
  throw new Fault('invalid_authorization_details', details.failure);
}
