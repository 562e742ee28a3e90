import { Fault } from '../../../core/faults.ts';
import { describeFault } from '../../../core/policy/fault.ts';
import { parsePolicy } from '../../../core/policy/parse.ts';
import type { Deps } from '../../../usecases/deps.ts';
import { findRole } from '../../../usecases/mapped-roles.ts';
import { action } from '../query/action.ts';
import { arn, policyDocument } from '../query/fields.ts';
import { moment, nothing, policyText } from '../query/shape.ts';

const onRole = (input: { readonly RoleArn: string }): string => input.RoleArn;

/** @throws Fault `no_such_entity` unless the caller's own account has a role of this ARN */
async function requireRole(accountId: string, roleArn: string, deps: Deps) {
  const role = await findRole(roleArn, deps);
  if (role?.accountId === accountId) return role;
  throw new Fault('no_such_entity', `The role with ARN ${roleArn} cannot be found.`);
}

/**
 * Puts a trust policy on trial: it is decided beside the one that holds, and the trail tells of each login of a web
 * identity by a call (not of SAML, nor of a role taken on a page) that it would have refused.
 * It lets nobody in and keeps nobody out.
 */
export const putTrustPolicyTrial = action({
  name: 'PutTrustPolicyTrial',
  auth: 'sigv4',
  audit: 'change',
  permission: { action: 'daypass:PutTrustPolicyTrial', resource: onRole },
  input: { RoleArn: arn(), PolicyDocument: policyDocument() },
  output: nothing,
  run: async ({ RoleArn, PolicyDocument: text }, { caller, deps, changeEvent }) => {
    const { accountId } = caller;
    const parsed = parsePolicy(text, 'trust');
    if (!parsed.ok)
      throw new Fault('malformed_policy_document', describeFault(parsed.failure), { ...parsed.failure });
    const { roleId } = await requireRole(accountId, RoleArn, deps);
    await deps.trustTrials.put(accountId, roleId, { text, document: parsed.value }, changeEvent());
  },
});

export const getTrustPolicyTrial = action({
  name: 'GetTrustPolicyTrial',
  auth: 'sigv4',
  audit: 'read',
  permission: { action: 'daypass:GetTrustPolicyTrial', resource: onRole },
  input: { RoleArn: arn() },
  output: { PolicyDocument: policyText, CreateDate: moment },
  run: async ({ RoleArn }, { caller, deps }) => {
    const { roleId } = await requireRole(caller.accountId, RoleArn, deps);
    const found = await deps.trustTrials.find(caller.accountId, roleId);
    if (found === null) throw new Fault('no_such_entity', 'the role has no trust policy on trial');
    return { PolicyDocument: found.document, CreateDate: found.createdAtSeconds };
  },
});

export const deleteTrustPolicyTrial = action({
  name: 'DeleteTrustPolicyTrial',
  auth: 'sigv4',
  audit: 'change',
  permission: { action: 'daypass:DeleteTrustPolicyTrial', resource: onRole },
  input: { RoleArn: arn() },
  output: nothing,
  run: async ({ RoleArn }, { caller, deps, changeEvent }) => {
    const { roleId } = await requireRole(caller.accountId, RoleArn, deps);
    await deps.trustTrials.remove(caller.accountId, roleId, changeEvent());
  },
});
