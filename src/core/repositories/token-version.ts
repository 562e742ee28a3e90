import type { MakeEvent } from './change.ts';

/** Which form AWS's global endpoint gives session tokens. Daypass's tokens have one form; clients may still ask what is set. */
export type TokenVersion = 1 | 2;

/** The account's preference for the tokens of the global endpoint. */
export interface TokenVersions {
  tokenVersion(accountId: string): Promise<TokenVersion>;
  setTokenVersion(accountId: string, version: TokenVersion, event: MakeEvent): Promise<void>;
}
