import type { Deps } from './deps.ts';

/** A scope as people read it. */
export interface ScopeInWords {
  readonly name: string;
  /** Null where nobody has said what it means. */
  readonly description: string | null;
}

const PROTOCOL_WORDS: ReadonlyMap<string, string> = new Map([
  ['openid', 'Know who you are, and when and how you signed in'],
  ['profile', 'See your name'],
  ['offline_access', 'Keep its access while you are away'],
]);

/** @returns the scopes in their order, each with what its administrator says of it */
export const scopesInWords = (
  accountId: string,
  scope: readonly string[],
  { directory }: Deps,
): Promise<readonly ScopeInWords[]> =>
  Promise.all(
    scope.map(async (name) => {
      const known = PROTOCOL_WORDS.get(name);
      const description = known ?? (await directory.oauthScope(accountId, name))?.description ?? null;
      return { name, description };
    }),
  );
