/**
 * The comparison itself, in one process; started by `run.ts`. It measures nothing unless every engine gives the right
 * answer to every question. `--check` ends after that.
 */
import { cpus } from 'node:os';
import { answersOf, disagreementsOf } from './agreement.ts';
import { casbin } from './engines/casbin.ts';
import { cedar, cedarFloor } from './engines/cedar.ts';
import { daypass, daypassFromScratch } from './engines/daypass.ts';
import type { Engine } from './engines/engine.ts';
import { timeCompiling, timeExplaining, timeGrowth } from './own-costs.ts';
import { printTimings } from './report.ts';
import { clockStepNanoseconds, type Schedule, timeInRounds } from './rounds.ts';
import type { Workload } from './rule.ts';
import { fiveStatements } from './workloads/five-statements.ts';
import { tenPolicies } from './workloads/ten-policies.ts';
import { widePolicy } from './workloads/wide-policy.ts';

const SCHEDULE: Schedule = { rounds: 9, turnMilliseconds: 200, places: 1000 };
const MOST_SHOWN = 10;
/** Statements times a hundred, time times this at most. */
const MOST_GROWTH = 5;

const five = fiveStatements(1);
const ten = tenPolicies(2);
const wide = widePolicy(1000, 3);
const workloads: readonly Workload[] = [five, ten, wide];
const engines: readonly Engine[] = [daypass, daypassFromScratch, casbin, cedar];

async function allAgree(): Promise<boolean> {
  const found: string[] = [];
  for (const workload of workloads) {
    for (const engine of engines) found.push(...(await disagreementsOf(engine, workload)));
    const answers = Object.entries(answersOf(workload)).map(([answer, count]) => `${count} ${answer}`);
    console.log(`${workload.name}: ${workload.questions.length} questions, ${answers.join(', ')}`);
  }
  for (const sentence of found.slice(0, MOST_SHOWN)) console.error(sentence);
  console.log(found.length === 0 ? 'all engines agree on every one' : `${found.length} wrong answers`);
  return found.length === 0;
}

async function compareEngines(workload: Workload): Promise<void> {
  // the floor answers every question alike, so it takes no part in the agreement
  const prepared = [...engines, cedarFloor].map(async (engine) => {
    const { allows } = await engine.prepare(workload);
    return { name: engine.name, run: allows };
  });
  printTimings(workload.name, timeInRounds(await Promise.all(prepared), SCHEDULE));
}

async function main(): Promise<number> {
  console.log(`Node ${process.version}, ${cpus()[0]?.model ?? 'unknown processor'}`);
  if (!(await allAgree())) return 1;
  if (process.argv.includes('--check')) return 0;
  console.log(
    `clock step ${clockStepNanoseconds()} ns; ${SCHEDULE.rounds} rounds of ${SCHEDULE.turnMilliseconds} ms`,
  );
  for (const workload of workloads) await compareEngines(workload);
  for (const workload of workloads) {
    printTimings(`daypass, why: ${workload.name}`, timeExplaining(workload, SCHEDULE));
  }
  printTimings('daypass, parse and compile', timeCompiling(workloads, SCHEDULE));
  return growsLittle() ? 0 : 1;
}

/** Whether a hundred times the statements cost a few times as much at most: without the index it would be far more. */
function growsLittle(): boolean {
  const growth = timeGrowth([widePolicy(10, 3), widePolicy(100, 3), wide], SCHEDULE);
  printTimings('daypass, the same questions, more statements', growth);
  const [few, , many] = growth;
  const isLittle = few !== undefined && many !== undefined && few.perSecond / many.perSecond < MOST_GROWTH;
  if (!isLittle) console.error(`more than ${MOST_GROWTH} times the time: the index does not work`);
  return isLittle;
}

process.exitCode = await main();
