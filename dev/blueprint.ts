import { join } from 'node:path';
import type { V4WorkerOptionsShape } from 'miniflare';
import { buildWorker, repositoryPath } from './build.ts';
import { type Migration, readMigrations } from './migrations.ts';

/** All that a local broker is made of. Plain data, so that one built for a test run can be handed on as JSON. */
export interface Blueprint {
  /** The bundled Worker, one ES module. */
  readonly code: string;
  /** Bindings, compatibility date and flags of wrangler.toml's `local` environment. */
  readonly worker: V4WorkerOptionsShape;
  readonly crons: readonly string[];
  readonly migrations: readonly Migration[];
}

/**
 * Builds the Worker and reads wrangler.toml (with wrangler's own reader) and the migrations.
 * @param entry - the Worker's entry; tests bring their own
 * @throws when the Worker does not build or wrangler.toml is wrong
 */
export async function readBlueprint(entry = 'src/worker.ts'): Promise<Blueprint> {
  const building = buildWorker(entry);
  building.catch(() => {}); // awaited below; until then a failure must not count as unhandled
  const { unstable_getMiniflareWorkerOptions, unstable_splitSqlQuery } = await importWranglerQuietly();
  const { workerOptions } = unstable_getMiniflareWorkerOptions(
    join(repositoryPath, 'wrangler.toml'),
    'local',
  );
  // wrangler's type hides the members behind an index signature; this is the shape that it documents
  const { modulesRules: _, cronTriggers, ...worker } = workerOptions as V4WorkerOptionsShape;
  return {
    code: (await building).code,
    worker,
    crons: cronTriggers ?? [],
    migrations: readMigrations(join(repositoryPath, 'drizzle'), unstable_splitSqlQuery),
  };
}

/** wrangler looks at these when it is loaded; without them it would try the network and keep log files. */
async function importWranglerQuietly(): Promise<typeof import('wrangler')> {
  process.env.WRANGLER_SEND_METRICS ??= 'false';
  process.env.CLOUDFLARE_CF_FETCH_ENABLED ??= 'false';
  process.env.WRANGLER_HIDE_BANNER ??= 'true';
  process.env.WRANGLER_WRITE_LOGS ??= 'false';
  return import('wrangler');
}
