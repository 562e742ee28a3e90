/** Whether a role's trust policy lets an outside login in: it alone decides, on the provider and what the login proved. */
import type { Role } from '../core/account.ts';
import { tagContext } from '../core/context/identity-context.ts';
import {
  type ContextEntry,
  nowSecondsOf,
  type RequestFacts,
  requestContext,
} from '../core/context/request-context.ts';
import { mfaContext } from '../core/context/session-context.ts';
import { contextOf } from '../core/policy/context.ts';
import { decide } from '../core/policy/decide.ts';
import { type Explanation, explain } from '../core/policy/explain.ts';
import type { AccessRequest, Decision } from '../core/policy/types.ts';
import { actionsOfWish, type SessionWish, wishContext } from './begin-session.ts';
import { refusedByTrial } from './trust-trial.ts';

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

/** As `TrustDecision`, with its reasons. */
export interface TrustExplanation {
  readonly action: string;
  readonly explanation: Explanation;
}

/** @returns the first decision that does not allow; null where all do */
export const findRefusal = (decisions: readonly TrustDecision[]): TrustDecision | null =>
  decisions.find(({ decision }) => decision.effect !== 'Allow') ?? null;

/**
 * Whether a role lets a login in: as it is, or only once its person proves a second factor now, which a passkey of ours can be.
 */
export function admission(question: TrustQuestion): 'admitted' | 'with-factor' | 'refused' {
  if (findRefusal(decideTrust(question)) === null) return 'admitted';
  const nowSeconds = nowSecondsOf(question.facts);
  const proved = [...question.proved, ...mfaContext(nowSeconds, nowSeconds)]; // of two alike the later counts
  return findRefusal(decideTrust({ ...question, proved })) === null ? 'with-factor' : 'refused';
}

/** @returns a decision for each action that is needed: the call itself, and one more for tags and a source identity each */
export const decideTrust = (question: TrustQuestion): readonly TrustDecision[] =>
  requestsOf(question).map((request) => ({
    action: request.action,
    decision: decide(request, { resource: question.role.trust }),
  }));

/**
 * What the role's trust policy on trial would have refused, for the trail; empty where none is on trial or it agrees. The policy that
 * holds has let the login in by then.
 */
export const refusedOnTrial = (question: TrustQuestion): readonly object[] =>
  question.role.trustTrial === undefined ? [] : refusedByTrial(question.role, requestsOf(question));

/** As `decideTrust`, with every statement and condition that did or did not match. */
export const explainTrust = (question: TrustQuestion): readonly TrustExplanation[] =>
  requestsOf(question).map((request) => ({
    action: request.action,
    explanation: explain(request, { resource: question.role.trust }),
  }));

function requestsOf({ call, role, provider, proved, wish, facts }: TrustQuestion): readonly AccessRequest[] {
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
    principal: { type: 'federated', provider: provider.arn, alias: provider.name },
    action,
    resource: role.arn,
    resourceAccount: role.accountId,
    context,
    resourcePolicyIsMandatory: true,
  }));
}
