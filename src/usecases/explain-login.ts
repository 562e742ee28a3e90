/** A dry run of a login: proof → rules → trust policy → role, step by step, and nothing is minted. */
import { nowSecondsOf, type RequestFacts } from '../core/context/request-context.ts';
import { Fault } from '../core/faults.ts';
import { chooseRoles } from '../core/mapping/choose-roles.ts';
import { NO_ROLES } from '../core/mapping/mapping-rules.ts';
import { readAccessTokenAssertion } from './access-token-assertion.ts';
import type { Deps } from './deps.ts';
import { mappedLogin, trustQuestion } from './federate.ts';
import { explainTrust } from './federated-trust.ts';
import { wishOf } from './federated-wish.ts';
import { type LoginExplanation, proofOrRefusal, stepOf } from './login-explanation.ts';
import { findRole } from './mapped-roles.ts';
import { type ProvedLogin, readIdTokenAssertion } from './prove-identity.ts';

export interface ExplainLoginInput {
  readonly accountId: string;
  readonly token: string;
  readonly providerId: string | null;
  /** The role to try; null asks the mapping rules. */
  readonly roleArn: string | null;
}

/** @throws Fault `validation_error` for an access token of a provider whose tokens prove nothing */
export async function explainLogin(
  input: ExplainLoginInput,
  facts: RequestFacts,
  deps: Deps,
): Promise<LoginExplanation> {
  const login = await proofOrRefusal(() => prove(input, facts, deps));
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

async function prove(
  { accountId, token, providerId }: ExplainLoginInput,
  facts: RequestFacts,
  deps: Deps,
): Promise<ProvedLogin> {
  const assertion =
    providerId === null ? readIdTokenAssertion(token) : readAccessTokenAssertion(token, providerId, deps);
  const trusted = await assertion.find(accountId, deps);
  return { ...trusted, ...(await assertion.verify(trusted, nowSecondsOf(facts), deps)) };
}
