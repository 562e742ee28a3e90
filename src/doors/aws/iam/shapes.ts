/** Shapes that several IAM answers share, and how records become them. */
import type { TagRecord } from '../../../core/repositories/change.ts';
import type { GroupRecord } from '../../../core/repositories/groups.ts';
import type { PolicyRecord, PolicyVersionRecord } from '../../../core/repositories/policies.ts';
import type { RoleRecord } from '../../../core/repositories/roles.ts';
import type { LastUse } from '../../../core/repositories/sessions.ts';
import type { UserRecord } from '../../../core/repositories/users.ts';
import { flag, listOf, maybe, moment, policyText, record, text, wholeNumber } from '../query/shape.ts';

export const tagShape = record({ Key: text, Value: text });
export const tagListShape = listOf(tagShape);

/** A boundary as answers show it. */
export const boundaryShape = record({ PermissionsBoundaryType: text, PermissionsBoundaryArn: text });

/** @returns the boundary as answers show it, absent where there is none */
export const boundaryOf = (arn: string | null) =>
  arn === null
    ? {}
    : { PermissionsBoundary: { PermissionsBoundaryType: 'Policy', PermissionsBoundaryArn: arn } };

/** @returns tags as answers show them: absent where there are none */
export const tagsOf = (tags: readonly TagRecord[]) => (tags.length === 0 ? {} : { Tags: tags });

const listedUser = {
  Path: text,
  UserName: text,
  UserId: text,
  Arn: text,
  CreateDate: moment,
  PasswordLastUsed: maybe(moment),
};

/** A user in a list: without tags and boundary, as in AWS. */
export const listedUserShape = record(listedUser);
export const userShape = record({
  ...listedUser,
  PermissionsBoundary: maybe(boundaryShape),
  Tags: maybe(tagListShape),
});

export const listedUserOf = (user: UserRecord) => ({
  Path: user.path,
  UserName: user.name,
  UserId: user.userId,
  Arn: user.arn,
  CreateDate: user.createdAtSeconds,
  PasswordLastUsed: user.passwordLastUsedAtSeconds,
});
export const userOf = (user: UserRecord) => ({
  ...listedUserOf(user),
  ...boundaryOf(user.boundaryArn),
  ...tagsOf(user.tags),
});

const listedRole = {
  Path: text,
  RoleName: text,
  RoleId: text,
  Arn: text,
  CreateDate: moment,
  AssumeRolePolicyDocument: policyText,
  Description: maybe(text),
  MaxSessionDuration: wholeNumber,
};

/** When a role was last used; empty where it never was. */
export const roleLastUsedShape = record({ LastUsedDate: maybe(moment), Region: maybe(text) });

/** @returns the last use as answers about one role show it */
export const roleLastUsedOf = (use: LastUse | undefined) => ({
  RoleLastUsed: use === undefined ? {} : { LastUsedDate: use.atSeconds, Region: use.region },
});

/** A role in a list: without tags and boundary, as in AWS. */
export const listedRoleShape = record(listedRole);
export const roleShape = record({
  ...listedRole,
  PermissionsBoundary: maybe(boundaryShape),
  Tags: maybe(tagListShape),
  RoleLastUsed: maybe(roleLastUsedShape),
});

export const listedRoleOf = (role: RoleRecord) => ({
  Path: role.path,
  RoleName: role.name,
  RoleId: role.roleId,
  Arn: role.arn,
  CreateDate: role.createdAtSeconds,
  AssumeRolePolicyDocument: role.trustDocument,
  ...(role.description !== '' && { Description: role.description }),
  MaxSessionDuration: role.maxSessionSeconds,
});
export const roleOf = (role: RoleRecord) => ({
  ...listedRoleOf(role),
  ...boundaryOf(role.boundaryArn),
  ...tagsOf(role.tags),
});

const listedPolicy = {
  PolicyName: text,
  PolicyId: text,
  Arn: text,
  Path: text,
  DefaultVersionId: text,
  AttachmentCount: wholeNumber,
  PermissionsBoundaryUsageCount: wholeNumber,
  IsAttachable: flag,
  CreateDate: moment,
  UpdateDate: moment,
};

/** A managed policy in a list: without description and tags, as in AWS. */
export const listedPolicyShape = record(listedPolicy);
export const policyShape = record({ ...listedPolicy, Description: maybe(text), Tags: maybe(tagListShape) });

export const listedPolicyOf = (policy: PolicyRecord) => ({
  PolicyName: policy.name,
  PolicyId: policy.policyId,
  Arn: policy.arn,
  Path: policy.path,
  DefaultVersionId: `v${policy.defaultVersion}`,
  AttachmentCount: policy.attachmentCount,
  PermissionsBoundaryUsageCount: policy.boundaryCount,
  IsAttachable: true,
  CreateDate: policy.createdAtSeconds,
  UpdateDate: policy.updatedAtSeconds,
});
export const policyOf = (policy: PolicyRecord) => ({
  ...listedPolicyOf(policy),
  ...(policy.description !== '' && { Description: policy.description }),
  ...tagsOf(policy.tags),
});

const listedVersion = { VersionId: text, IsDefaultVersion: flag, CreateDate: moment };

/** A version without its document: only GetPolicyVersion shows that, as in AWS. */
export const listedVersionShape = record(listedVersion);
export const versionShape = record({ Document: policyText, ...listedVersion });

export const listedVersionOf = (version: PolicyVersionRecord) => ({
  VersionId: `v${version.version}`,
  IsDefaultVersion: version.isDefault,
  CreateDate: version.createdAtSeconds,
});

export const groupShape = record({
  Path: text,
  GroupName: text,
  GroupId: text,
  Arn: text,
  CreateDate: moment,
});

export const groupOf = (group: GroupRecord) => ({
  Path: group.path,
  GroupName: group.name,
  GroupId: group.groupId,
  Arn: group.arn,
  CreateDate: group.createdAtSeconds,
});
