/**
 * Cedar, by its WebAssembly package. The policy set is parsed once and kept inside; the call is a JavaScript object
 * that the package turns into Cedar's own values at each question, because it has no form prepared beforehand.
 */
import {
  preparsePolicySet,
  type StatefulAuthorizationCall,
  statefulIsAuthorized,
} from '@cedar-policy/cedar-wasm/nodejs';
import { prefixOf, type Question, type Rule, type RuleConditions } from '../rule.ts';
import { at, type Engine } from './engine.ts';

/** Decides by `statefulIsAuthorized`. */
export const cedar: Engine = {
  name: 'Cedar (WebAssembly)',
  prepare: async ({ name, policies, actions, questions }) =>
    prepareText(
      name,
      policies
        .flat()
        .map((rule) => policyText(rule, actions))
        .join('\n'),
      questions,
    ),
};

/** One policy that permits everything: what a question costs before any policy is looked at. */
export const cedarFloor: Engine = {
  name: 'Cedar, one policy that permits all',
  prepare: async ({ name, questions }) =>
    prepareText(`${name}, floor`, 'permit (principal, action, resource);', questions),
};

function prepareText(
  id: string,
  text: string,
  questions: readonly Question[],
): { allows: (place: number) => boolean } {
  const parsed = preparsePolicySet(id, { staticPolicies: text });
  if (parsed.type === 'failure') throw new Error(`Cedar refuses a policy: ${JSON.stringify(parsed.errors)}`);
  const calls = questions.map((question) => callOf(question, id));
  return { allows: (place) => isAllowed(at(calls, place)) };
}

function isAllowed(call: StatefulAuthorizationCall): boolean {
  const answer = statefulIsAuthorized(call);
  if (answer.type === 'failure')
    throw new Error(`Cedar refuses a question: ${JSON.stringify(answer.errors)}`);
  const { decision, diagnostics } = answer.response;
  // a policy that fails is skipped by Cedar: without this look a wrong translation could pass for a denial
  if (diagnostics.errors.length > 0) throw new Error(`Cedar: ${JSON.stringify(diagnostics.errors)}`);
  return decision === 'allow';
}

/** Exported for the cost of preparing. */
export function policyText(
  { effect, action, resource, conditions }: Rule,
  actions: readonly string[],
): string {
  const tests = [...resourceTests(resource), ...conditionTests(conditions)];
  const when = tests.length === 0 ? '' : ` when { ${tests.join(' && ')} }`;
  const scope = `principal, ${actionScope(action, actions)}, ${resourceScope(resource)}`;
  return `${effect === 'Allow' ? 'permit' : 'forbid'} (${scope})${when};`;
}

/** Cedar has no action wildcards: a pattern becomes the list of the actions it matches. */
function actionScope(action: string, actions: readonly string[]): string {
  const prefix = prefixOf(action);
  if (prefix === null) return `action == Action::${JSON.stringify(action)}`;
  if (prefix === '') return 'action';
  const matched = actions.filter((name) => name.startsWith(prefix));
  return `action in [${matched.map((name) => `Action::${JSON.stringify(name)}`).join(', ')}]`;
}

const resourceScope = (resource: string): string =>
  prefixOf(resource) === null ? `resource == Resource::${JSON.stringify(resource)}` : 'resource';

const resourceTests = (resource: string): readonly string[] =>
  prefixOf(resource) === null || resource === '*' ? [] : [`context.arn like ${JSON.stringify(resource)}`];

function conditionTests({ team, userName, sourceIp, mfaAgeBelowSeconds }: RuleConditions): readonly string[] {
  return [
    ...(team === undefined ? [] : [`context.team == ${JSON.stringify(team)}`]),
    ...(userName === undefined ? [] : [`context.userName like ${JSON.stringify(userName)}`]),
    ...(sourceIp === undefined ? [] : [`context.sourceIp.isInRange(ip(${JSON.stringify(sourceIp)}))`]),
    ...(mfaAgeBelowSeconds === undefined ? [] : [`context.mfaAge < ${mfaAgeBelowSeconds}`]),
  ];
}

const callOf = (question: Question, preparsedPolicySetId: string): StatefulAuthorizationCall => ({
  principal: { type: 'User', id: question.userName },
  action: { type: 'Action', id: question.action },
  resource: { type: 'Resource', id: question.resource },
  context: {
    arn: question.resource,
    userName: question.userName,
    team: question.team,
    sourceIp: { __extn: { fn: 'ip', arg: question.sourceIp } },
    mfaAge: question.mfaAgeSeconds,
  },
  preparsedPolicySetId,
  entities: [],
});
