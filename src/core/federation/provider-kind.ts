/**
 * What differs from one kind of provider to another: how it is registered, whose tokens it stands for, and what its proofs
 * say to policies. Descriptors are data; the shared steps (keys, signature, times, trust) are the use-cases'.
 */
import type { ContextEntry } from '../context/request-context.ts';
import type { Claims, VerifiedIdToken } from '../oidc/id-token.ts';
import type { AccessTokenUser } from './access-token.ts';

/** Who was proved, whichever way. */
export interface ProvedIdentity {
  /** The upstream's stable id of the person or workload. */
  readonly subject: string;
  /** The client id that the proof is for, as the key `PREFIX:aud` says it. */
  readonly audience: string;
  /** The client that asked for the proof, where it says so. */
  readonly authorizedParty: string | null;
  readonly claims: Claims;
}

/** An identity with its condition keys. */
export interface Proof {
  readonly identity: ProvedIdentity;
  readonly context: readonly ContextEntry[];
}

/** One kind of provider. */
export interface ProviderKind {
  /** How an account registers it, and the prefix of its condition keys: an issuer without its scheme. */
  readonly url: string;
  /** What a trust policy may name beside the ARN, as AWS's built-in providers are named; null where there is no such name. */
  readonly name: string | null;
  /** The `iss` values of its ID tokens, each with the issuer whose keys sign them. */
  readonly issuers: ReadonlyMap<string, string>;
  /** What a verified ID token says. */
  readonly readIdToken: (token: VerifiedIdToken) => Proof;
  /** What an access token says that the provider has vouched for; absent where access tokens prove nothing. */
  readonly readAccessToken?: (user: AccessTokenUser, claims: Claims) => Proof;
}

/** The kinds that need no description by the account. */
export interface ProviderKinds {
  /** @returns the built-in kind whose tokens carry this exact `iss`, or null */
  ofIssuer(issuer: string): ProviderKind | null;
  /** @returns the built-in kind that is registered under this URL, or null */
  ofUrl(url: string): ProviderKind | null;
}
