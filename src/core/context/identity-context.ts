/** Condition keys about who asks: Daypass's own, never a caller's to set. */
import type { Role, UserPrincipal } from '../account.ts';
import type { Tag } from '../credentials/session.ts';
import type { ContextEntry } from './request-context.ts';

/** Keys of a user that signs with a long-term key. MFA keys are absent, as in AWS: policies test them with IfExists. */
export const userContext = (user: UserPrincipal): readonly ContextEntry[] => [
  ['aws:PrincipalArn', user.arn],
  ['aws:PrincipalAccount', user.accountId],
  ['aws:PrincipalType', 'User'],
  ['aws:userid', user.userId],
  ['aws:username', user.name],
  ...tagContext('aws:PrincipalTag/', user.tags),
];

/** Keys that every session of a role has. `aws:username` is absent: a statement that needs it does not match. */
export const roleContext = (
  role: Role,
  userId: string,
  sessionTags: readonly Tag[] = [],
): readonly ContextEntry[] => [
  ['aws:PrincipalArn', role.arn],
  ['aws:PrincipalAccount', role.accountId],
  ['aws:PrincipalType', 'AssumedRole'],
  ['aws:userid', userId],
  ...tagContext('aws:PrincipalTag/', overlayTags(role.tags, sessionTags)),
];

export const tagContext = (prefix: string, tags: readonly Tag[]): readonly ContextEntry[] =>
  tags.map((tag) => [`${prefix}${tag.Key}`, tag.Value] as const);

/** Session tags take precedence over those of the role or user; keys compare without case. */
export function overlayTags(base: readonly Tag[], over: readonly Tag[]): readonly Tag[] {
  if (over.length === 0) return base;
  const taken = new Set(over.map((tag) => tag.Key.toLowerCase()));
  return [...base.filter((tag) => !taken.has(tag.Key.toLowerCase())), ...over];
}
