/** Whether a refusal would be none with a second factor: then the person can be sent to prove one. */

import { contextOf } from '../policy/context.ts';
import { decide } from '../policy/decide.ts';
import type { AccessRequest, ApplicablePolicies, Decision } from '../policy/types.ts';

const PROVED_NOW = contextOf([
  ['aws:MultiFactorAuthPresent', 'true'],
  ['aws:MultiFactorAuthAge', '0'],
]);

/**
 * Decides a refused request once more, as if its person had proved a second factor just now.
 * @returns false for what was allowed, and for what would be refused all the same
 */
export function wantsSecondFactor(
  request: AccessRequest,
  policies: ApplicablePolicies,
  { effect }: Pick<Decision, 'effect'>,
): boolean {
  if (effect === 'Allow') return false;
  const context = new Map([...request.context, ...PROVED_NOW]);
  return decide({ ...request, context }, policies).effect === 'Allow';
}
