import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { readBlueprint } from '../../dev/blueprint.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Path of the JSON file that holds the test worker's blueprint. */
    blueprintPath: string;
  }
}

/** Builds the test worker once for all HTTP test files; each reads the result instead of building it again. */
export default async function buildWorkerOnce(project: TestProject): Promise<() => void> {
  const folder = mkdtempSync(join(tmpdir(), 'daypass-build-'));
  const path = join(folder, 'blueprint.json');
  writeFileSync(path, JSON.stringify(await readBlueprint('test/helpers/test-worker.ts')));
  project.provide('blueprintPath', path);
  return () => rmSync(folder, { recursive: true, force: true });
}
