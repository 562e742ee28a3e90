import { withDefault } from '../../query/field.ts';
import { arn, policyDocument, versionId } from '../../query/fields.ts';
import { boolean } from '../../query/kinds.ts';
import { listOf, nothing } from '../../query/shape.ts';
import { entityAction } from '../entity-action.ts';
import { pageFields, pageMembers, shortPage } from '../paging.ts';
import { listedVersionOf, listedVersionShape, versionShape } from '../shapes.ts';
import { policyTarget } from '../targets.ts';
import { requireManagedDocument, versionNumber } from './managed-policy.ts';

export const createPolicyVersion = entityAction({
  name: 'CreatePolicyVersion',
  audit: 'change',
  permission: { action: 'iam:CreatePolicyVersion', target: policyTarget },
  input: {
    PolicyArn: arn(),
    PolicyDocument: policyDocument(),
    SetAsDefault: withDefault(boolean(), false),
  },
  output: { PolicyVersion: listedVersionShape },
  run: async (input, { caller, deps, changeEvent }) => {
    const version = {
      document: requireManagedDocument(input.PolicyDocument),
      setAsDefault: input.SetAsDefault,
    };
    const made = await deps.policies.createVersion(caller.accountId, input.PolicyArn, version, changeEvent);
    return { PolicyVersion: listedVersionOf(made) };
  },
});

export const getPolicyVersion = entityAction({
  name: 'GetPolicyVersion',
  audit: 'read',
  permission: { action: 'iam:GetPolicyVersion', target: policyTarget },
  input: { PolicyArn: arn(), VersionId: versionId() },
  output: { PolicyVersion: versionShape },
  run: async ({ PolicyArn, VersionId }, { caller, deps }) => {
    const number = versionNumber(VersionId);
    const version = await deps.policies.requireVersion(caller.accountId, PolicyArn, number);
    return { PolicyVersion: { Document: version.document, ...listedVersionOf(version) } };
  },
});

export const listPolicyVersions = entityAction({
  name: 'ListPolicyVersions',
  audit: 'read',
  permission: { action: 'iam:ListPolicyVersions', target: policyTarget },
  input: { PolicyArn: arn(), ...pageFields },
  output: { Versions: listOf(listedVersionShape), ...pageMembers },
  run: async (input, { caller, deps }) => {
    const all = await deps.policies.listVersions(caller.accountId, input.PolicyArn);
    const { items, end } = shortPage('policy-versions', all, input);
    return { Versions: items.map(listedVersionOf), ...end };
  },
});

export const setDefaultPolicyVersion = entityAction({
  name: 'SetDefaultPolicyVersion',
  audit: 'change',
  permission: { action: 'iam:SetDefaultPolicyVersion', target: policyTarget },
  input: { PolicyArn: arn(), VersionId: versionId() },
  output: nothing,
  run: ({ PolicyArn, VersionId }, { caller, deps, changeEvent }) =>
    deps.policies.setDefaultVersion(caller.accountId, PolicyArn, versionNumber(VersionId), changeEvent),
});

export const deletePolicyVersion = entityAction({
  name: 'DeletePolicyVersion',
  audit: 'change',
  permission: { action: 'iam:DeletePolicyVersion', target: policyTarget },
  input: { PolicyArn: arn(), VersionId: versionId() },
  output: nothing,
  run: ({ PolicyArn, VersionId }, { caller, deps, changeEvent }) =>
    deps.policies.removeVersion(caller.accountId, PolicyArn, versionNumber(VersionId), changeEvent),
});
