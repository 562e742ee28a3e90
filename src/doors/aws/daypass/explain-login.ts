import type { RequestFacts } from '../../../core/context/request-context.ts';
import { Fault } from '../../../core/faults.ts';
import type { RuleTrace } from '../../../core/mapping/choose-roles.ts';
import type { Deps } from '../../../usecases/deps.ts';
import { explainLogin } from '../../../usecases/explain-login.ts';
import { explainSamlLogin } from '../../../usecases/explain-saml-login.ts';
import type { LoginExplanation } from '../../../usecases/login-explanation.ts';
import { action } from '../query/action.ts';
import { optional } from '../query/field.ts';
import { arn, providerId, samlAssertion, webIdentityToken } from '../query/fields.ts';
import { listOf, maybe, record, text } from '../query/shape.ts';

const failedCondition = record({
  Operator: text,
  Key: text,
  Wanted: listOf(text),
  /** Absent where the login has no such value. */
  Given: maybe(listOf(text)),
});

const ruleStep = record({
  Rule: text,
  Effect: text,
  Mode: text,
  Result: text,
  Roles: listOf(text),
  FailedConditions: listOf(failedCondition),
});

const roleStep = record({
  RoleArn: text,
  Result: text,
  Actions: listOf(record({ Action: text, Reason: text, MissingContextKeys: listOf(text) })),
});

/** The dry run of a login: what the token proves, what the rules say of it, what each role's trust policy decides. Mints nothing. */
export const explainLoginAction = action({
  name: 'ExplainLogin',
  auth: 'sigv4',
  audit: 'read',
  permission: {
    action: 'daypass:ExplainLogin',
    resource: (_input, caller) => `arn:aws:daypass::${caller.accountId}:login/*`,
  },
  input: {
    WebIdentityToken: optional(webIdentityToken()),
    SAMLAssertion: optional(samlAssertion()),
    /** The SAML provider; without it the recipient in the assertion names it. */
    PrincipalArn: optional(arn()),
    ProviderId: optional(providerId()),
    RoleArn: optional(arn()),
  },
  output: {
    /** `believed` or `refused`; refused proofs have a code and a reason, and no further step. */
    Proof: text,
    Code: maybe(text),
    Reason: maybe(text),
    Provider: maybe(text),
    Subject: maybe(text),
    Values: maybe(listOf(record({ Name: text, Values: listOf(text) }))),
    Rules: maybe(listOf(ruleStep)),
    ChosenBy: maybe(text),
    Roles: maybe(listOf(roleStep)),
  },
  run: async (input, { caller, facts, deps }) =>
    outputOf(await explain(input, caller.accountId, facts, deps)),
});

interface Input {
  readonly WebIdentityToken?: string | undefined;
  readonly SAMLAssertion?: string | undefined;
  readonly PrincipalArn?: string | undefined;
  readonly ProviderId?: string | undefined;
  readonly RoleArn?: string | undefined;
}

/** @throws Fault `validation_error` for both kinds of proof at once, for neither, and for what belongs to the other kind */
function explain(
  input: Input,
  accountId: string,
  facts: RequestFacts,
  deps: Deps,
): Promise<LoginExplanation> {
  const { WebIdentityToken: token, SAMLAssertion: assertion, PrincipalArn, ProviderId } = input;
  const roleArn = input.RoleArn ?? null;
  if (token !== undefined && assertion === undefined && PrincipalArn === undefined) {
    return explainLogin({ accountId, token, providerId: ProviderId ?? null, roleArn }, facts, deps);
  }
  if (assertion !== undefined && token === undefined && ProviderId === undefined) {
    const providerArn = PrincipalArn ?? null;
    return explainSamlLogin({ accountId, encoded: assertion, providerArn, roleArn }, facts, deps);
  }
  throw new Fault(
    'validation_error',
    'give WebIdentityToken, with ProviderId for an access token, or SAMLAssertion, with PrincipalArn or without',
  );
}

function outputOf(told: LoginExplanation) {
  if (told.proof === 'refused') return { Proof: told.proof, Code: told.code, Reason: told.reason };
  return {
    Proof: told.proof,
    Provider: told.provider,
    Subject: told.subject,
    Values: Array.from(told.values, ([Name, Values]) => ({ Name, Values })),
    Rules: told.rules.map(ruleOutput),
    ChosenBy: told.chosenBy,
    Roles: told.roles.map(({ roleArn, result, actions }) => ({
      RoleArn: roleArn,
      Result: result,
      Actions: actions.map((each) => ({
        Action: each.action,
        Reason: each.reason,
        MissingContextKeys: each.missingContextKeys,
      })),
    })),
  };
}

const ruleOutput = ({ rule, result, failed }: RuleTrace) => ({
  Rule: rule.sid ?? `Rules[${rule.index}]`,
  Effect: rule.effect,
  Mode: rule.audits ? 'Audit' : 'Enforce',
  Result: result,
  Roles: rule.roles,
  FailedConditions: failed.map(({ operator, key, wanted, given }) => ({
    Operator: operator,
    Key: key,
    Wanted: wanted,
    Given: given,
  })),
});
