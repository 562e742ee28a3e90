/**
 * Where a visitor goes once signed in: one of a closed list of our own pages, each with the id of what waits there. Never an address
 * that a request brought.
 */

export interface NextStep {
  readonly kind: NextStepKind;
  /** Of what waits there; empty where the page needs none. */
  readonly id: string;
}

const PATHS = {
  /** The person's own security page. */
  me: () => '/me',
  /** Choosing a role. */
  roles: () => '/me/roles',
  /** A new credential for the command line. */
  cli: () => '/me/cli',
  /** An authorization request that waits for its person (RFC 6749). */
  oauth: (id: string) => `/oauth/authorize?request=${id}`,
  /** A device that waits for its approval (RFC 8628). */
  device: (id: string) => (id === '' ? '/device' : `/device?user_code=${id}`),
} as const satisfies Readonly<Record<string, (id: string) => string>>;

export type NextStepKind = keyof typeof PATHS;

const KINDS: ReadonlyMap<string, NextStepKind> = new Map(
  Object.keys(PATHS).map((kind) => [kind, kind as NextStepKind]), // the keys of a closed object
);

export const DEFAULT_NEXT: NextStep = { kind: 'me', id: '' };

/**
 * Reads `kind` or `kind:id`, as the query of `/login` has it.
 * @returns null for a kind that is none, or an id that is not 1 to 128 letters, digits, hyphens and underscores
 */
export function parseNextStep(text: string): NextStep | null {
  const [, name = '', id = ''] = /^([a-z]{1,16})(?::([\w-]{1,128}))?$/.exec(text) ?? [];
  const kind = KINDS.get(name);
  return kind === undefined ? null : { kind, id };
}

/** The inverse of `parseNextStep`. */
export const formatNextStep = ({ kind, id }: NextStep): string => (id === '' ? kind : `${kind}:${id}`);

/** @returns a path of ours */
export const pathOf = ({ kind, id }: NextStep): string => PATHS[kind](id);
