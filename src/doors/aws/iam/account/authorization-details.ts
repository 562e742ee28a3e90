/** How the entities of an account are shown with their policies. */
import type { AccountDetail, OwnPolicies } from '../../../../core/repositories/account-details.ts';
import type { LastUse } from '../../../../core/repositories/sessions.ts';
import { flag, listOf, maybe, moment, policyText, record, text, wholeNumber } from '../../query/shape.ts';
import { listedProfileOf, listedProfileShape } from '../instance-profiles/shapes.ts';
import {
  boundaryOf,
  boundaryShape,
  groupOf,
  listedPolicyOf,
  listedUserOf,
  listedVersionOf,
  roleLastUsedOf,
  roleLastUsedShape,
  tagListShape,
  tagsOf,
} from '../shapes.ts';

const inlineListShape = listOf(record({ PolicyName: text, PolicyDocument: policyText }));
const attachedListShape = listOf(record({ PolicyName: text, PolicyArn: text }));

const userDetailShape = record({
  Path: text,
  UserName: text,
  UserId: text,
  Arn: text,
  CreateDate: moment,
  UserPolicyList: inlineListShape,
  GroupList: listOf(text),
  AttachedManagedPolicies: attachedListShape,
  PermissionsBoundary: maybe(boundaryShape),
  Tags: maybe(tagListShape),
});

const groupDetailShape = record({
  Path: text,
  GroupName: text,
  GroupId: text,
  Arn: text,
  CreateDate: moment,
  GroupPolicyList: inlineListShape,
  AttachedManagedPolicies: attachedListShape,
});

const roleDetailShape = record({
  Path: text,
  RoleName: text,
  RoleId: text,
  Arn: text,
  CreateDate: moment,
  AssumeRolePolicyDocument: policyText,
  InstanceProfileList: listOf(listedProfileShape),
  RolePolicyList: inlineListShape,
  AttachedManagedPolicies: attachedListShape,
  PermissionsBoundary: maybe(boundaryShape),
  Tags: maybe(tagListShape),
  RoleLastUsed: roleLastUsedShape,
});

const policyDetailShape = record({
  PolicyName: text,
  PolicyId: text,
  Arn: text,
  Path: text,
  DefaultVersionId: text,
  AttachmentCount: wholeNumber,
  PermissionsBoundaryUsageCount: wholeNumber,
  IsAttachable: flag,
  Description: maybe(text),
  CreateDate: moment,
  UpdateDate: moment,
  PolicyVersionList: listOf(
    record({ Document: policyText, VersionId: text, IsDefaultVersion: flag, CreateDate: moment }),
  ),
});

/** One list for each kind of entity. */
export const detailLists = {
  UserDetailList: listOf(userDetailShape),
  GroupDetailList: listOf(groupDetailShape),
  RoleDetailList: listOf(roleDetailShape),
  Policies: listOf(policyDetailShape),
};

type Of<K extends AccountDetail['kind']> = Extract<AccountDetail, { readonly kind: K }>;

const inlineOf = ({ inline }: OwnPolicies) =>
  inline.map(({ name, document }) => ({ PolicyName: name, PolicyDocument: document }));

const attachedOf = ({ attached }: OwnPolicies) =>
  attached.map(({ name, arn }) => ({ PolicyName: name, PolicyArn: arn }));

const userDetailOf = ({ user, own, groupNames }: Of<'user'>) => ({
  ...listedUserOf(user),
  UserPolicyList: inlineOf(own),
  GroupList: groupNames,
  AttachedManagedPolicies: attachedOf(own),
  ...boundaryOf(user.boundaryArn),
  ...tagsOf(user.tags),
});

const groupDetailOf = ({ group, own }: Of<'group'>) => ({
  ...groupOf(group),
  GroupPolicyList: inlineOf(own),
  AttachedManagedPolicies: attachedOf(own),
});

const roleDetailOf = ({ role, own, profiles }: Of<'role'>, uses: ReadonlyMap<string, LastUse>) => ({
  Path: role.path,
  RoleName: role.name,
  RoleId: role.roleId,
  Arn: role.arn,
  CreateDate: role.createdAtSeconds,
  AssumeRolePolicyDocument: role.trustDocument,
  InstanceProfileList: profiles.map(listedProfileOf),
  RolePolicyList: inlineOf(own),
  AttachedManagedPolicies: attachedOf(own),
  ...boundaryOf(role.boundaryArn),
  ...tagsOf(role.tags),
  ...roleLastUsedOf(uses.get(role.roleId)),
});

const policyDetailOf = ({ policy, versions }: Of<'policy'>) => ({
  ...listedPolicyOf(policy),
  ...(policy.description !== '' && { Description: policy.description }),
  PolicyVersionList: versions.map((version) => ({ Document: version.document, ...listedVersionOf(version) })),
});

/**
 * Sorts what a page holds into the four lists.
 * @param uses - when its roles were last used, by their ids
 */
export const detailListsOf = (details: readonly AccountDetail[], uses: ReadonlyMap<string, LastUse>) => ({
  UserDetailList: details.flatMap((each) => (each.kind === 'user' ? [userDetailOf(each)] : [])),
  GroupDetailList: details.flatMap((each) => (each.kind === 'group' ? [groupDetailOf(each)] : [])),
  RoleDetailList: details.flatMap((each) => (each.kind === 'role' ? [roleDetailOf(each, uses)] : [])),
  Policies: details.flatMap((each) => (each.kind === 'policy' ? [policyDetailOf(each)] : [])),
});
