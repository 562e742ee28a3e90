import { roleName, tagKeys, tags } from '../../query/fields.ts';
import { nothing } from '../../query/shape.ts';
import { entityAction } from '../entity-action.ts';
import { pageFields, pageMembers, shortPage } from '../paging.ts';
import { requestTagContext, tagKeyContext } from '../request-tags.ts';
import { tagListShape } from '../shapes.ts';
import { roleTarget } from '../targets.ts';

export const tagRole = entityAction({
  name: 'TagRole',
  audit: 'change',
  permission: {
    action: 'iam:TagRole',
    target: roleTarget,
    context: (input) => requestTagContext(input.Tags),
  },
  input: { RoleName: roleName(), Tags: tags() },
  output: nothing,
  run: ({ RoleName, Tags }, { caller, deps, changeEvent }) =>
    deps.roles.tag(caller.accountId, RoleName, Tags, changeEvent),
});

export const untagRole = entityAction({
  name: 'UntagRole',
  audit: 'change',
  permission: {
    action: 'iam:UntagRole',
    target: roleTarget,
    context: (input) => tagKeyContext(input.TagKeys),
  },
  input: { RoleName: roleName(), TagKeys: tagKeys() },
  output: nothing,
  run: ({ RoleName, TagKeys }, { caller, deps, changeEvent }) =>
    deps.roles.untag(caller.accountId, RoleName, TagKeys, changeEvent),
});

export const listRoleTags = entityAction({
  name: 'ListRoleTags',
  audit: 'read',
  permission: { action: 'iam:ListRoleTags', target: roleTarget },
  input: { RoleName: roleName(), ...pageFields },
  output: { Tags: tagListShape, ...pageMembers },
  run: async (input, { caller, deps }) => {
    const { tags: all } = await deps.roles.require(caller.accountId, input.RoleName);
    const { items, end } = shortPage('role-tags', all, input);
    return { Tags: items, ...end };
  },
});
