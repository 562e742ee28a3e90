/**
 * Writes src/doors/http/page/page-assets.ts: the style sheet and the browser's scripts of the pages, made from browser/ and kept in
 * the Worker itself, each under the hash of its content. Run it with `node dev/page-assets.ts`; a test says when it is out of date.
 */
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as colors from '@radix-ui/colors';
import { build, transform } from 'esbuild';
import { repositoryPath, stopBuilding } from './build.ts';
import { quoted } from './string-literal.ts';

const assetsPath = join(repositoryPath, 'src/doors/http/page/page-assets.ts');
const browserPath = (name: string): string => join(repositoryPath, 'browser', name);

type Steps = Readonly<Record<string, string>>;

/** The scales that browser/styles.css gives names to, light and dark. */
const SCALES: readonly (readonly [light: Steps, dark: Steps])[] = [
  [colors.slate, colors.slateDark],
  [colors.indigo, colors.indigoDark],
  [colors.red, colors.redDark],
  [colors.grass, colors.grassDark],
  [colors.amber, colors.amberDark],
];

/** `slate12` of the package is `--slate-12` here; a step that no rule names is left out. */
function declarations(scales: readonly Steps[], used: string): string {
  return scales
    .flatMap((steps) => Object.entries(steps))
    .map(([name, value]) => [name.replace(/(\d+)$/, '-$1'), value] as const)
    .filter(([name]) => used.includes(`var(--${name})`))
    .map(([name, value]) => `--${name}:${value};`)
    .join('');
}

async function styleSheet(): Promise<string> {
  const rules = readFileSync(browserPath('styles.css'), 'utf8');
  const light = declarations([...SCALES.map(([steps]) => steps), { white: '#fff' }], rules);
  const dark = declarations(
    SCALES.map(([, steps]) => steps),
    rules,
  );
  const tokens = `:root{${light}}@media (prefers-color-scheme:dark){:root{${dark}}}`;
  const { code } = await transform(tokens + rules, { loader: 'css', minify: true, target: 'es2022' });
  return code.trim();
}

async function script(name: string): Promise<string> {
  const { outputFiles } = await build({
    absWorkingDir: repositoryPath,
    entryPoints: [browserPath(name)],
    bundle: true,
    write: false,
    minify: true,
    format: 'esm',
    target: 'es2022',
    platform: 'browser',
    logLevel: 'silent',
  });
  return (outputFiles[0]?.text ?? '').trim();
}

const HASH_CHARACTERS = 16;

function entry(name: string, extension: string, contentType: string, text: string): string {
  const hash = createHash('sha256').update(text).digest('hex').slice(0, HASH_CHARACTERS);
  return `  ${name}: {
    path: '/assets/${hash}.${extension}',
    contentType: '${contentType}',
    text: ${quoted(text)},
  },`;
}

/** The file as browser/ says it now. */
export async function pageAssets(): Promise<string> {
  const entries = [
    entry('style', 'css', 'text/css; charset=utf-8', await styleSheet()),
    entry('page', 'js', 'text/javascript; charset=utf-8', await script('page.ts')),
    entry('passkey', 'js', 'text/javascript; charset=utf-8', await script('passkey.ts')),
  ];
  return `/** Generated from browser/ by dev/page-assets.ts: what pages load. Holds no secret; the path changes with the content. */
export const PAGE_ASSETS = {
${entries.join('\n')}
} as const;
`;
}

/** The file as it is stored. */
export const storedPageAssets = (): string => readFileSync(assetsPath, 'utf8');

if (import.meta.main) {
  writeFileSync(assetsPath, await pageAssets());
  await stopBuilding();
}
