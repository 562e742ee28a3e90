import { instanceArn } from '../../../../core/arn.ts';
import { Fault } from '../../../../core/faults.ts';
import { action } from '../../query/action.ts';
import { optional, withDefault } from '../../query/field.ts';
import { description, instanceProfileName, tagKey, tags } from '../../query/fields.ts';
import { list, oneOf, string, structure } from '../../query/kinds.ts';
import { nextTokenFields, nextTokenMember, nextTokenOf, pageAskedFor } from '../../query/next-token.ts';
import { listOf, nothing } from '../../query/shape.ts';
import { instanceId, instanceTarget, requestTagContext } from './fields.ts';
import { identityFields, readIdentity } from './identity.ts';
import { instanceOf, instanceShape } from './shapes.ts';

const LIST = 'instances';

export const registerInstance = action({
  name: 'RegisterInstance',
  auth: 'sigv4',
  audit: 'change',
  permission: {
    action: 'daypass:RegisterInstance',
    resource: (_input, caller) => instanceArn(caller.accountId, '*'),
    context: (input) => requestTagContext(input.Tags),
  },
  input: {
    ...identityFields,
    Description: withDefault(description(), ''),
    Tags: optional(tags()),
  },
  output: { Instance: instanceShape },
  run: async (input, { caller: { accountId }, deps, changeEvent }) => {
    const identity = await readIdentity(input, accountId, deps);
    if (identity === null) throw new Fault('missing_parameter', 'an instance needs an identity');
    const wanted = { identity, description: input.Description, tags: input.Tags ?? [] };
    return { Instance: instanceOf(await deps.instances.register(accountId, wanted, changeEvent), accountId) };
  },
});

export const describeInstances = action({
  name: 'DescribeInstances',
  auth: 'sigv4',
  audit: 'read',
  permission: {
    action: 'daypass:DescribeInstances',
    resource: (_input, caller) => instanceArn(caller.accountId, '*'),
  },
  input: {
    InstanceIds: optional(list(instanceId(), { max: 1000 })),
    State: optional(oneOf(['enabled', 'disabled'])),
    IdentityType: optional(oneOf(['key', 'certificate', 'workload'])),
    InstanceProfileName: optional(instanceProfileName()),
    Tag: optional(structure({ Key: tagKey(), Value: string({ max: 256 }) })),
    ...nextTokenFields,
  },
  output: { Instances: listOf(instanceShape), ...nextTokenMember },
  run: async (input, { caller: { accountId }, deps }) => {
    const filter = {
      instanceIds: input.InstanceIds ?? null,
      enabled: input.State === undefined ? null : input.State === 'enabled',
      identityType: input.IdentityType ?? null,
      profileName: input.InstanceProfileName ?? null,
      tag: input.Tag ?? null,
    };
    const page = await deps.instances.list(accountId, filter, pageAskedFor(LIST, input));
    return {
      Instances: page.items.map((instance) => instanceOf(instance, accountId)),
      ...nextTokenOf(LIST, page),
    };
  },
});

/** Another identity or description. What a former key was given lives on; whoever lost the key disables the instance. */
export const updateInstance = action({
  name: 'UpdateInstance',
  auth: 'sigv4',
  audit: 'change',
  permission: { action: 'daypass:UpdateInstance', target: instanceTarget },
  input: { InstanceId: instanceId(), ...identityFields, Description: optional(description()) },
  output: { Instance: instanceShape },
  run: async (input, { caller: { accountId }, deps, changeEvent }) => {
    const identity = await readIdentity(input, accountId, deps);
    const change = {
      ...(identity !== null && { identity }),
      ...(input.Description !== undefined && { description: input.Description }),
    };
    const changed = await deps.instances.update(accountId, input.InstanceId, change, changeEvent);
    return { Instance: instanceOf(changed, accountId) };
  },
});

/** An instance that is lost: it gets no credentials, and those that it has stop within the freshness bound. */
export const disableInstance = action({
  name: 'DisableInstance',
  auth: 'sigv4',
  audit: 'change',
  permission: { action: 'daypass:DisableInstance', target: instanceTarget },
  input: { InstanceId: instanceId() },
  output: nothing,
  run: async ({ InstanceId }, { caller, deps, changeEvent }) => {
    await deps.instances.update(caller.accountId, InstanceId, { enabled: false }, changeEvent);
  },
});

export const enableInstance = action({
  name: 'EnableInstance',
  auth: 'sigv4',
  audit: 'change',
  permission: { action: 'daypass:EnableInstance', target: instanceTarget },
  input: { InstanceId: instanceId() },
  output: nothing,
  run: async ({ InstanceId }, { caller, deps, changeEvent }) => {
    await deps.instances.update(caller.accountId, InstanceId, { enabled: true }, changeEvent);
  },
});

export const deregisterInstance = action({
  name: 'DeregisterInstance',
  auth: 'sigv4',
  audit: 'change',
  permission: { action: 'daypass:DeregisterInstance', target: instanceTarget },
  input: { InstanceId: instanceId() },
  output: nothing,
  run: ({ InstanceId }, { caller, deps, changeEvent }) =>
    deps.instances.deregister(caller.accountId, InstanceId, changeEvent),
});
