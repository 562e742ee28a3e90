/** AssumeRole: a user or a session takes a role. @see https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html */
import type { Role } from '../core/account.ts';
import { parseIamArn } from '../core/arn.ts';
import { tagContext } from '../core/context/identity-context.ts';
import type { ContextEntry } from '../core/context/request-context.ts';
import { nowSecondsOf } from '../core/context/request-context.ts';
import type { RoleIdentity, Session, Tag } from '../core/credentials/session.ts';
import { joinSessionTags, transitiveTags } from '../core/credentials/session-tags.ts';
import { Fault } from '../core/faults.ts';
import { decide } from '../core/policy/decide.ts';
import type { AccessRequest, Decision } from '../core/policy/types.ts';
import { AccessDenied, accessRequestOf, type Permission, type SignedFacts } from './authorize.ts';
import {
  actionsOfWish,
  beginRoleSession,
  lineageOfCaller,
  type SessionWish,
  wishContext,
} from './begin-session.ts';
import type { Caller } from './caller.ts';
import type { Deps } from './deps.ts';
import { inVain } from './lookups.ts';
import { NO_TRUST } from './role-trust.ts';
import { proveSecondFactor, type SecondFactorInput, withSecondFactor } from './second-factor.ts';
import { checkSessionPolicies } from './session-policies.ts';
import { refusedByTrial } from './trust-trial.ts';

export interface AssumeRoleInput extends SecondFactorInput {
  readonly roleArn: string;
  readonly sessionName: string;
  readonly durationSeconds: number | null;
  readonly inlinePolicy: string | null;
  readonly policyArns: readonly string[];
  readonly tags: readonly Tag[];
  readonly transitiveTagKeys: readonly string[];
  readonly externalId: string | null;
  readonly sourceIdentity: string | null;
}

export interface BegunSession {
  readonly role: Role;
  readonly session: Session<RoleIdentity>;
  /** For the trail: what a trust policy on trial would have refused. */
  readonly onTrial: readonly object[];
}

/**
 * @returns the role and the session that has begun
 * @throws Fault `access_denied` when trust policy or identity policies do not allow, or there is no such role: which of
 * them is not told
 */
export async function assumeRole(
  input: AssumeRoleInput,
  caller: Caller,
  facts: SignedFacts,
  deps: Deps,
): Promise<BegunSession> {
  const { session: from } = caller;
  // Whichever door it came by: as root nobody takes a role.
  if (caller.principal.type === 'root') {
    throw new Fault('access_denied', 'Roles may not be assumed by root accounts.');
  }
  const tags = joinSessionTags({
    tags: input.tags,
    transitiveKeys: input.transitiveTagKeys,
    inherited: from === null ? [] : transitiveTags(from.tags, from.transitiveTagKeys),
  });
  if (!tags.ok) throw new Fault('validation_error', tags.failure);
  const asked: SessionWish = {
    sessionName: input.sessionName,
    durationSeconds: input.durationSeconds,
    tags: input.tags,
    transitiveTagKeys: input.transitiveTagKeys,
    sourceIdentity: newSourceIdentity(input.sourceIdentity, from),
    policies: null,
    // Whoever acts in a session acts in what is chained from it.
    delegation: from?.delegation,
  };
  const found = await findRole(input.roleArn, deps);
  // Before trust, which may ask for it.
  const mfaAtSeconds = await proveSecondFactor(input, caller, facts, deps);
  const asking = withSecondFactor(caller, mfaAtSeconds, facts);
  const { role, onTrial } = requireTrust(found, input, asked, asking, facts);
  const wish: SessionWish = {
    ...asked,
    ...tags.value,
    sourceIdentity: from?.sourceIdentity ?? asked.sourceIdentity,
    policies: await checkSessionPolicies(
      deps.directory,
      role.accountId,
      input.inlinePolicy,
      input.policyArns,
    ),
  };
  const origin = {
    federation: null,
    chained: from?.identity.type === 'role',
    // Without a new proof the session's own holds on, and ages.
    mfaAtSeconds: mfaAtSeconds ?? from?.mfaAtSeconds ?? null,
    // What an outside login or a certificate vouches for no longer ends, however far down the chain.
    notAfterSeconds: from?.notAfterSeconds ?? null,
    // What a lost device began ends with it.
    instance: from?.instance,
    certificate: from?.certificate,
    lineage: lineageOfCaller(caller),
  };
  return { role, session: beginRoleSession(role, wish, origin, nowSecondsOf(facts), deps), onTrial };
}

/** Once set, a source identity stays for the whole chain. @returns the one that is newly asked for, or null */
function newSourceIdentity(asked: string | null, from: Session | null): string | null {
  const held = from?.sourceIdentity ?? null;
  if (held === null || asked === null || asked === held) return held === null ? asked : null;
  throw new Fault('access_denied', 'the source identity of a session cannot be changed');
}

const findRole = async (arn: string, deps: Deps): Promise<Role | null> => {
  const parsed = parseIamArn(arn);
  if (parsed?.kind !== 'role') throw new Fault('validation_error', `\`${arn}\` is not the ARN of a role`);
  const role = await deps.directory.role(parsed.accountId, parsed.name);
  return role?.arn === arn ? role : null;
};

function requireTrust(
  role: Role | null,
  input: AssumeRoleInput,
  wish: SessionWish,
  caller: Caller,
  facts: SignedFacts,
): Omit<BegunSession, 'session'> {
  const context: ContextEntry[] = [...wishContext(wish), ...tagContext('aws:ResourceTag/', role?.tags ?? [])];
  if (input.externalId !== null) context.push(['sts:ExternalId', input.externalId]);
  const policies = { ...caller.policies, resource: role?.trust ?? NO_TRUST };
  const requests: AccessRequest[] = [];
  for (const action of actionsOfWish('sts:AssumeRole', wish)) {
    const permission = { action, resource: input.roleArn, context };
    const request = { ...accessRequestOf(caller, permission, facts), resourcePolicyIsMandatory: true };
    requests.push(request);
    const decision = decide(request, policies);
    if (decision.effect === 'Allow') continue;
    throw role !== null && mayReadTrust(role, caller, facts)
      ? new AccessDenied(caller, permission, request, policies, decision)
      : plainRefusal(role, caller, permission, decision);
  }
  // Not reached without a role: its stand-in allows nothing.
  if (role === null) throw new Fault('access_denied', 'access denied', { ...inVain });
  return { role, onTrial: refusedByTrial(role, requests, caller.policies) };
}

/** Whoever may read the role anyway may be told how its trust policy decided. */
function mayReadTrust(role: Role, caller: Caller, facts: SignedFacts): boolean {
  if (role.accountId !== caller.accountId) return false;
  const context = tagContext('aws:ResourceTag/', role.tags);
  const permission = { action: 'iam:GetRole', resource: role.arn, context };
  return decide(accessRequestOf(caller, permission, facts), caller.policies).effect === 'Allow';
}

/**
 * The refusal for everybody else: without a reason and without an explanation, sealed as it may be. Its length alone would tell
 * which roles exist, and another account could open it and read the trust policy, external ids included.
 */
function plainRefusal(
  role: Role | null,
  caller: Caller,
  { action, resource }: Permission,
  { effect, layer, deciders }: Decision,
): Fault {
  const own = role?.accountId === caller.accountId ? { layer, deciders } : {};
  return new Fault(
    'access_denied',
    `User: ${caller.arn} is not authorized to perform: ${action} on resource: ${resource}`,
    { action, resource, effect, ...own, ...(role === null && inVain) },
  );
}
