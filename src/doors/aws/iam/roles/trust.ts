import { POLICY_LIMITS } from '../../../../core/policy/limits.ts';
import type { TrustPolicy } from '../../../../core/repositories/roles.ts';
import { requireDocument, requireSize } from '../documents.ts';

/**
 * Checks a trust policy: its grammar, that it does not open the role to every tenant of a shared issuer, its size.
 * @throws Fault `malformed_policy_document`, `limit_exceeded`
 */
export function requireTrust(text: string): TrustPolicy {
  const document = requireDocument(text, 'trust');
  requireSize(text, 'ACLSizePerRole', POLICY_LIMITS.trustCharacters);
  return { text, document };
}
