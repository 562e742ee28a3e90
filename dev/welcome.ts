import { statePaths } from './first-run.ts';
import type { Settings } from './settings.ts';

interface WelcomeOptions {
  readonly settings: Settings;
  readonly url: string;
  /** Null where bootstrap.json was taken away. */
  readonly bootstrapPath: string | null;
  readonly peers: ReadonlyArray<{ readonly name: string; readonly help: readonly string[] }>;
}

/** The text that says where to go next. It names the file that holds the keys and shows none of them. */
export function formatWelcome({ settings, url, bootstrapPath, peers }: WelcomeOptions): string {
  const keys = bootstrapPath === null ? keysAreGone(settings.stateDir) : exportLines(url, bootstrapPath);
  return [
    '',
    `Daypass is ready at ${url}`,
    `  health ${url}/readyz   state ${settings.stateDir}`,
    ...keys,
    ...peers.flatMap(({ name, help }) => [
      '',
      `${name} (a stand-in): ${help[0] ?? ''}`,
      ...help.slice(1).map((line) => `  ${line}`),
    ]),
    ...(peers.length === 0 || bootstrapPath === null
      ? []
      : ['', `To click through every kind of login: npm run stand-ins -- ${settings.port}`]),
    '',
    'Stop it with Ctrl-C.',
    '',
  ].join('\n');
}

function exportLines(url: string, path: string): readonly string[] {
  const read = (member: string): string =>
    `"$(node -p 'JSON.parse(fs.readFileSync(process.argv[1])).admin.${member}' ${quote(path)})"`;
  return [
    `  keys    ${path}`,
    '',
    'To be its administrator in the AWS CLI or an SDK, paste:',
    `  export AWS_ENDPOINT_URL=${url} AWS_REGION=us-east-1 AWS_DEFAULT_REGION=us-east-1`,
    `  export AWS_ACCESS_KEY_ID=${read('accessKeyId')}`,
    `  export AWS_SECRET_ACCESS_KEY=${read('secretAccessKey')}`,
    'then, for one:',
    // --endpoint-url because command lines before 2.13 do not know the variable
    '  aws sts get-caller-identity --endpoint-url $AWS_ENDPOINT_URL',
  ];
}

function keysAreGone(stateDir: string): readonly string[] {
  return [
    `  no ${statePaths(stateDir).bootstrap}: it was written once, at the first start; empty the folder for a fresh broker`,
  ];
}

/** Quotes a path for a POSIX shell. */
function quote(path: string): string {
  return `'${path.replaceAll("'", `'\\''`)}'`;
}
