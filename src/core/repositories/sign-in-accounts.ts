/** A provider that people of an account sign in through. */
export interface LoginProvider {
  readonly kind: 'oidc' | 'saml';
  /** The provider's unique id, as its login path has it. */
  readonly providerId: string;
  /** The issuer without its scheme, or the name of a SAML provider. */
  readonly name: string;
}

/** Which account somebody means who is not signed in yet. */
export interface SignInAccounts {
  /** @returns null where no account has the alias */
  byAlias(alias: string): Promise<string | null>;
  /** @param email - compared without regard to case. @returns null where it is nobody's root */
  byRootEmail(email: string): Promise<string | null>;
  /** @returns null where there is no such account */
  rootEmail(accountId: string): Promise<string | null>;
  /**
   * Providers set up for people: with a client secret or mapping rules (OIDC), or with metadata that says where to sign in (SAML). Those
   * that vouch for programs alone are left out. Ten at most.
   */
  providers(accountId: string): Promise<readonly LoginProvider[]>;
}
