import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { type Blueprint, readBlueprint } from '../../dev/blueprint.ts';
import { startBroker } from '../../dev/local-broker.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Path of the JSON file that holds the test worker's blueprint. */
    blueprintPath: string;
    /** Folder of a broker's state: every migration applied, never served from. Tests copy it. */
    migratedStatePath: string;
  }
}

/**
 * Builds the test worker and migrates a database once for all HTTP test files. Each file reads the one and copies the other: to
 * build or to migrate again would take a broker longer than all the rest of its start.
 */
export default async function buildWorkerOnce(project: TestProject): Promise<() => void> {
  const folder = mkdtempSync(join(tmpdir(), 'daypass-build-'));
  const blueprintPath = join(folder, 'blueprint.json');
  const migratedStatePath = join(folder, 'state');
  const blueprint = await readBlueprint('test/helpers/test-worker.ts');
  writeFileSync(blueprintPath, JSON.stringify(blueprint));
  await migrateState(migratedStatePath, blueprint);
  project.provide('blueprintPath', blueprintPath);
  project.provide('migratedStatePath', migratedStatePath);
  return () => rmSync(folder, { recursive: true, force: true });
}

/** As a broker does it that starts for the first time. Nobody asks it anything, so that nothing but tables is left. */
async function migrateState(stateDir: string, blueprint: Blueprint): Promise<void> {
  const broker = await startBroker({ port: 0, stateDir, blueprint });
  await broker.stop();
}
