/** What policy is asked about sessions: about the role or user that is named, about one session, or about every one. */
import type { Role, UserPrincipal } from '../core/account.ts';
import { roleArn, userArn } from '../core/arn.ts';
import { tagContext } from '../core/context/identity-context.ts';
import type { Permission } from './authorize.ts';
import type { Caller } from './caller.ts';
import type { Deps } from './deps.ts';

/** A session as policies name it. @param sessionId - `*` for whichever */
export const sessionArn = (accountId: string, sessionId: string): string =>
  `arn:aws:daypass::${accountId}:session/${sessionId}`;

/** How sessions are named in a request. */
export interface SessionNames {
  readonly sessionId?: string | undefined;
  readonly userName?: string | undefined;
  readonly roleName?: string | undefined;
}

/** The entities that a request names, as they stand now; null where none is named or there is no such one. */
export interface NamedEntities {
  readonly user: UserPrincipal | null;
  readonly role: Role | null;
}

/** Looks up what is named. */
export async function findNamed(
  { userName, roleName }: SessionNames,
  accountId: string,
  { directory }: Deps,
): Promise<NamedEntities> {
  const [user, role] = await Promise.all([
    userName === undefined ? null : directory.user(accountId, userName),
    roleName === undefined ? null : directory.role(accountId, roleName),
  ]);
  return { user, role };
}

/** Whether the named user is the caller: its sessions are the caller's own. */
export const isCaller = ({ user }: NamedEntities, { principal }: Caller): boolean =>
  user !== null && principal.type === 'user' && principal.uniqueId === user.userId;

/** @returns every permission that is needed, each to be allowed */
export function sessionPermissions(
  action: string,
  { sessionId, userName, roleName }: SessionNames,
  { user, role }: NamedEntities,
  accountId: string,
): readonly Permission[] {
  const permissions: Permission[] = [];
  if (roleName !== undefined) permissions.push(permissionOn(action, roleArn(accountId, '/', roleName), role));
  if (userName !== undefined) permissions.push(permissionOn(action, userArn(accountId, '/', userName), user));
  if (sessionId !== undefined || permissions.length === 0) {
    permissions.push({ action, resource: sessionArn(accountId, sessionId ?? '*') });
  }
  return permissions;
}

/** A refusal calls the entity as asked: path and spelling would tell that it exists. */
const permissionOn = (
  action: string,
  resourceAsAsked: string,
  found: Role | UserPrincipal | null,
): Permission =>
  found === null
    ? { action, resource: resourceAsAsked }
    : { action, resource: found.arn, resourceAsAsked, context: tagContext('aws:ResourceTag/', found.tags) };
