/** A dry run of a SAML login, on the path of the live one. Nothing is minted, and the assertion is not used up. */
import { nowSecondsOf, type RequestFacts } from '../core/context/request-context.ts';
import { Fault } from '../core/faults.ts';
import type { Deps } from './deps.ts';
import { findSamlProvider, proofOf, type SamlProof, samlTrustQuestion } from './federate-saml.ts';
import { explainTrust } from './federated-trust.ts';
import { type LoginExplanation, proofOrRefusal, type RoleStep, stepOf } from './login-explanation.ts';
import { findRole } from './mapped-roles.ts';
import { decodeSaml, proveSaml } from './prove-saml.ts';
import { readSamlWish, type SamlWish, samlSessionAsked, samlValues } from './saml-roles.ts';
import { withinRole } from './within-role.ts';

export interface ExplainSamlLoginInput {
  readonly accountId: string;
  /** The response, base64. */
  readonly encoded: string;
  /** Null lets the recipient that the message names choose. */
  readonly providerArn: string | null;
  /** The role to try; null tells of all that the assertion or the rules give. */
  readonly roleArn: string | null;
}

/** @throws Fault `validation_error` for what is not the ARN of a SAML provider */
export async function explainSamlLogin(
  input: ExplainSamlLoginInput,
  facts: RequestFacts,
  deps: Deps,
): Promise<LoginExplanation> {
  const proved = await proofOrRefusal(() => prove(input, facts, deps));
  if (proved instanceof Fault) return { proof: 'refused', code: proved.code, reason: proved.message };
  const { proof, asked } = proved;
  const { provider, assertion } = proof;
  const granted = asked.choice?.roles ?? asked.roleArns;
  const arns = input.roleArn === null ? granted : [input.roleArn];
  const steps = arns.map((arn) => stepFor(arn, granted, proved, facts, deps));
  return {
    proof: 'believed',
    provider: provider.arn,
    subject: assertion.subject.nameId,
    values: samlValues(assertion),
    rules: asked.choice?.trace ?? [],
    chosenBy: input.roleArn === null ? (asked.choice?.decidedBy ?? 'assertion') : 'request',
    roles: await Promise.all(steps),
  };
}

interface Proved {
  readonly proof: SamlProof;
  readonly asked: SamlWish;
  readonly session: Awaited<ReturnType<typeof samlSessionAsked>>;
}

async function prove(
  { accountId, encoded, providerArn }: ExplainSamlLoginInput,
  facts: RequestFacts,
  deps: Deps,
): Promise<Proved> {
  const xml = decodeSaml(encoded);
  const provider = await findSamlProvider({ providerArn, xml }, accountId, deps);
  const assertion = await proveSaml(provider, xml, { nowSeconds: nowSecondsOf(facts) }, deps);
  const asked = await readSamlWish(provider, assertion, deps);
  const session = await samlSessionAsked(asked, provider, assertion);
  return { proof: await proofOf(provider, assertion, deps), asked, session };
}

async function stepFor(
  arn: string,
  granted: readonly string[],
  { proof, session: { sessionSeconds, ...asked } }: Proved,
  facts: RequestFacts,
  deps: Deps,
): Promise<RoleStep> {
  if (!granted.includes(arn)) return { roleArn: arn, result: 'not_granted', actions: [] };
  const role = await findRole(arn, deps);
  if (role === null) return stepOf(arn, null, []);
  const wish = { ...asked, durationSeconds: withinRole(sessionSeconds ?? null, role), policies: null };
  return stepOf(arn, role, explainTrust(samlTrustQuestion(role, proof, wish, facts)));
}
