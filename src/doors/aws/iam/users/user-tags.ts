import { existingUserName, tagKeys, tags } from '../../query/fields.ts';
import { nothing } from '../../query/shape.ts';
import { entityAction } from '../entity-action.ts';
import { pageFields, pageMembers, shortPage } from '../paging.ts';
import { requestTagContext, tagKeyContext } from '../request-tags.ts';
import { tagListShape } from '../shapes.ts';
import { userTarget } from '../targets.ts';

export const tagUser = entityAction({
  name: 'TagUser',
  audit: 'change',
  permission: {
    action: 'iam:TagUser',
    target: userTarget,
    context: (input) => requestTagContext(input.Tags),
  },
  input: { UserName: existingUserName(), Tags: tags() },
  output: nothing,
  run: ({ UserName, Tags }, { caller, deps, changeEvent }) =>
    deps.users.tag(caller.accountId, UserName, Tags, changeEvent),
});

export const untagUser = entityAction({
  name: 'UntagUser',
  audit: 'change',
  permission: {
    action: 'iam:UntagUser',
    target: userTarget,
    context: (input) => tagKeyContext(input.TagKeys),
  },
  input: { UserName: existingUserName(), TagKeys: tagKeys() },
  output: nothing,
  run: ({ UserName, TagKeys }, { caller, deps, changeEvent }) =>
    deps.users.untag(caller.accountId, UserName, TagKeys, changeEvent),
});

export const listUserTags = entityAction({
  name: 'ListUserTags',
  audit: 'read',
  permission: { action: 'iam:ListUserTags', target: userTarget },
  input: { UserName: existingUserName(), ...pageFields },
  output: { Tags: tagListShape, ...pageMembers },
  run: async (input, { caller, deps }) => {
    const { tags: all } = await deps.users.require(caller.accountId, input.UserName);
    const { items, end } = shortPage('user-tags', all, input);
    return { Tags: items, ...end };
  },
});
