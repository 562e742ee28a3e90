/** What only our engine has, or what is asked of it alone: explanations, compiling, and growth with the statements. */
import { type AccessRequest, type ApplicablePolicies, decide, explain } from '../../../src/policy.ts';
import { compileText, documentText, policiesOf, requestOf } from './engines/daypass.ts';
import { at } from './engines/engine.ts';
import { type Contestant, type Schedule, type Timing, timeInRounds } from './rounds.ts';
import type { Workload } from './rule.ts';

/** `decide` beside `explain`, the same questions. */
export function timeExplaining(workload: Workload, schedule: Schedule): readonly Timing[] {
  const { policies, requests } = ours(workload);
  return timeInRounds(
    [
      { name: 'decide', run: (place) => decide(at(requests, place), policies) },
      { name: 'explain', run: (place) => explain(at(requests, place), policies) },
    ],
    schedule,
  );
}

/** Text to compiled policies: all documents of a workload at each run. */
export function timeCompiling(workloads: readonly Workload[], schedule: Schedule): readonly Timing[] {
  return timeInRounds(workloads.map(compiling), { ...schedule, places: 1 });
}

function compiling({ name, policies }: Workload): Contestant {
  const texts = policies.map(documentText);
  return { name, run: () => texts.map(compileText) };
}

/**
 * The questions of the first workload, put to its own policies and to larger ones that begin with the same statements.
 * The answers are the same, so whatever more it takes is the price of the added statements.
 * @throws Error when an answer is another
 */
export function timeGrowth(
  growing: readonly [Workload, ...Workload[]],
  schedule: Schedule,
): readonly Timing[] {
  const { requests, policies: fewest } = ours(growing[0]);
  const contestants = growing.map((workload): Contestant => {
    const policies = policiesOf(workload);
    const differs = requests.some((request) => isAllowed(request, policies) !== isAllowed(request, fewest));
    if (differs) throw new Error(`${workload.name}: the added statements change an answer`);
    return { name: workload.name, run: (place) => decide(at(requests, place), policies) };
  });
  return timeInRounds(contestants, schedule);
}

const isAllowed = (request: AccessRequest, policies: ApplicablePolicies): boolean =>
  decide(request, policies).effect === 'Allow';

function ours(workload: Workload): {
  readonly policies: ApplicablePolicies;
  readonly requests: readonly AccessRequest[];
} {
  return { policies: policiesOf(workload), requests: workload.questions.map(requestOf) };
}
