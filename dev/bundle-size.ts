/**
 * Builds the production Worker as `wrangler deploy` would, prints its size, and fails above the budget.
 * Also checks that the local run's own bundler takes the same source files in.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { buildWorker, repositoryPath } from './build.ts';

const budgetBytes = 1024 * 1024;

const folder = mkdtempSync(join(tmpdir(), 'daypass-bundle-'));
try {
  execFileSync('wrangler', ['deploy', '--dry-run', '--env=', '--outdir', folder], {
    cwd: repositoryPath,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const code = readFileSync(join(folder, 'worker.js'));
  const gzipBytes = gzipSync(code).length;
  const kib = (bytes: number): string => `${(bytes / 1024).toFixed(1)} KiB`;
  console.log(`worker.js ${kib(code.length)}, gzip ${kib(gzipBytes)} of ${kib(budgetBytes)}`);
  if (gzipBytes > budgetBytes) throw new Error('the Worker is larger than its budget');
  requireSameSources(code.toString(), (await buildWorker('src/worker.ts')).code);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** Both bundles name each source file in a comment; what runs locally must be what is deployed. */
function requireSameSources(deployed: string, local: string): void {
  const sources = (text: string): Set<string> =>
    new Set(
      [...text.matchAll(/^\/\/ (?:\.\.\/)*((?:src|node_modules)\/\S+)$/gm)].map((match) => match[1] ?? ''),
    );
  const ours = sources(local);
  const theirs = sources(deployed);
  const missing = [...ours].filter((file) => !theirs.has(file));
  const extra = [...theirs].filter((file) => !ours.has(file));
  if (ours.size === 0 || missing.length > 0 || extra.length > 0) {
    throw new Error(
      `the local bundle differs from the deployed one: ${[...missing, ...extra].slice(0, 5).join(', ')}`,
    );
  }
}
