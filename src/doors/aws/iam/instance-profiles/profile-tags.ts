import { instanceProfileName, tagKeys, tags } from '../../query/fields.ts';
import { nothing } from '../../query/shape.ts';
import { entityAction } from '../entity-action.ts';
import { pageFields, pageMembers, shortPage } from '../paging.ts';
import { requestTagContext, tagKeyContext } from '../request-tags.ts';
import { tagListShape } from '../shapes.ts';
import { instanceProfileTarget } from '../targets.ts';

export const tagInstanceProfile = entityAction({
  name: 'TagInstanceProfile',
  audit: 'change',
  permission: {
    action: 'iam:TagInstanceProfile',
    target: instanceProfileTarget,
    context: (input) => requestTagContext(input.Tags),
  },
  input: { InstanceProfileName: instanceProfileName(), Tags: tags() },
  output: nothing,
  run: ({ InstanceProfileName, Tags }, { caller, deps, changeEvent }) =>
    deps.instanceProfiles.tag(caller.accountId, InstanceProfileName, Tags, changeEvent),
});

export const untagInstanceProfile = entityAction({
  name: 'UntagInstanceProfile',
  audit: 'change',
  permission: {
    action: 'iam:UntagInstanceProfile',
    target: instanceProfileTarget,
    context: (input) => tagKeyContext(input.TagKeys),
  },
  input: { InstanceProfileName: instanceProfileName(), TagKeys: tagKeys() },
  output: nothing,
  run: ({ InstanceProfileName, TagKeys }, { caller, deps, changeEvent }) =>
    deps.instanceProfiles.untag(caller.accountId, InstanceProfileName, TagKeys, changeEvent),
});

export const listInstanceProfileTags = entityAction({
  name: 'ListInstanceProfileTags',
  audit: 'read',
  permission: { action: 'iam:ListInstanceProfileTags', target: instanceProfileTarget },
  input: { InstanceProfileName: instanceProfileName(), ...pageFields },
  output: { Tags: tagListShape, ...pageMembers },
  run: async (input, { caller, deps }) => {
    const { tags: all } = await deps.instanceProfiles.require(caller.accountId, input.InstanceProfileName);
    const { items, end } = shortPage('instance-profile-tags', all, input);
    return { Tags: items, ...end };
  },
});
