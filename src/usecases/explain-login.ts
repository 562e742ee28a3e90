/** A dry run of a login: proof → rules → trust policy → role, step by step, and nothing is minted. */
import type { Role } from '../core/account.ts';
import { nowSecondsOf, type RequestFacts } from '../core/context/request-context.ts';
import { Fault } from '../core/faults.ts';
import type { RuleTrace } from '../core/mapping/choose-roles.ts';
import { chooseRoles } from '../core/mapping/choose-roles.ts';
import { type IdentityValues, NO_ROLES } from '../core/mapping/mapping-rules.ts';
import { describeDecision } from '../core/policy/describe.ts';
import { readAccessTokenAssertion } from './access-token-assertion.ts';
import type { Deps } from './deps.ts';
import { mappedLogin, trustQuestion } from './federate.ts';
import { explainTrust, type TrustExplanation } from './federated-trust.ts';
import { wishOf } from './federated-wish.ts';
import { findRole } from './mapped-roles.ts';
import { type ProvedLogin, readIdTokenAssertion } from './prove-identity.ts';

export interface ExplainLoginInput {
  readonly accountId: string;
  readonly token: string;
  readonly providerId: string | null;
  /** The role to try; null asks the mapping rules. */
  readonly roleArn: string | null;
}

/** What would become of one role. */
export interface RoleStep {
  readonly roleArn: string;
  /** `not_found` and `refused` are one answer to whoever logs in. */
  readonly result: 'admitted' | 'refused' | 'not_found';
  readonly actions: readonly {
    readonly action: string;
    /** One sentence: by which statement, or for want of which policy. */
    readonly reason: string;
    readonly missingContextKeys: readonly string[];
  }[];
}

export type LoginExplanation =
  /** The proof is not believed, and why; no step follows. */
  | { readonly proof: 'refused'; readonly code: string; readonly reason: string }
  | {
      readonly proof: 'believed';
      readonly provider: string;
      readonly subject: string;
      readonly values: IdentityValues['values'];
      /** Empty where a role was named or there are no rules. */
      readonly rules: readonly RuleTrace[];
      readonly chosenBy: 'request' | 'rules' | 'deny' | 'default' | 'nothing';
      readonly roles: readonly RoleStep[];
    };

/** @throws Fault `validation_error` for an access token of a provider whose tokens prove nothing */
export async function explainLogin(
  input: ExplainLoginInput,
  facts: RequestFacts,
  deps: Deps,
): Promise<LoginExplanation> {
  const login = await proveOrTell(input, facts, deps);
  if (login instanceof Fault) return { proof: 'refused', code: login.code, reason: login.message };
  const wish = await wishOf({ sessionName: null, durationSeconds: null }, login.identity);
  const { providerId, identity } = mappedLogin(login, wish, facts);
  const rules = await deps.directory.mappingRules(input.accountId, providerId);
  const choice = input.roleArn === null ? chooseRoles(rules ?? NO_ROLES, identity) : null;
  const arns = input.roleArn === null ? (choice?.roles ?? []) : [input.roleArn];
  const steps = arns.map(async (arn) => {
    const role = await findRole(arn, deps);
    return stepOf(arn, role, role === null ? [] : explainTrust(trustQuestion(role, login, wish, facts)));
  });
  return {
    proof: 'believed',
    provider: login.provider.arn,
    subject: login.identity.subject,
    values: identity.values,
    rules: choice?.trace ?? [],
    chosenBy: choice?.decidedBy ?? 'request',
    roles: await Promise.all(steps),
  };
}

/** @returns the login, or the refusal that its proof would meet */
async function proveOrTell(
  { accountId, token, providerId }: ExplainLoginInput,
  facts: RequestFacts,
  deps: Deps,
): Promise<ProvedLogin | Fault> {
  try {
    const assertion =
      providerId === null ? readIdTokenAssertion(token) : readAccessTokenAssertion(token, providerId, deps);
    const trusted = await assertion.find(accountId, deps);
    return { ...trusted, ...(await assertion.verify(trusted, nowSecondsOf(facts), deps)) };
  } catch (error) {
    if (error instanceof Fault && ABOUT_THE_PROOF.has(error.code)) return error;
    throw error;
  }
}

const ABOUT_THE_PROOF = new Set([
  'invalid_identity_token',
  'expired_identity_token',
  'idp_communication_error',
]);

function stepOf(roleArn: string, role: Role | null, trust: readonly TrustExplanation[]): RoleStep {
  const admits = trust.every(({ explanation }) => explanation.decision.effect === 'Allow');
  return {
    roleArn,
    result: role === null ? 'not_found' : admits ? 'admitted' : 'refused',
    actions: trust.map(({ action, explanation }) => ({
      action,
      reason: describeDecision(explanation.decision),
      missingContextKeys: explanation.missingContextKeys,
    })),
  };
}
