/** Condition keys of one session: how it began, by whose login, with which factors. Daypass's own, never a caller's to set. */
import type { Role, UserPrincipal } from '../account.ts';
import { rootArn } from '../arn.ts';
import type { Delegation } from '../credentials/delegation.ts';
import type {
  FederatedUserIdentity,
  Federation,
  RoleIdentity,
  Session,
  Tag,
  UserIdentity,
} from '../credentials/session.ts';
import { formatIso } from '../time.ts';
import { overlayTags, roleContext, tagContext, userContext } from './identity-context.ts';
import type { ContextEntry } from './request-context.ts';

/** Keys of a role's session. */
export const roleSessionContext = (
  role: Role,
  session: Session<RoleIdentity>,
  nowSeconds: number,
): readonly ContextEntry[] => [
  ...roleContext(role, `${role.roleId}:${session.identity.sessionName}`, session.tags),
  ...sessionContext(session, nowSeconds),
];

/** Keys of a user's own session: those of the user, and what a long-term key has not. */
export const userSessionContext = (
  user: UserPrincipal,
  session: Session<UserIdentity>,
  nowSeconds: number,
): readonly ContextEntry[] => [...userContext(user), ...sessionContext(session, nowSeconds)];

/** Keys of a federated user. `aws:username` is absent: it is the vouching user's, who is somebody else. */
export const federatedUserContext = (
  arn: string,
  userTags: readonly Tag[],
  session: Session<FederatedUserIdentity>,
  nowSeconds: number,
): readonly ContextEntry[] => [
  ['aws:PrincipalArn', arn],
  ['aws:PrincipalAccount', session.accountId],
  ['aws:PrincipalType', 'FederatedUser'],
  ['aws:userid', `${session.accountId}:${session.identity.name}`],
  ...tagContext('aws:PrincipalTag/', overlayTags(userTags, session.tags)),
  ...sessionContext(session, nowSeconds),
];

/** Keys of the account's root. */
export const rootContext = (accountId: string): readonly ContextEntry[] => [
  ['aws:PrincipalArn', rootArn(accountId)],
  ['aws:PrincipalAccount', accountId],
  ['aws:PrincipalType', 'Account'],
  ['aws:userid', accountId],
];

/** Keys of a session of root. */
export const rootSessionContext = (session: Session, nowSeconds: number): readonly ContextEntry[] => [
  ...rootContext(session.accountId),
  ...sessionContext(session, nowSeconds),
];

/** Keys that every session has, whoever it is. `aws:MultiFactorAuthAge` is absent where no second factor was proved. */
function sessionContext(session: Session, nowSeconds: number): readonly ContextEntry[] {
  const { issuedAtSeconds, mfaAtSeconds, sourceIdentity, federation } = session;
  const entries: ContextEntry[] = [
    ['aws:TokenIssueTime', formatIso(issuedAtSeconds)],
    ...mfaContext(mfaAtSeconds, nowSeconds),
  ];
  if (sourceIdentity !== null) entries.push(['aws:SourceIdentity', sourceIdentity]);
  if (federation !== null) entries.push(...federationContext(federation));
  return [...entries, ...actorContext(session.delegation)];
}

/** Keys about who acts in a session; absent where nobody does. Who acted before is told and decides nothing. @see RFC 8693 section 4.1 */
export function actorContext(delegation: Delegation | undefined): readonly ContextEntry[] {
  const [actor] = delegation?.actors ?? [];
  if (actor === undefined) return [];
  return [
    ['daypass:ActorIssuer', actor.issuer],
    ['daypass:ActorSubject', actor.subject],
    ...(actor.arn === undefined ? [] : [['daypass:ActorArn', actor.arn] as const]),
  ];
}

/**
 * Keys about a second factor.
 * @param mfaAtSeconds - when it was proved; null where none was
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html aws:MultiFactorAuthPresent
 */
export const mfaContext = (mfaAtSeconds: number | null, nowSeconds: number): readonly ContextEntry[] =>
  mfaAtSeconds === null
    ? [['aws:MultiFactorAuthPresent', 'false']]
    : [
        ['aws:MultiFactorAuthPresent', 'true'],
        ['aws:MultiFactorAuthAge', String(Math.max(0, nowSeconds - mfaAtSeconds))],
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
  saml,
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
  if (saml !== undefined) {
    entries.push(['SAML:namequalifier', saml.nameQualifier], ['SAML:sub_type', saml.subjectType]);
  }
  if (amr !== undefined) entries.push([`${keyPrefix}:amr`, amr]);
  return entries;
}
