/** Shapes that several IAM answers share, and how records become them. */
import type { TagRecord } from '../../../core/repositories/change.ts';
import type { RoleRecord } from '../../../core/repositories/roles.ts';
import type { UserRecord } from '../../../core/repositories/users.ts';
import { listOf, maybe, moment, policyText, record, text, wholeNumber } from '../query/shape.ts';

export const tagShape = record({ Key: text, Value: text });
export const tagListShape = listOf(tagShape);

const boundaryShape = record({ PermissionsBoundaryType: text, PermissionsBoundaryArn: text });

/** @returns the boundary as answers show it, absent where there is none */
export const boundaryOf = (arn: string | null) =>
  arn === null
    ? {}
    : { PermissionsBoundary: { PermissionsBoundaryType: 'Policy', PermissionsBoundaryArn: arn } };

/** @returns tags as answers show them: absent where there are none */
export const tagsOf = (tags: readonly TagRecord[]) => (tags.length === 0 ? {} : { Tags: tags });

const listedUser = { Path: text, UserName: text, UserId: text, Arn: text, CreateDate: moment };

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

/** A role in a list: without tags and boundary, as in AWS. */
export const listedRoleShape = record(listedRole);
export const roleShape = record({
  ...listedRole,
  PermissionsBoundary: maybe(boundaryShape),
  Tags: maybe(tagListShape),
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
