/** OAuth 2.0 access tokens as proof of a login: only where the provider itself says for which app and person a token is. */
import type { Result } from '../result.ts';

/** This deployment's own client at a provider, with its secret. */
export interface ProviderApp {
  readonly clientId: string;
  readonly clientSecret: string;
}

/** Whom a token speaks for. */
export interface AccessTokenUser {
  readonly clientId: string;
  readonly subject: string;
}

/** `not_valid` is final; `unreachable` may pass. The reason is for the log and holds neither token nor secret. */
export type AccessTokenFailure = { readonly why: 'not_valid' | 'unreachable'; readonly reason: string };

/** Asks a provider about its tokens. */
export interface AccessTokenInspector {
  /**
   * @param apps - our own apps; a valid token of any other app is not valid here
   * @returns within three seconds: whom the token speaks for, and through which of the apps
   */
  inspect(
    token: string,
    apps: readonly ProviderApp[],
    nowSeconds: number,
  ): Promise<Result<AccessTokenUser, AccessTokenFailure>>;
}
