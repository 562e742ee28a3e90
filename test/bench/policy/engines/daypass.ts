/** Our engine, by the way a resource server uses it: `daypass/policy`. */
import {
  type AccessRequest,
  type ApplicablePolicies,
  compilePolicy,
  contextOf,
  decide,
  parsePolicy,
} from '../../../../src/policy.ts';
import type { Question, Rule, RuleConditions, Workload } from '../rule.ts';
import { at, type Engine } from './engine.ts';

const ACCOUNT = '111122223333';

/** Decides requests made beforehand. */
export const daypass: Engine = {
  name: 'daypass',
  prepare: async (workload) => {
    const policies = policiesOf(workload);
    const requests = workload.questions.map(requestOf);
    return { allows: (place) => decide(at(requests, place), policies).effect === 'Allow' };
  },
};

/** The same with the request and its context built anew at each decision, as a server does. */
export const daypassFromScratch: Engine = {
  name: 'daypass, request built each time',
  prepare: async (workload) => {
    const policies = policiesOf(workload);
    return {
      allows: (place) => decide(requestOf(at(workload.questions, place)), policies).effect === 'Allow',
    };
  },
};

/** @throws Error when a document is refused */
export const policiesOf = ({ policies }: Workload): ApplicablePolicies => ({
  identity: policies.map((rules, place) => ({
    source: `policy-${place}`,
    policy: compileText(documentText(rules)),
  })),
});

/** Writes a document as somebody would save it. */
export const documentText = (rules: readonly Rule[]): string =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: rules.map(({ effect, action, resource, conditions }) => ({
      Effect: effect,
      Action: action,
      Resource: resource,
      Condition: conditionOf(conditions),
    })),
  });

/**
 * Parses and compiles one document.
 * @throws Error when it is refused
 */
export function compileText(text: string): ReturnType<typeof compilePolicy> {
  const parsed = parsePolicy(text, 'identity');
  if (!parsed.ok) throw new Error(`daypass refuses a policy: ${JSON.stringify(parsed.failure)}`);
  return compilePolicy(parsed.value);
}

/** Puts a question in our form. */
export const requestOf = (question: Question): AccessRequest => ({
  principal: { type: 'user', arn: `arn:aws:iam::${ACCOUNT}:user/${question.userName}`, accountId: ACCOUNT },
  action: question.action,
  resource: question.resource,
  resourceAccount: ACCOUNT,
  context: contextOf([
    ['aws:username', question.userName],
    ['aws:PrincipalTag/team', question.team],
    ['aws:SourceIp', question.sourceIp],
    ['aws:MultiFactorAuthAge', String(question.mfaAgeSeconds)],
  ]),
});

function conditionOf({ team, userName, sourceIp, mfaAgeBelowSeconds }: RuleConditions): object | undefined {
  const condition = {
    ...(team === undefined ? {} : { StringEquals: { 'aws:PrincipalTag/team': team } }),
    ...(userName === undefined ? {} : { StringLike: { 'aws:username': userName } }),
    ...(sourceIp === undefined ? {} : { IpAddress: { 'aws:SourceIp': sourceIp } }),
    ...(mfaAgeBelowSeconds === undefined
      ? {}
      : { NumericLessThan: { 'aws:MultiFactorAuthAge': String(mfaAgeBelowSeconds) } }),
  };
  return Object.keys(condition).length === 0 ? undefined : condition;
}
