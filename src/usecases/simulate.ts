/**
 * What if: decides actions on resources under policies given or stored, by the same engine as live calls. Unlike AWS's simulator
 * it evaluates the trust policy for sts:AssumeRole*, as the live call does.
 */
import { parseArn } from '../core/arn.ts';
import type { ContextEntry } from '../core/context/request-context.ts';
import { Fault } from '../core/faults.ts';
import { compilePolicy } from '../core/policy/compile.ts';
import { contextOf } from '../core/policy/context.ts';
import { contextKeysOf } from '../core/policy/context-keys.ts';
import { type Explanation, explain } from '../core/policy/explain.ts';
import { type PolicyKind, readPolicyText } from '../core/policy/parse.ts';
import type { ApplicablePolicies, Decision, RequestPrincipal, SourcedPolicy } from '../core/policy/types.ts';
import type { Caller } from './caller.ts';
import type { Deps } from './deps.ts';
import { trustAskedAbout } from './role-trust.ts';

/** One what-if: who, under which policies, asks for what. */
export interface Simulation {
  readonly principal: NonNullable<RequestPrincipal>;
  readonly accountId: string;
  /** Whose trust policies may be looked into: the asker's account. Another account's roles answer as if they were not there. */
  readonly askerAccountId: string;
  readonly policies: ApplicablePolicies;
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  /** Owner of the resources whose ARN names no account; null for the principal's own account. */
  readonly resourceOwner: string | null;
  readonly context: readonly ContextEntry[];
}

export interface SimulatedResult {
  readonly action: string;
  readonly resource: string;
  readonly decision: Decision;
  readonly missingContextKeys: readonly string[];
  /** Null where no boundary applies. */
  readonly allowedByBoundary: boolean | null;
}

/** Which results are wanted. */
export interface SimulationPage {
  /** How many come before. */
  readonly start: number;
  readonly limit: number;
}

/** Results of one page: as many as are wanted, or fewer where the policies are long. */
export interface SimulatedPage {
  readonly results: readonly SimulatedResult[];
  /** Where the next page starts; null after the last result. */
  readonly next: number | null;
}

/** Characters of policies, times questions, that one page takes: more would keep the isolate from everybody else. */
const MAX_PAGE_WORK = 3_000_000;

/**
 * Decides one page of results: one per action and resource, actions outermost.
 * @throws Fault `validation_error` for a page that starts past the end
 */
export async function simulate(
  simulation: Simulation,
  { start, limit }: SimulationPage,
  deps: Deps,
): Promise<SimulatedPage> {
  const { actions, resources } = simulation;
  const questions = actions.length * resources.length;
  if (start > 0 && start >= questions) throw new Fault('validation_error', 'Invalid Marker');
  const end = Math.min(questions, start + Math.min(limit, questionsPerPage(simulation.policies)));
  const results: SimulatedResult[] = [];
  for (let at = start; at < end; at += 1) {
    const action = actions[Math.floor(at / resources.length)] ?? '';
    const resource = resources[at % resources.length] ?? '';
    results.push(await simulateOne(simulation, action, resource, deps));
  }
  return { results, next: end < questions ? end : null };
}

function questionsPerPage({ identity = [], boundaries = [], resource }: ApplicablePolicies): number {
  const policies = [...identity, ...boundaries, ...(resource === undefined ? [] : [resource])];
  const characters = policies.reduce((sum, { text }) => sum + (text?.length ?? 0), 0);
  return Math.max(1, Math.floor(MAX_PAGE_WORK / Math.max(1, characters)));
}

async function simulateOne(
  simulation: Simulation,
  action: string,
  resource: string,
  deps: Deps,
): Promise<SimulatedResult> {
  const { principal, accountId, policies, resourceOwner } = simulation;
  const resourceAccount = parseArn(resource)?.accountId || (resourceOwner ?? accountId);
  const trust =
    policies.resource === undefined
      ? await trustAskedAbout(action, resource, simulation.askerAccountId, deps)
      : null;
  const explanation = explain(
    {
      principal,
      action,
      resource,
      resourceAccount,
      context: contextOf([['aws:ResourceAccount', resourceAccount], ...simulation.context]),
      resourcePolicyIsMandatory: trust !== null,
    },
    trust === null ? policies : { ...policies, resource: trust },
  );
  return {
    action,
    resource,
    decision: explanation.decision,
    missingContextKeys: explanation.missingContextKeys,
    allowedByBoundary: policies.boundaries === undefined ? null : boundaryAllows(explanation),
  };
}

/** Boundaries intersect: each must have an Allow that applies, and none a Deny. */
function boundaryAllows({ policies }: Explanation): boolean {
  const boundaries = policies.filter(({ layer }) => layer === 'permissions-boundary');
  return boundaries.every(({ statements }) => {
    const applying = statements.filter(({ matched }) => matched);
    return (
      applying.some(({ effect }) => effect === 'Allow') && !applying.some(({ effect }) => effect === 'Deny')
    );
  });
}

/**
 * Reads a policy document of a what-if. Either version is evaluated, as live policies are.
 * @param source - the name under which results show it
 * @throws Fault `invalid_input` when it cannot be read
 */
export function readSimulated(text: string, kind: PolicyKind, source: string): SourcedPolicy {
  const parsed = readPolicyText(text, kind);
  if (!parsed.ok)
    throw new Fault('invalid_input', `${source}: ${parsed.failure.message}`, { ...parsed.failure });
  return { source, policy: compilePolicy(parsed.value), text };
}

/** @returns the context keys that policies refer to, each once whatever its case */
export function contextKeysIn(policies: readonly SourcedPolicy[]): readonly string[] {
  const keys = new Map<string, string>();
  for (const { text } of policies) {
    const parsed = text === undefined ? null : readPolicyText(text, 'identity');
    for (const key of parsed?.ok === true ? contextKeysOf(parsed.value) : []) {
      if (!keys.has(key.toLowerCase())) keys.set(key.toLowerCase(), key);
    }
  }
  return [...keys.values()];
}

/** Reads the ARN of a caller that a what-if names. It need not exist. @throws Fault `invalid_input` */
export function simulatedPrincipal(arn: string): NonNullable<RequestPrincipal> {
  const parsed = parseArn(arn);
  if (parsed?.partition === 'aws' && /^[0-9]{12}$/.test(parsed.accountId)) {
    const { accountId, service, resource } = parsed;
    if (service === 'iam' && resource === 'root') return { type: 'root', arn, accountId };
    if (service === 'iam' && resource.startsWith('user/')) return { type: 'user', arn, accountId };
    if (service === 'iam' && resource.startsWith('role/'))
      return { type: 'role-session', arn, accountId, roleArn: arn };
    if (service === 'sts' && resource.startsWith('assumed-role/'))
      return { type: 'role-session', arn, accountId };
    if (service === 'sts' && resource.startsWith('federated-user/'))
      return { type: 'federated-user', arn, accountId };
  }
  throw new Fault('invalid_input', `\`${arn}\` is not the ARN of a caller`);
}

/** Whose stored policies a what-if starts from. */
export interface PolicySource {
  /** Null for a group, which is no caller. */
  readonly caller: Caller | null;
  readonly policies: readonly SourcedPolicy[];
}
