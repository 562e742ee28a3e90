import { parseIamArn } from '../../../../core/arn.ts';
import { Fault } from '../../../../core/faults.ts';
import type { PolicyDocument } from '../../../../core/policy/document.ts';
import { readPolicyText } from '../../../../core/policy/parse.ts';
import type { EntityPolicy } from '../../../../core/repositories/account-details.ts';
import type { PolicyOwner } from '../../../../core/repositories/owner.ts';
import { requirePolicySource } from '../../../../usecases/policy-source.ts';
import { action } from '../../query/action.ts';
import { arn, marker } from '../../query/fields.ts';
import { list, pattern, string } from '../../query/kinds.ts';
import { flag, listOf, maybe, record, text } from '../../query/shape.ts';
import { grantsService } from './grants-service.ts';

const OWNER_TYPES: readonly PolicyOwner['type'][] = ['user', 'group', 'role'];

/** All in one answer, which is never truncated. */
export const listPoliciesGrantingServiceAccess = action({
  name: 'ListPoliciesGrantingServiceAccess',
  auth: 'sigv4',
  audit: 'read',
  permission: { action: 'iam:ListPoliciesGrantingServiceAccess', resource: (input) => input.Arn },
  input: {
    Arn: arn(),
    ServiceNamespaces: list(string({ min: 1, max: 64, pattern: pattern('[\\w-]*') }), { min: 1, max: 200 }),
    Marker: marker(),
  },
  output: {
    PoliciesGrantingServiceAccess: listOf(
      record({
        ServiceNamespace: text,
        Policies: listOf(
          record({
            PolicyName: text,
            PolicyType: text,
            PolicyArn: maybe(text),
            EntityType: maybe(text),
            EntityName: maybe(text),
          }),
        ),
      }),
    ),
    IsTruncated: flag,
  },
  run: async ({ Arn, ServiceNamespaces, Marker }, { caller, deps }) => {
    if (Marker !== undefined) throw new Fault('validation_error', 'Invalid Marker.');
    await requirePolicySource(Arn, caller.accountId, deps);
    const held = await deps.accountDetails.policiesOf(caller.accountId, ownerNamed(Arn));
    const readable = held.flatMap((policy) => {
      const document = documentOf(policy);
      return document === null ? [] : [{ policy, document }];
    });
    const granting = ServiceNamespaces.map((namespace) => ({
      ServiceNamespace: namespace,
      Policies: readable
        .filter(({ document }) => grantsService(document, namespace))
        .map(({ policy }) => shown(policy)),
    }));
    return { PoliciesGrantingServiceAccess: granting, IsTruncated: false };
  },
});

/** What cannot be read grants nothing. */
function documentOf({ document }: EntityPolicy): PolicyDocument | null {
  const read = readPolicyText(document, 'identity');
  return read.ok ? read.value : null;
}

function ownerNamed(entityArn: string): PolicyOwner {
  const named = parseIamArn(entityArn);
  const type = OWNER_TYPES.find((each) => each === named?.kind);
  if (named === null || type === undefined) {
    throw new Fault('invalid_input', `\`${entityArn}\` is not the ARN of a user, group or role`);
  }
  return { type, name: named.name };
}

/** A managed policy is told by its ARN, an inline one by whose it is. */
const shown = ({ name, arn: policyArn, owner }: EntityPolicy) =>
  policyArn === null
    ? {
        PolicyName: name,
        PolicyType: 'INLINE',
        EntityType: owner.type.toUpperCase(),
        EntityName: owner.name,
      }
    : { PolicyName: name, PolicyType: 'MANAGED', PolicyArn: policyArn };
