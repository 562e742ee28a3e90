import type { InstanceProfileRecord } from '../../../../core/repositories/instance-profiles.ts';
import { listOf, maybe, moment, record, text } from '../../query/shape.ts';
import { listedRoleOf, listedRoleShape, tagListShape, tagsOf } from '../shapes.ts';

const listedProfile = {
  Path: text,
  InstanceProfileName: text,
  InstanceProfileId: text,
  Arn: text,
  CreateDate: moment,
  Roles: listOf(listedRoleShape),
};

/** An instance profile in a list: without tags, as in AWS. */
export const listedProfileShape = record(listedProfile);
export const profileShape = record({ ...listedProfile, Tags: maybe(tagListShape) });

export const listedProfileOf = (profile: InstanceProfileRecord) => ({
  Path: profile.path,
  InstanceProfileName: profile.name,
  InstanceProfileId: profile.profileId,
  Arn: profile.arn,
  CreateDate: profile.createdAtSeconds,
  Roles: profile.role === null ? [] : [listedRoleOf(profile.role)],
});
export const profileOf = (profile: InstanceProfileRecord) => ({
  ...listedProfileOf(profile),
  ...tagsOf(profile.tags),
});
