/**
 * The long run of the differential test: `node test/core/policy/fuzz.ts 1000000 [seed]`. Prints what it saw and saves each
 * disagreement, shrunk, into `cases/found/`, where `differential.test.ts` replays it ever after.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { type Disagreement, findDisagreement, newTally } from './differential.ts';

const casesPerBatch = 5000;
const mostSaved = 20;
const folder = `${import.meta.dirname}/cases/found`;

const save = ({ vector, model, engine }: Disagreement): string => {
  const text = JSON.stringify(vector);
  const name = `${createHash('sha256').update(text).digest('hex').slice(0, 12)}.json`;
  // Somebody has to say which answer is right, and why: until then the replay of this case fails.
  const found = { why: `not judged yet: model ${model}, engine ${engine}`, expected: null, vector };
  writeFileSync(`${folder}/${name}`, `${JSON.stringify(found, null, 2)}\n`);
  return name;
};

const percent = (part: number, whole: number): string => `${((100 * part) / whole).toFixed(1)} %`;

const run = (cases: number, firstSeed: number): number => {
  const tally = newTally();
  const saved = new Set<string>();
  mkdirSync(folder, { recursive: true });
  for (let done = 0; done < cases && saved.size < mostSaved; done += casesPerBatch) {
    const found = findDisagreement(
      { seed: firstSeed + done, cases: Math.min(casesPerBatch, cases - done) },
      tally,
    );
    if (found === null) continue;
    const name = save(found);
    if (!saved.has(name)) console.log(`${name}: model ${found.model}, engine ${found.engine}`);
    saved.add(name);
  }
  const { effects, deciding } = tally;
  const compared = effects.Allow + effects.ExplicitDeny + effects.ImplicitDeny;
  for (const [effect, count] of Object.entries(effects)) {
    console.log(`${effect}: ${count} (${percent(count, compared)})`);
  }
  for (const [operator, count] of [...deciding].sort((a, b) => b[1] - a[1])) {
    console.log(`${operator} decided ${count}`);
  }
  console.log(`${compared} compared, ${saved.size} different disagreements`);
  return saved.size;
};

process.exitCode =
  run(Number(process.argv[2] ?? '100000'), Number(process.argv[3] ?? Date.now())) === 0 ? 0 : 1;
