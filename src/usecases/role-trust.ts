import { parseIamArn } from '../core/arn.ts';
import { compilePolicy } from '../core/policy/compile.ts';
import type { SourcedPolicy } from '../core/policy/types.ts';
import type { Deps } from './deps.ts';

/** Stands in for a role that is not there: it answers as one whose trust policy names nobody. */
export const NO_TRUST: SourcedPolicy = {
  source: 'trust policy of the role',
  policy: compilePolicy({ Statement: [] }),
};

const ASSUME = /^sts:assumerole(?:withsaml|withwebidentity)?$/i;

/**
 * The trust policy that a question about taking a role must ask too, as the live call does.
 * @param accountId - whose roles may be looked into: another account's trust is not this one's to know
 * @returns null where the question is about something else
 */
export async function trustAskedAbout(
  action: string,
  resource: string,
  accountId: string,
  deps: Deps,
): Promise<SourcedPolicy | null> {
  const named = ASSUME.test(action) ? parseIamArn(resource) : null;
  if (named?.kind !== 'role' || named.accountId !== accountId) return null;
  const role = await deps.directory.role(named.accountId, named.name);
  return role?.arn === resource ? role.trust : NO_TRUST;
}
