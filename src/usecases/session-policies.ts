import { MAX_SESSION_POLICY_CHARACTERS } from '../core/credentials/limits.ts';
import type { Session } from '../core/credentials/session.ts';
import type { Directory } from '../core/directory.ts';
import { Fault } from '../core/faults.ts';
import { describeFault } from '../core/policy/fault.ts';
import { parsePolicy } from '../core/policy/parse.ts';

/**
 * Checks the session policies that a caller passes: the inline document's grammar, that each managed policy exists in the
 * role's account, and their size together.
 * @returns what the session carries; null where none was passed
 * @throws Fault `malformed_policy_document`, `packed_policy_too_large`, `no_such_entity`
 */
export async function checkSessionPolicies(
  directory: Directory,
  accountId: string,
  inline: string | null,
  arns: readonly string[],
): Promise<Session['policies']> {
  if (inline === null && arns.length === 0) return null;
  const document = inline === null ? null : compactSessionPolicy(inline);
  await Promise.all(arns.map((arn) => requireManaged(directory, accountId, arn)));
  return { inline: document, arns };
}

/**
 * Checks an inline session policy.
 * @returns the document without its white space: every byte counts in a token
 * @throws Fault `malformed_policy_document`, `packed_policy_too_large`
 */
export function compactSessionPolicy(document: string): string {
  const parsed = parsePolicy(document, 'session');
  if (!parsed.ok)
    throw new Fault('malformed_policy_document', describeFault(parsed.failure), { ...parsed.failure });
  const compact = JSON.stringify(JSON.parse(document));
  if (compact.length <= MAX_SESSION_POLICY_CHARACTERS) return compact;
  throw new Fault('packed_policy_too_large', 'the session policy is larger than 2048 characters');
}

async function requireManaged(directory: Directory, accountId: string, arn: string): Promise<void> {
  if ((await directory.managedPolicy(accountId, arn)) !== null) return;
  throw new Fault('no_such_entity', `policy \`${arn}\` does not exist`);
}
