import { isBuiltin } from 'node:module';
import { join } from 'node:path';
import { build, type Metafile, type Plugin, stop } from 'esbuild';

/** The repository's own folder, whatever the current directory is. */
export const repositoryPath = join(import.meta.dirname, '..');

/** One built Worker: a single ES module, and the list of what went into it. */
export interface Bundle {
  readonly code: string;
  readonly metafile: Metafile;
}

/**
 * Bundles a Worker entry into one ES module, without the network.
 * The settings are those of `wrangler deploy` (its 1.6 s are 0.2 s here); `.ci/run` checks that both take the same files in.
 * @param entry - path of the entry, absolute or relative to the repository
 * @throws esbuild's BuildFailure, with the place of each error in its message
 */
export async function buildWorker(entry: string): Promise<Bundle> {
  const { outputFiles, metafile } = await build({
    absWorkingDir: repositoryPath,
    entryPoints: [entry],
    bundle: true,
    write: false,
    metafile: true,
    format: 'esm',
    target: 'es2024',
    platform: 'browser',
    conditions: ['workerd', 'worker', 'browser'],
    external: ['node:*', 'cloudflare:*'],
    plugins: [requiredBuiltins],
    loader: { '.txt': 'text', '.html': 'text', '.sql': 'text' },
    keepNames: false,
    define: { 'process.env.NODE_ENV': '"production"', 'navigator.userAgent': '"Cloudflare-Workers"' },
    logLevel: 'silent',
  });
  const [output] = outputFiles;
  if (output === undefined) throw new Error(`esbuild made nothing of ${entry}`);
  return { code: output.text, metafile };
}

/**
 * Packages in CommonJS `require('crypto')`. A Worker has no `require`, so the module is imported and handed on, as wrangler does
 * under nodejs_compat.
 */
const requiredBuiltins: Plugin = {
  name: 'required-builtins',
  setup: ({ onResolve, onLoad }) => {
    const namespace = 'required-builtin';
    onResolve({ filter: /^[a-z_/:]+$/ }, ({ path, kind }) =>
      kind === 'require-call' && isBuiltin(path)
        ? { path: path.replace(/^node:/, ''), namespace }
        : undefined,
    );
    onLoad({ filter: /.*/, namespace }, ({ path }) => ({
      contents: `import whole from 'node:${path}'; module.exports = whole;`,
      loader: 'js',
    }));
  },
};

/** Ends the bundler's own process, which else stays as long as ours; the next build starts it again. */
export async function stopBuilding(): Promise<void> {
  await stop();
}
