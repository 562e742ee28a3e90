/** Condition keys about who asks: Daypass's own, never a caller's to set. */
import type { Role, UserPrincipal } from '../account.ts';
import type { Federation, Session, Tag } from '../credentials/session.ts';
import { formatIso } from '../time.ts';
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
  ...tagContext('aws:PrincipalTag/', overlay(role.tags, sessionTags)),
];

/** Keys of one role session. */
export const roleSessionContext = (role: Role, session: Session): readonly ContextEntry[] => [
  ...roleContext(role, `${role.roleId}:${session.identity.sessionName}`, session.tags),
  ['aws:TokenIssueTime', formatIso(session.issuedAtSeconds)],
  ['aws:MultiFactorAuthPresent', 'false'],
  ...(session.sourceIdentity === null ? [] : [['aws:SourceIdentity', session.sourceIdentity] as const]),
  ...(session.federation === null ? [] : federationContext(session.federation)),
];

/** Providers whose audience and subject AWS, or their own API, calls something else: policies name people by these. */
const OWN_NAMES: ReadonlyMap<string, { readonly audience: string; readonly subject: string }> = new Map([
  ['graph.facebook.com', { audience: 'app_id', subject: 'id' }],
  ['api.x.com', { audience: 'client_id', subject: 'id' }],
]);

function federationContext({
  provider,
  keyPrefix,
  audience,
  subject,
  amr,
}: Federation): readonly ContextEntry[] {
  const entries: ContextEntry[] = [
    ['aws:FederatedProvider', provider],
    [`${keyPrefix}:aud`, audience],
    [`${keyPrefix}:sub`, subject],
  ];
  const own = OWN_NAMES.get(keyPrefix);
  if (own !== undefined) {
    entries.push([`${keyPrefix}:${own.audience}`, audience], [`${keyPrefix}:${own.subject}`, subject]);
  }
  if (amr !== undefined) entries.push([`${keyPrefix}:amr`, amr]);
  return entries;
}

export const tagContext = (prefix: string, tags: readonly Tag[]): readonly ContextEntry[] =>
  tags.map((tag) => [`${prefix}${tag.Key}`, tag.Value] as const);

/** Session tags take precedence over the role's; keys compare without case. */
function overlay(base: readonly Tag[], over: readonly Tag[]): readonly Tag[] {
  if (over.length === 0) return base;
  const taken = new Set(over.map((tag) => tag.Key.toLowerCase()));
  return [...base.filter((tag) => !taken.has(tag.Key.toLowerCase())), ...over];
}
