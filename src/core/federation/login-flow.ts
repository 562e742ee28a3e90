/** A browser login at a provider: where the person is sent, and what the code that comes back is worth. */
import type { AccessTokenUser } from './access-token.ts';

/** A client of ours at the provider. */
export interface LoginClient {
  readonly clientId: string;
  /** Null for a public client, which PKCE alone protects. */
  readonly clientSecret: string | null;
}

export interface LoginQuestion {
  readonly client: LoginClient;
  readonly redirectUri: string;
  readonly state: string;
  readonly nonce: string;
  /** S256. @see RFC 7636 */
  readonly challenge: string;
  /** Whether the person is to sign in anew, whatever session the provider still has. */
  readonly anew: boolean;
}

export interface LoginAnswer {
  readonly client: LoginClient;
  readonly redirectUri: string;
  readonly code: string;
  readonly verifier: string;
  /** The `iss` of the callback. @see RFC 9207 */
  readonly issuer: string | null;
}

/** What the code was traded for: a signed token, or an identity that the provider told us itself. */
export type LoginResult =
  | { readonly kind: 'id_token'; readonly idToken: string; readonly accessToken: string | null }
  | {
      readonly kind: 'user';
      readonly user: AccessTokenUser;
      readonly claims: Readonly<Record<string, unknown>>;
    };

export interface LoginFlow {
  /**
   * Whether the provider must say when a person who was to sign in anew did so: it was asked with `max_age`. Some cannot be asked.
   * @see OpenID Connect Core 1.0 section 3.1.2.1
   */
  readonly tellsWhen: boolean;
  /** @returns the address to send the person to. @throws LoginFlowError */
  begin(question: LoginQuestion): Promise<string>;
  /** @throws LoginFlowError */
  finish(answer: LoginAnswer): Promise<LoginResult>;
}

/** `refused`: the provider does not take it, or it is not the provider's; `unreachable` may pass. */
export class LoginFlowError extends Error {
  readonly why: 'refused' | 'unreachable';

  constructor(why: 'refused' | 'unreachable', reason: string) {
    super(reason);
    this.name = 'LoginFlowError';
    this.why = why;
  }
}
