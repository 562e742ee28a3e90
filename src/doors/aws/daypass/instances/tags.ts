import { action } from '../../query/action.ts';
import { tagKeys, tags } from '../../query/fields.ts';
import { nothing } from '../../query/shape.ts';
import { instanceId, instanceTarget, requestTagContext } from './fields.ts';

/** The tags of an instance are the session tags of what it is given from then on. */
export const tagInstance = action({
  name: 'TagInstance',
  auth: 'sigv4',
  audit: 'change',
  permission: {
    action: 'daypass:TagInstance',
    target: instanceTarget,
    context: (input) => requestTagContext(input.Tags),
  },
  input: { InstanceId: instanceId(), Tags: tags() },
  output: nothing,
  run: ({ InstanceId, Tags }, { caller, deps, changeEvent }) =>
    deps.instances.tag(caller.accountId, InstanceId, Tags, changeEvent),
});

export const untagInstance = action({
  name: 'UntagInstance',
  auth: 'sigv4',
  audit: 'change',
  permission: {
    action: 'daypass:UntagInstance',
    target: instanceTarget,
    context: (input) => [['aws:TagKeys', input.TagKeys]],
  },
  input: { InstanceId: instanceId(), TagKeys: tagKeys() },
  output: nothing,
  run: ({ InstanceId, TagKeys }, { caller, deps, changeEvent }) =>
    deps.instances.untag(caller.accountId, InstanceId, TagKeys, changeEvent),
});
