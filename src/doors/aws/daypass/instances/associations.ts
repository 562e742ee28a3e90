/** The instance profile of an instance, and so its role, changed while it runs. */
import { instanceArn } from '../../../../core/arn.ts';
import { requirePassRole } from '../../../../usecases/pass-role.ts';
import { action } from '../../query/action.ts';
import { optional, withDefault } from '../../query/field.ts';
import { instanceProfileName } from '../../query/fields.ts';
import { boolean, list } from '../../query/kinds.ts';
import { nextTokenFields, nextTokenMember, nextTokenOf, pageAskedFor } from '../../query/next-token.ts';
import { listOf } from '../../query/shape.ts';
import { associatedTarget, associationId, instanceId, instanceTarget } from './fields.ts';
import { associationOf, associationShape } from './shapes.ts';

const LIST = 'instance-associations';

export const associateInstanceProfile = action({
  name: 'AssociateInstanceProfile',
  auth: 'sigv4',
  audit: 'change',
  permission: { action: 'daypass:AssociateInstanceProfile', target: instanceTarget },
  input: { InstanceId: instanceId(), InstanceProfileName: instanceProfileName() },
  output: { InstanceProfileAssociation: associationShape },
  run: async ({ InstanceId, InstanceProfileName }, { caller, deps, facts, changeEvent }) => {
    const { accountId } = caller;
    const { role } = await deps.instanceProfiles.require(accountId, InstanceProfileName);
    requirePassRole(caller, role, instanceArn(accountId, InstanceId), facts);
    const made = await deps.instances.associate(accountId, InstanceId, InstanceProfileName, changeEvent);
    return { InstanceProfileAssociation: associationOf(made) };
  },
});

/** Credentials that the former association gave stop within the freshness bound, unless they are to live on. */
export const replaceInstanceProfileAssociation = action({
  name: 'ReplaceInstanceProfileAssociation',
  auth: 'sigv4',
  audit: 'change',
  permission: { action: 'daypass:ReplaceInstanceProfileAssociation', target: associatedTarget },
  input: {
    AssociationId: associationId(),
    InstanceProfileName: instanceProfileName(),
    CredentialsLiveOn: withDefault(boolean(), false),
  },
  output: { InstanceProfileAssociation: associationShape },
  run: async (input, { caller, deps, facts, changeEvent }) => {
    const { accountId } = caller;
    const { AssociationId, InstanceProfileName, CredentialsLiveOn } = input;
    const { role } = await deps.instanceProfiles.require(accountId, InstanceProfileName);
    const { resource } = await associatedTarget(input, caller, deps);
    requirePassRole(caller, role, resource, facts);
    const ended = { associationId: AssociationId, credentialsLiveOn: CredentialsLiveOn };
    const made = await deps.instances.replace(accountId, ended, InstanceProfileName, changeEvent);
    return { InstanceProfileAssociation: associationOf(made) };
  },
});

/** Credentials that the association gave stop within the freshness bound, unless they are to live on. */
export const disassociateInstanceProfile = action({
  name: 'DisassociateInstanceProfile',
  auth: 'sigv4',
  audit: 'change',
  permission: { action: 'daypass:DisassociateInstanceProfile', target: associatedTarget },
  input: { AssociationId: associationId(), CredentialsLiveOn: withDefault(boolean(), false) },
  output: { InstanceProfileAssociation: associationShape },
  run: async ({ AssociationId, CredentialsLiveOn }, { caller, deps, changeEvent }) => {
    const ended = { associationId: AssociationId, credentialsLiveOn: CredentialsLiveOn };
    const gone = await deps.instances.disassociate(caller.accountId, ended, changeEvent);
    return { InstanceProfileAssociation: associationOf(gone, 'disassociated') };
  },
});

export const describeInstanceProfileAssociations = action({
  name: 'DescribeInstanceProfileAssociations',
  auth: 'sigv4',
  audit: 'read',
  permission: {
    action: 'daypass:DescribeInstanceProfileAssociations',
    resource: (_input, caller) => instanceArn(caller.accountId, '*'),
  },
  input: {
    AssociationIds: optional(list(associationId(), { max: 1000 })),
    InstanceIds: optional(list(instanceId(), { max: 1000 })),
    InstanceProfileName: optional(instanceProfileName()),
    ...nextTokenFields,
  },
  output: { InstanceProfileAssociations: listOf(associationShape), ...nextTokenMember },
  run: async (input, { caller, deps }) => {
    const filter = {
      associationIds: input.AssociationIds ?? null,
      instanceIds: input.InstanceIds ?? null,
      profileName: input.InstanceProfileName ?? null,
    };
    const page = await deps.instances.listAssociations(caller.accountId, filter, pageAskedFor(LIST, input));
    return {
      InstanceProfileAssociations: page.items.map((each) => associationOf(each)),
      ...nextTokenOf(LIST, page),
    };
  },
});
