/** `npm run bench:policy`: our policy engine, casbin and Cedar on the same questions. See docs/policy-performance.md. */
import { join } from 'node:path';
import { runPinned } from './pinned.ts';

process.exitCode = runPinned(join(import.meta.dirname, 'compare.ts'), process.argv.slice(2));
