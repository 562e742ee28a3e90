/** What people let clients keep: families of refresh tokens, to be looked at and ended. */
import { nowSecondsOf } from '../../../../core/context/request-context.ts';
import { Fault } from '../../../../core/faults.ts';
import { clientArn } from '../../../../core/oauth/client.ts';
import type { RefreshFamily } from '../../../../core/oauth/refresh-family.ts';
import { nameOf } from '../../../../core/sign-in/identity.ts';
import type { Caller } from '../../../../usecases/caller.ts';
import { endFamily, findRevokedFamilies } from '../../../../usecases/end-refresh-family.ts';
import { noSuch } from '../../../../usecases/revoke-sessions.ts';
import { action } from '../../query/action.ts';
import { optional } from '../../query/field.ts';
import { existingUserName } from '../../query/fields.ts';
import { pattern, string } from '../../query/kinds.ts';
import { nextTokenFields, nextTokenMember, nextTokenOf, pageAskedFor } from '../../query/next-token.ts';
import { listOf, moment, nothing, record, text } from '../../query/shape.ts';
import { oauthClientId } from './fields.ts';

const onClient = (input: { readonly ClientId: string }, { accountId }: Caller): string =>
  clientArn(accountId, input.ClientId);

const LIST = 'client-grants';

const grantShape = record({
  GrantId: text,
  /** `active`, or `revoked` where a refresh would be refused for a revocation. */
  State: text,
  ClientId: text,
  /** Unique id of the user, or the stable id of somebody from outside. */
  PrincipalId: text,
  /** What people call them. */
  Name: text,
  RoleArn: text,
  Scopes: listOf(text),
  Audience: text,
  /** The session that the person began; all others of the grant end with it. */
  SessionId: text,
  CreateDate: moment,
  LastUsedDate: moment,
  /** When it ends unless it is used before. */
  ExpireDate: moment,
});

const grantOf = (
  { familyId, clientId, owner, signIn, roleArn, grant, ...family }: RefreshFamily,
  revoked: ReadonlySet<string>,
) => ({
  GrantId: familyId,
  State: revoked.has(familyId) ? 'revoked' : 'active',
  ClientId: clientId,
  PrincipalId: owner.id,
  Name: nameOf(signIn.identity),
  RoleArn: roleArn,
  Scopes: grant.scope,
  Audience: grant.audience,
  SessionId: grant.session.sessionId,
  CreateDate: family.createdAtSeconds,
  LastUsedDate: family.rotatedAtSeconds,
  ExpireDate: family.endsAtSeconds,
});

const listClientGrants = action({
  name: 'ListClientGrants',
  auth: 'sigv4',
  audit: 'read',
  permission: { action: 'daypass:ListClientGrants', resource: onClient },
  input: { ClientId: oauthClientId(), UserName: optional(existingUserName()), ...nextTokenFields },
  output: { Grants: listOf(grantShape), ...nextTokenMember },
  run: async ({ ClientId, UserName, ...asked }, { caller, deps, facts }) => {
    const { accountId } = caller;
    const user = UserName === undefined ? null : await deps.directory.user(accountId, UserName);
    if (UserName !== undefined && user === null) throw noSuch('user', UserName);
    const owner = user === null ? null : ({ type: 'user', id: user.userId } as const);
    const wanted = pageAskedFor(LIST, asked);
    const page = await deps.refreshFamilies.page(accountId, ClientId, owner, nowSecondsOf(facts), wanted);
    const revoked = await findRevokedFamilies(accountId, page.items, deps);
    return { Grants: page.items.map((each) => grantOf(each, revoked)), ...nextTokenOf(LIST, page) };
  },
});

/** The client loses its refresh tokens, and the access tokens that it got by them. */
const revokeClientGrant = action({
  name: 'RevokeClientGrant',
  auth: 'sigv4',
  audit: 'change',
  permission: { action: 'daypass:RevokeClientGrant', resource: onClient },
  input: {
    ClientId: oauthClientId(),
    GrantId: string({ min: 4, max: 64, pattern: pattern('rtf_[\\w-]+') }),
  },
  output: nothing,
  run: async ({ ClientId, GrantId }, { caller, deps, facts, changeEvent }) => {
    const family = await deps.refreshFamilies.findById(caller.accountId, ClientId, GrantId);
    if (family === null) throw new Fault('no_such_entity', `grant \`${GrantId}\` does not exist`);
    const event = changeEvent({ sessionId: family.grant.session.sessionId });
    await endFamily(family, event, nowSecondsOf(facts), deps);
  },
});

export const clientGrantActions = [listClientGrants, revokeClientGrant];
