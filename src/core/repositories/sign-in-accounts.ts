/** Which account somebody means who is not signed in yet. */
export interface SignInAccounts {
  /** @returns null where no account has the alias */
  byAlias(alias: string): Promise<string | null>;
  /** @param email - compared without regard to case. @returns null where it is nobody's root */
  byRootEmail(email: string): Promise<string | null>;
  /** @returns null where there is no such account */
  rootEmail(accountId: string): Promise<string | null>;
}
