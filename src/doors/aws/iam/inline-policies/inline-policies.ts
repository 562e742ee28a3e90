import { policyDocument, policyName } from '../../query/fields.ts';
import { listOf, nothing, policyText, text } from '../../query/shape.ts';
import { requireDocument } from '../documents.ts';
import { entityAction } from '../entity-action.ts';
import { pageEnd, pageFields, pageMembers, pageRequest } from '../paging.ts';
import { type OwnerKind, ownedFields, ownerIn, ownerTarget } from '../policy-owners.ts';

/** The four actions on inline policies that each kind of owner has: `PutUserPolicy`, `GetUserPolicy` and so on. */
export const inlinePolicyActions = (kind: OwnerKind) => [
  putPolicy(kind),
  getPolicy(kind),
  listPolicies(kind),
  deletePolicy(kind),
];

const putPolicy = (kind: OwnerKind) =>
  entityAction({
    name: `Put${kind.word}Policy`,
    audit: 'change',
    permission: { action: `iam:Put${kind.word}Policy`, target: ownerTarget(kind) },
    input: ownedFields(kind, { PolicyName: policyName(), PolicyDocument: policyDocument() }),
    output: nothing,
    run: async (input, { caller, deps, changeEvent }) => {
      requireDocument(input.PolicyDocument, 'identity');
      const policy = { name: input.PolicyName, document: input.PolicyDocument };
      await deps.inlinePolicies.put(caller.accountId, ownerIn(kind, input), policy, changeEvent);
    },
  });

const getPolicy = (kind: OwnerKind) =>
  entityAction({
    name: `Get${kind.word}Policy`,
    audit: 'read',
    permission: { action: `iam:Get${kind.word}Policy`, target: ownerTarget(kind) },
    input: ownedFields(kind, { PolicyName: policyName() }),
    output: { [kind.parameter]: text, PolicyName: text, PolicyDocument: policyText },
    run: async (input, { caller, deps }) => {
      const owner = ownerIn(kind, input);
      const found = await deps.inlinePolicies.require(caller.accountId, owner, input.PolicyName);
      return {
        [kind.parameter]: found.ownerName,
        PolicyName: found.name,
        PolicyDocument: found.document,
      };
    },
  });

const listPolicies = (kind: OwnerKind) =>
  entityAction({
    name: `List${kind.word}Policies`,
    audit: 'read',
    permission: { action: `iam:List${kind.word}Policies`, target: ownerTarget(kind) },
    input: ownedFields(kind, { ...pageFields }),
    output: { PolicyNames: listOf(text), ...pageMembers },
    run: async (input, { caller, deps }) => {
      const list = `${kind.type}-policies`;
      const owner = ownerIn(kind, input);
      const page = await deps.inlinePolicies.list(caller.accountId, owner, pageRequest(list, input));
      return { PolicyNames: page.items, ...pageEnd(list, page) };
    },
  });

const deletePolicy = (kind: OwnerKind) =>
  entityAction({
    name: `Delete${kind.word}Policy`,
    audit: 'change',
    permission: { action: `iam:Delete${kind.word}Policy`, target: ownerTarget(kind) },
    input: ownedFields(kind, { PolicyName: policyName() }),
    output: nothing,
    run: (input, { caller, deps, changeEvent }) =>
      deps.inlinePolicies.remove(caller.accountId, ownerIn(kind, input), input.PolicyName, changeEvent),
  });
