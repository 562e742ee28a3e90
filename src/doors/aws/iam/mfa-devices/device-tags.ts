import { serialNumber, tagKeys, tags } from '../../query/fields.ts';
import { nothing } from '../../query/shape.ts';
import { entityAction } from '../entity-action.ts';
import { pageFields, pageMembers, shortPage } from '../paging.ts';
import { requestTagContext, tagKeyContext } from '../request-tags.ts';
import { tagListShape } from '../shapes.ts';
import { mfaDeviceTarget } from './device-target.ts';

export const tagMFADevice = entityAction({
  name: 'TagMFADevice',
  audit: 'change',
  permission: {
    action: 'iam:TagMFADevice',
    target: mfaDeviceTarget,
    context: (input) => requestTagContext(input.Tags),
  },
  input: { SerialNumber: serialNumber(), Tags: tags() },
  output: nothing,
  run: ({ SerialNumber, Tags }, { caller, deps, changeEvent }) =>
    deps.mfaDevices.tag(caller.accountId, SerialNumber, Tags, changeEvent),
});

export const untagMFADevice = entityAction({
  name: 'UntagMFADevice',
  audit: 'change',
  permission: {
    action: 'iam:UntagMFADevice',
    target: mfaDeviceTarget,
    context: (input) => tagKeyContext(input.TagKeys),
  },
  input: { SerialNumber: serialNumber(), TagKeys: tagKeys() },
  output: nothing,
  run: ({ SerialNumber, TagKeys }, { caller, deps, changeEvent }) =>
    deps.mfaDevices.untag(caller.accountId, SerialNumber, TagKeys, changeEvent),
});

export const listMFADeviceTags = entityAction({
  name: 'ListMFADeviceTags',
  audit: 'read',
  permission: { action: 'iam:ListMFADeviceTags', target: mfaDeviceTarget },
  input: { SerialNumber: serialNumber(), ...pageFields },
  output: { Tags: tagListShape, ...pageMembers },
  run: async (input, { caller, deps }) => {
    const { tags: all } = await deps.mfaDevices.require(caller.accountId, input.SerialNumber);
    const { items, end } = shortPage('mfa-device-tags', all, input);
    return { Tags: items, ...end };
  },
});
