/** What IAM actions are about: the ARN, tags and boundary of an entity, from what the isolate holds. */
import type { PolicyBundle } from '../../../core/account.ts';
import { roleArn, userArn } from '../../../core/arn.ts';
import type { ContextEntry } from '../../../core/context/request-context.ts';
import type { TagRecord } from '../../../core/repositories/change.ts';
import type { Caller } from '../../../usecases/caller.ts';
import type { Deps } from '../../../usecases/deps.ts';
import { callerUserName } from './caller-user.ts';
import type { Target } from './entity-action.ts';

/** A user, or the calling user where none is named. One that does not exist has no path and no tags. */
export async function userTarget(
  { UserName }: { readonly UserName?: string },
  caller: Caller,
  { directory }: Deps,
): Promise<Target> {
  const name = UserName ?? callerUserName(caller);
  const user = await directory.user(caller.accountId, name);
  return user === null ? unknown(userArn(caller.accountId, '/', name)) : known(user);
}

/** A role. */
export async function roleTarget(
  { RoleName }: { readonly RoleName: string },
  caller: Caller,
  { directory }: Deps,
): Promise<Target> {
  const role = await directory.role(caller.accountId, RoleName);
  return role === null ? unknown(roleArn(caller.accountId, '/', RoleName)) : known(role);
}

const unknown = (resource: string): Target => ({ resource, context: [] });

interface Known {
  readonly arn: string;
  readonly tags: readonly TagRecord[];
  readonly policies: PolicyBundle;
}

const known = ({ arn, tags, policies }: Known): Target => ({
  resource: arn,
  context: [...resourceTags(tags), ...boundaryContext(policies.boundary?.source)],
});

const resourceTags = (tags: readonly TagRecord[]): readonly ContextEntry[] =>
  tags.flatMap(({ Key, Value }): ContextEntry[] => [
    [`aws:ResourceTag/${Key}`, Value],
    [`iam:ResourceTag/${Key}`, Value],
  ]);

/** The boundary that a request sets, or that the entity has. */
export const boundaryContext = (arn: string | undefined): readonly ContextEntry[] =>
  arn === undefined ? [] : [['iam:PermissionsBoundary', arn]];
