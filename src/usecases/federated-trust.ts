/** Whether a role's trust policy lets an outside login in: it alone decides, on the provider and what the login proved. */
import type { Role } from '../core/account.ts';
import { tagContext } from '../core/context/identity-context.ts';
import { type ContextEntry, type RequestFacts, requestContext } from '../core/context/request-context.ts';
import { contextOf } from '../core/policy/context.ts';
import { decide } from '../core/policy/decide.ts';
import type { Decision } from '../core/policy/types.ts';
import { actionsOfWish, type SessionWish, wishContext } from './begin-session.ts';

/** Everything that a trust policy is asked about. */
export interface TrustQuestion {
  readonly call: 'sts:AssumeRoleWithWebIdentity' | 'sts:AssumeRoleWithSAML';
  readonly role: Role;
  readonly provider: {
    readonly arn: string;
    /** What policies may call it beside its ARN, and what `aws:FederatedProvider` says. */
    readonly name: string;
  };
  /** Keys that the login brought: claims or attributes. */
  readonly proved: readonly ContextEntry[];
  readonly wish: SessionWish;
  readonly facts: RequestFacts;
}

/** One action that the wish needs, as the trust policy decides it. */
export interface TrustDecision {
  readonly action: string;
  readonly decision: Decision;
}

/** @returns a decision for each action that is needed: the call itself, and one more for tags and a source identity each */
export function decideTrust(question: TrustQuestion): readonly TrustDecision[] {
  const { call, role, provider, proved, wish, facts } = question;
  const entries: ContextEntry[] = [
    ...requestContext(facts),
    ...wishContext(wish),
    ...tagContext('aws:ResourceTag/', role.tags),
    ['aws:FederatedProvider', provider.name],
    ['aws:ResourceAccount', role.accountId],
    ...proved,
  ];
  const context = contextOf(entries);
  return actionsOfWish(call, wish).map((action) => ({
    action,
    decision: decide(
      {
        principal: { type: 'federated', provider: provider.arn, alias: provider.name },
        action,
        resource: role.arn,
        resourceAccount: role.accountId,
        context,
        resourcePolicyIsMandatory: true,
      },
      { resource: role.trust },
    ),
  }));
}
