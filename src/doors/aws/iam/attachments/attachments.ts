import { arn, pathPrefix } from '../../query/fields.ts';
import { listOf, nothing, record, text } from '../../query/shape.ts';
import { entityAction } from '../entity-action.ts';
import { pageEnd, pageFields, pageMembers, pageRequest } from '../paging.ts';
import { type OwnerKind, ownedFields, ownerIn, ownerTarget } from '../policy-owners.ts';
import { policyArnContext } from '../targets.ts';

/** The three actions on attachments that each kind of owner has: `AttachUserPolicy` and so on. */
export const attachmentActions = (kind: OwnerKind) => [
  attachPolicy(kind),
  detachPolicy(kind),
  listAttachedPolicies(kind),
];

const attachPolicy = (kind: OwnerKind) =>
  entityAction({
    name: `Attach${kind.word}Policy`,
    audit: 'change',
    permission: {
      action: `iam:Attach${kind.word}Policy`,
      target: ownerTarget(kind),
      context: (input) => policyArnContext(input.PolicyArn),
    },
    input: ownedFields(kind, { PolicyArn: arn() }),
    output: nothing,
    run: (input, { caller, deps, changeEvent }) =>
      deps.attachments.attach(caller.accountId, ownerIn(kind, input), input.PolicyArn, changeEvent),
  });

const detachPolicy = (kind: OwnerKind) =>
  entityAction({
    name: `Detach${kind.word}Policy`,
    audit: 'change',
    permission: {
      action: `iam:Detach${kind.word}Policy`,
      target: ownerTarget(kind),
      context: (input) => policyArnContext(input.PolicyArn),
    },
    input: ownedFields(kind, { PolicyArn: arn() }),
    output: nothing,
    run: (input, { caller, deps, changeEvent }) =>
      deps.attachments.detach(caller.accountId, ownerIn(kind, input), input.PolicyArn, changeEvent),
  });

const listAttachedPolicies = (kind: OwnerKind) =>
  entityAction({
    name: `ListAttached${kind.word}Policies`,
    audit: 'read',
    permission: { action: `iam:ListAttached${kind.word}Policies`, target: ownerTarget(kind) },
    input: ownedFields(kind, { PathPrefix: pathPrefix(), ...pageFields }),
    output: { AttachedPolicies: listOf(record({ PolicyName: text, PolicyArn: text })), ...pageMembers },
    run: async (input, { caller, deps }) => {
      const list = `attached-${kind.type}-policies`;
      const wanted = pageRequest(list, input);
      const owner = ownerIn(kind, input);
      const page = await deps.attachments.list(caller.accountId, owner, input.PathPrefix, wanted);
      return {
        AttachedPolicies: page.items.map((policy) => ({ PolicyName: policy.name, PolicyArn: policy.arn })),
        ...pageEnd(list, page),
      };
    },
  });
