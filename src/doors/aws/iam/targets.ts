/** What IAM actions are about: the ARN, tags and boundary of an entity, from what the isolate holds. */
import type { PolicyBundle } from '../../../core/account.ts';
import { groupArn, instanceProfileArn, roleArn, userArn } from '../../../core/arn.ts';
import type { ContextEntry } from '../../../core/context/request-context.ts';
import type { TagRecord } from '../../../core/repositories/change.ts';
import type { PolicyOwner } from '../../../core/repositories/owner.ts';
import type { Caller } from '../../../usecases/caller.ts';
import type { Deps } from '../../../usecases/deps.ts';
import { callerUserName } from './caller-user.ts';
import type { Target } from './entity-action.ts';

/** A user, or the calling user where none is named. */
export const userTarget = (
  { UserName }: { readonly UserName?: string },
  caller: Caller,
  deps: Deps,
): Promise<Target> => targetOf.user(UserName ?? callerUserName(caller), caller, deps);

/** A role. */
export const roleTarget = (
  { RoleName }: { readonly RoleName: string },
  caller: Caller,
  deps: Deps,
): Promise<Target> => targetOf.role(RoleName, caller, deps);

/** A group. */
export const groupTarget = (
  { GroupName }: { readonly GroupName: string },
  caller: Caller,
  deps: Deps,
): Promise<Target> => targetOf.group(GroupName, caller, deps);

type FindTarget = (name: string, caller: Caller, deps: Deps) => Promise<Target>;

/** The target of each kind of owner, by its name. One that does not exist has no path and no tags. */
export const targetOf: Readonly<Record<PolicyOwner['type'], FindTarget>> = {
  user: async (name, { accountId }, { directory }) => {
    const user = await directory.user(accountId, name);
    return named(userArn(accountId, '/', name), user);
  },
  role: async (name, { accountId }, { directory }) => {
    const role = await directory.role(accountId, name);
    return named(roleArn(accountId, '/', name), role);
  },
  // Groups decide nothing by themselves, so the isolate holds none: this reads its row.
  group: async (name, { accountId }, { groups }) => {
    const group = await groups.find(accountId, name);
    return named(
      groupArn(accountId, '/', name),
      group === null ? null : { arn: group.arn, tags: [], policies: null },
    );
  },
};

/** A managed policy, named by its whole ARN. */
export const policyTarget = async (
  { PolicyArn }: { readonly PolicyArn: string },
  { accountId }: Caller,
  { policies }: Deps,
): Promise<Target> => ({
  resource: PolicyArn,
  context: resourceTags(await policies.tagsOf(accountId, PolicyArn)),
});

/** An instance profile; its row is read, as no isolate holds any. */
export const instanceProfileTarget = async (
  { InstanceProfileName: name }: { readonly InstanceProfileName: string },
  { accountId }: Caller,
  { instanceProfiles }: Deps,
): Promise<Target> => {
  const profile = await instanceProfiles.find(accountId, name);
  return named(
    instanceProfileArn(accountId, '/', name),
    profile === null ? null : { ...profile, policies: null },
  );
};

interface Found {
  readonly arn: string;
  readonly tags: readonly TagRecord[];
  /** Null for what has no boundary. */
  readonly policies: PolicyBundle | null;
}

/** What was asked for by its ARN or serial number. */
export const namedTarget = (asked: string, found: Found | null): Target => named(asked, found);

/** What was asked for by its name. A refusal calls it by that name alone: path and spelling would tell that it exists. */
const named = (resourceAsAsked: string, found: Found | null): Target =>
  found === null
    ? { resource: resourceAsAsked, context: [] }
    : {
        resource: found.arn,
        resourceAsAsked,
        context: [...resourceTags(found.tags), ...boundaryContext(found.policies?.boundary?.source)],
      };

const resourceTags = (tags: readonly TagRecord[]): readonly ContextEntry[] =>
  tags.flatMap(({ Key, Value }): ContextEntry[] => [
    [`aws:ResourceTag/${Key}`, Value],
    [`iam:ResourceTag/${Key}`, Value],
  ]);

/** The boundary that a request sets, or that the entity has. */
export const boundaryContext = (arn: string | undefined): readonly ContextEntry[] =>
  arn === undefined ? [] : [['iam:PermissionsBoundary', arn]];

/** The policy that is attached or detached. */
export const policyArnContext = (arn: string): readonly ContextEntry[] => [['iam:PolicyARN', arn]];
