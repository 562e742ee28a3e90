import { cloudflareTest } from '@cloudflare/vitest-plugin';
import { defineConfig } from 'vitest/config';

/**
 * Three projects, by what the tests need:
 * - `core`: pure code, in plain Node;
 * - `worker`: code that talks to D1 or Durable Objects, inside workerd;
 * - `http`: the built worker on miniflare, driven over HTTP by real clients.
 */
export default defineConfig({
  test: {
    // Most tests wait for a broker and not for a core: on two cores one worker, the default, takes twice as long.
    maxWorkers: 3,
    // Generous, for a machine under load is slow and not wrong.
    testTimeout: 30_000,
    hookTimeout: 60_000,
    reporters: ['default', './test/helpers/count-reporter.ts'],
    projects: [
      {
        extends: true,
        test: {
          name: 'core',
          environment: 'node',
          // Pure code keeps nothing from one file for the next; to load it anew for each costs more than most files take.
          isolate: false,
          include: ['test/core/**/*.test.ts', 'test/architecture.test.ts'],
        },
      },
      {
        extends: true,
        plugins: [
          cloudflareTest({
            main: './test/helpers/durable-objects.ts',
            wrangler: { configPath: './wrangler.toml', environment: 'local' },
          }),
        ],
        test: {
          name: 'worker',
          include: ['test/{store,usecases,platform,providers}/**/*.test.ts'],
        },
      },
      {
        extends: true,
        test: {
          name: 'http',
          environment: 'node',
          // What these files test runs in a process of its own, a fresh one for each: they share but the clients' code.
          isolate: false,
          include: ['test/{doors,clients,conformance,dev,security}/**/*.test.ts'],
          globalSetup: ['./test/helpers/build-worker.ts'],
          testTimeout: 60_000,
        },
      },
    ],
  },
});
