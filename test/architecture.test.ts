import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '..');

interface Import {
  readonly from: string;
  /** A path inside the repository, or the name of a package. */
  readonly to: string;
  /** Types are gone when the code runs. */
  readonly typeOnly?: boolean;
}

/** Every source text, its comments left out: what they mention is no import and no call. */
const sources = new Map(
  readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.tsx?$/.test(path))
    .map((path) => join('src', path))
    .map((path) => [path, withoutComments(readFileSync(join(ROOT, path), 'utf8'))]),
);

function withoutComments(text: string): string {
  // Texts are taken whole, so that the // of an address inside one begins no comment.
  const texts = /'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|\/\*[\s\S]*?\*\/|(?<![\\:/])\/\/[^\n]*/g;
  return text.replace(texts, (found) => (found.startsWith('/') ? '' : found));
}

const SPECIFIER = /\b(?:import|export)\b[^'";]*?\bfrom\s*['"]([^'"]+)['"]|\bimport\s*\(?\s*['"]([^'"]+)['"]/g;

const imports: readonly Import[] = [...sources].flatMap(([from, text]) =>
  [...text.matchAll(SPECIFIER)].map(([statement, named, bare]) => {
    const specifier = named ?? bare ?? '';
    const to = specifier.startsWith('.') ? normalize(join(dirname(from), specifier)) : specifier;
    return { from, to, typeOnly: /^(?:import|export)\s+type\b/.test(statement) };
  }),
);

/** A type may be passed on beside the functions that take it. */
const PASSING_ON = /^export\s+(?:\*|\{[^}]*\})[^;'"]*\bfrom\b/m;

const ENTRIES = ['src/worker.ts', 'src/services.ts', 'src/config.ts', 'src/audit-buffer.ts'];
const LAYERS = ['core', 'usecases', 'store', 'providers', 'platform', 'doors'];
const layerOf = (path: string): string => {
  const folder = path.split('/')[1] ?? '';
  return LAYERS.includes(folder) ? folder : 'entry';
};
const isOurs = (path: string): boolean => path.startsWith('src/');

/** What each layer may import of ours. Entries may import everything. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  core: ['core'],
  usecases: ['usecases', 'core'],
  store: ['store', 'core'],
  providers: ['providers', 'core', 'platform'],
  platform: ['platform', 'core'],
  doors: ['doors', 'usecases', 'core'],
};

/** Which files may import a package; one that is not here nobody may. */
const PACKAGES: readonly (readonly [name: RegExp, users: RegExp])[] = [
  [/^jose$/, /^src\/(core|platform|providers)\//],
  [/^(@peculiar\/x509|reflect-metadata)$/, /^src\/core\/x509\//],
  [/^(otpauth|uqr)$/, /^src\/core\/mfa\//],
  [/^@zxcvbn-ts\//, /^src\/core\/passwords\//],
  [/^drizzle-orm(\/|$)/, /^src\/store\//],
  [/^hono(\/|$)/, /^src\/(doors\/|worker\.ts)/],
  [/^cloudflare:workers$/, /^src\/(platform\/|worker\.ts|audit-buffer\.ts|doors\/rpc\/)/],
  [/^node:/, /^src\/platform\//],
  [/^(xml-crypto|@xmldom\/xmldom)$/, /^src\/platform\/saml-signature\.ts$/],
  [/^@simplewebauthn\/server(\/helpers)?$/, /^src\/usecases\/((begin|finish)-passkey|require-attested)\.ts$/],
];

/** Calls that only some files may make. */
const CALLS: readonly (readonly [call: RegExp, users: RegExp])[] = [
  // page-assets.ts holds, as text, what runs in browsers
  [
    /(?<![.\w])fetch\(|globalThis\.fetch/,
    /^src\/(platform\/http|worker|doors\/http\/page\/page-assets)\.ts$/,
  ],
  [/\bDate\.now\(|new Date\(\)|performance\.now\(/, /^src\/(platform\/clock|audit-buffer)\.ts$/],
  [/\bMath\.random\b/, /^nobody$/],
  [/\bgetRandomValues\b|\brandomUUID\b|\brandomBytes\b/, /^src\/platform\/random\.ts$/],
];

/** `doors/aws/sts` → the door `aws`; the actions of a service share `aws/query` and their own folder. */
const doorOf = (path: string): string => path.split('/')[2] ?? '';
const serviceOf = (path: string): string => path.split('/')[3] ?? '';

/** Kept apart from the tests, so that each rule can be shown to catch what breaks it. */
const isAllowed = ({ from, to }: Import): boolean => {
  if (!isOurs(to)) return PACKAGES.some(([name, users]) => name.test(to) && users.test(from));
  const layer = layerOf(from);
  if (layer === 'entry') return true;
  if (!MAY_IMPORT[layer]?.includes(layerOf(to))) return false;
  if (layer !== 'doors' || layerOf(to) !== 'doors' || doorOf(to) === 'http') return true;
  if (doorOf(from) !== doorOf(to)) return false;
  const [own, other] = [serviceOf(from), serviceOf(to)];
  return doorOf(from) !== 'aws' || own === other || other === 'query' || own === 'index.ts';
};

describe('imports', () => {
  test('are found at all', () => {
    expect(sources.size).toBeGreaterThan(150);
    expect(imports).toContainEqual({ from: 'src/core/ids.ts', to: 'src/core/arn.ts', typeOnly: false });
    expect(imports).toContainEqual({ from: 'src/core/ports.ts', to: 'src/core/bytes.ts', typeOnly: true });
    expect(imports).toContainEqual({ from: 'src/store/database.ts', to: 'drizzle-orm/d1', typeOnly: false });
  });

  test('point down, and packages stay in their layer', () => {
    expect(imports.filter((each) => !isAllowed(each))).toEqual([]);
  });

  test.for<[string, string]>([
    ['src/core/ids.ts', 'src/store/users.ts'],
    ['src/core/ids.ts', 'src/usecases/issue.ts'],
    ['src/core/ids.ts', 'src/config.ts'],
    ['src/core/ids.ts', 'hono'],
    ['src/core/ids.ts', 'drizzle-orm'],
    ['src/core/ids.ts', 'node:crypto'],
    ['src/usecases/issue.ts', 'src/store/users.ts'],
    ['src/usecases/issue.ts', 'src/platform/clock.ts'],
    ['src/usecases/issue.ts', 'src/doors/http/body.ts'],
    ['src/store/users.ts', 'src/platform/clock.ts'],
    ['src/store/users.ts', 'src/usecases/issue.ts'],
    ['src/platform/clock.ts', 'src/store/users.ts'],
    ['src/platform/clock.ts', 'drizzle-orm/d1'],
    ['src/doors/oauth/index.ts', 'src/store/users.ts'],
    ['src/doors/oauth/index.ts', 'src/platform/log.ts'],
    ['src/doors/oauth/index.ts', 'src/doors/authzen/index.ts'],
    ['src/doors/http/body.ts', 'src/doors/oauth/index.ts'],
    ['src/doors/aws/sts/index.ts', 'src/doors/aws/iam/index.ts'],
    ['src/doors/aws/query/dispatch.ts', 'src/doors/aws/iam/index.ts'],
    ['src/doors/aws/sts/index.ts', 'cloudflare:workers'],
    ['src/store/users.ts', 'unheard-of'],
  ])('%s must not import %s', (pair) => {
    expect(isAllowed({ from: pair[0], to: pair[1] })).toBe(false);
  });

  test('of ours name files that exist', () => {
    expect(imports.filter(({ to }) => isOurs(to) && !sources.has(to))).toEqual([]);
  });

  test('make no circle', () => {
    expect(findCircle(imports.filter(({ to, typeOnly }) => isOurs(to) && typeOnly === false))).toBeNull();
    const circle = [
      { from: 'a', to: 'b' },
      { from: 'b', to: 'c' },
      { from: 'c', to: 'b' },
    ];
    expect(findCircle(circle)).toEqual(['b', 'c', 'b']);
  });

  test('never go through a barrel: only the entries pass on what other files make', () => {
    const passedOn = [...sources].filter(([, text]) => PASSING_ON.test(text)).map(([path]) => path);
    expect(passedOn.sort()).toEqual(['src/policy.ts', 'src/worker.ts']);
    expect(imports.filter(({ to }) => passedOn.includes(to))).toEqual([]);
    for (const barrel of [
      "export * from './a.ts';",
      "export { a } from './a.ts';",
      'export {\n  a,\n} from "./a.ts";',
    ]) {
      expect(PASSING_ON.test(barrel)).toBe(true);
    }
  });
});

describe('calls to the outside', () => {
  test.for(CALLS)('%s is made in its own place alone', ([call, users]) => {
    const callers = [...sources].filter(([, text]) => call.test(text)).map(([path]) => path);
    expect(callers.filter((path) => !users.test(path))).toEqual([]);
  });

  test('bindings are read by the entries alone', () => {
    const readers = [...sources].filter(([, text]) => /\benv\.[A-Z]/.test(text)).map(([path]) => path);
    expect(readers.filter((path) => !ENTRIES.includes(path))).toEqual([]);
  });
});

/** Depth first; the first circle found, from its entrance back to it. */
function findCircle(edges: readonly Import[]): readonly string[] | null {
  const next = Map.groupBy(edges, ({ from }) => from);
  const finished = new Set<string>();
  const walk = (node: string, path: readonly string[]): readonly string[] | null => {
    const seenAt = path.indexOf(node);
    if (seenAt >= 0) return [...path.slice(seenAt), node];
    if (finished.has(node)) return null;
    for (const { to } of next.get(node) ?? []) {
      const circle = walk(to, [...path, node]);
      if (circle !== null) return circle;
    }
    finished.add(node);
    return null;
  };
  for (const node of next.keys()) {
    const circle = walk(node, []);
    if (circle !== null) return circle;
  }
  return null;
}
