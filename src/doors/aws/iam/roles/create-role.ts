import { roleArn } from '../../../../core/arn.ts';
import { action } from '../../query/action.ts';
import { optional } from '../../query/field.ts';
import {
  arn,
  description,
  maxSessionDuration,
  pathOrRoot,
  policyDocument,
  roleName,
  tags,
} from '../../query/fields.ts';
import { requestTagContext } from '../request-tags.ts';
import { roleOf, roleShape } from '../shapes.ts';
import { boundaryContext } from '../targets.ts';
import { requireTrust } from './trust.ts';

export const createRole = action({
  name: 'CreateRole',
  auth: 'sigv4',
  audit: 'change',
  permission: {
    action: 'iam:CreateRole',
    resource: (input, caller) => roleArn(caller.accountId, input.Path, input.RoleName),
    context: (input) => [...requestTagContext(input.Tags), ...boundaryContext(input.PermissionsBoundary)],
  },
  input: {
    RoleName: roleName(),
    Path: pathOrRoot(),
    AssumeRolePolicyDocument: policyDocument(),
    Description: optional(description()),
    MaxSessionDuration: maxSessionDuration(),
    PermissionsBoundary: optional(arn()),
    Tags: optional(tags()),
  },
  output: { Role: roleShape },
  run: async (input, { caller, deps, changeEvent }) => {
    const wanted = {
      name: input.RoleName,
      path: input.Path,
      description: input.Description ?? '',
      trust: requireTrust(input.AssumeRolePolicyDocument),
      maxSessionSeconds: input.MaxSessionDuration,
      tags: input.Tags ?? [],
      boundaryArn: input.PermissionsBoundary ?? null,
    };
    return { Role: roleOf(await deps.roles.create(caller.accountId, wanted, changeEvent)) };
  },
});
