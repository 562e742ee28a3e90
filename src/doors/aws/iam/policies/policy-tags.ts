import { arn, tagKeys, tags } from '../../query/fields.ts';
import { nothing } from '../../query/shape.ts';
import { entityAction } from '../entity-action.ts';
import { pageFields, pageMembers, shortPage } from '../paging.ts';
import { requestTagContext, tagKeyContext } from '../request-tags.ts';
import { tagListShape } from '../shapes.ts';
import { policyTarget } from '../targets.ts';

export const tagPolicy = entityAction({
  name: 'TagPolicy',
  audit: 'change',
  permission: {
    action: 'iam:TagPolicy',
    target: policyTarget,
    context: (input) => requestTagContext(input.Tags),
  },
  input: { PolicyArn: arn(), Tags: tags() },
  output: nothing,
  run: ({ PolicyArn, Tags }, { caller, deps, changeEvent }) =>
    deps.policies.tag(caller.accountId, PolicyArn, Tags, changeEvent),
});

export const untagPolicy = entityAction({
  name: 'UntagPolicy',
  audit: 'change',
  permission: {
    action: 'iam:UntagPolicy',
    target: policyTarget,
    context: (input) => tagKeyContext(input.TagKeys),
  },
  input: { PolicyArn: arn(), TagKeys: tagKeys() },
  output: nothing,
  run: ({ PolicyArn, TagKeys }, { caller, deps, changeEvent }) =>
    deps.policies.untag(caller.accountId, PolicyArn, TagKeys, changeEvent),
});

export const listPolicyTags = entityAction({
  name: 'ListPolicyTags',
  audit: 'read',
  permission: { action: 'iam:ListPolicyTags', target: policyTarget },
  input: { PolicyArn: arn(), ...pageFields },
  output: { Tags: tagListShape, ...pageMembers },
  run: async (input, { caller, deps }) => {
    const { tags: all } = await deps.policies.require(caller.accountId, input.PolicyArn);
    const { items, end } = shortPage('policy-tags', all, input);
    return { Tags: items, ...end };
  },
});
