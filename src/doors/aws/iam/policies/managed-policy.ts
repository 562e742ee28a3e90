/** What all actions on managed policies check. */
import { POLICY_LIMITS } from '../../../../core/policy/limits.ts';
import { requireDocument, requireSize } from '../documents.ts';

/** @throws Fault `malformed_policy_document`, `limit_exceeded` */
export function requireManagedDocument(text: string): string {
  requireDocument(text, 'identity');
  requireSize(text, 'PolicySize', POLICY_LIMITS.managedCharacters);
  return text;
}

/** @returns the number in `v3`; a version with a suffix does not exist here, which 0 says */
export function versionNumber(versionId: string): number {
  const number = Number(versionId.slice(1));
  return Number.isSafeInteger(number) ? number : 0;
}
