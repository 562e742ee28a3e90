/** Applications that ask for tokens: what is registered of one, and how it is named. */

import type { SigningAlgorithm } from '../keyring/signing-algorithm.ts';
import type { AuthorizationDetailType } from './authorization-details.ts';
import type { ClientCertificate } from './client-certificate.ts';

/** How a client proves itself at the token endpoint. @see RFC 8414 section 2 */
export type ClientAuthenticationMethod =
  | 'none'
  | 'client_secret_basic'
  | 'client_secret_post'
  | 'private_key_jwt'
  /** A workload's token of a registered provider, in the place of the client's own signature. */
  | 'federated_jwt'
  | CertificateMethod;

/** Mutual TLS: the certificate of the connection is the proof. @see RFC 8705 section 2 */
export const CERTIFICATE_METHODS = ['tls_client_auth', 'self_signed_tls_client_auth'] as const;
export type CertificateMethod = (typeof CERTIFICATE_METHODS)[number];

/** The grants that a client may be registered for. */
export const CLIENT_GRANT_TYPES = [
  'authorization_code',
  'client_credentials',
  'refresh_token',
  'urn:ietf:params:oauth:grant-type:device_code',
  'urn:ietf:params:oauth:grant-type:token-exchange',
  'urn:ietf:params:oauth:grant-type:jwt-bearer',
] as const;

export type ClientGrantType = (typeof CLIENT_GRANT_TYPES)[number];

/** What an administrator says of a client. */
export interface ClientSettings {
  readonly name: string;
  readonly authenticationMethod: ClientAuthenticationMethod;
  readonly grantTypes: readonly ClientGrantType[];
  /** Each has passed `isRedirectUri`. */
  readonly redirectUris: readonly string[];
  /** Registered scopes that it may ask for; empty where it does not use them. */
  readonly scopes: readonly string[];
  /** Types of `authorization_details` that it may ask for; absent where it may for none. @see RFC 9396 section 10 */
  readonly authorizationDetailTypes?: readonly AuthorizationDetailType[];
  /** Audiences that its tokens may have, beside the issuer. */
  readonly audiences: readonly string[];
  /** Audiences that the client is itself: it may exchange tokens that it was shown for them. Absent where it is no API. */
  readonly servedAudiences?: readonly string[];
  /** The role that the client itself has in `client_credentials`; its trust policy decides. */
  readonly roleArn: string | null;
  /** Every token must be bound to a key of the client's. @see RFC 9449 section 5.2 */
  readonly dpopRequired: boolean;
  /** Every token must be bound to the certificate of the client's connection; absent for no. @see RFC 8705 section 3.4 */
  readonly certificateBound?: boolean;
  /** How its certificate is known, for the methods of mutual TLS; absent for the others. */
  readonly certificate?: ClientCertificate;
  /** Where a sign-out that the client has asked for may end; each has passed `isRedirectUri`. */
  readonly postLogoutRedirectUris?: readonly string[];
  /** Where the client is told that a sign-in has ended. @see OpenID Connect Back-Channel Logout 1.0 */
  readonly backchannelLogoutUri?: string;
  /** The account's own: people are not asked whether they let it in. */
  readonly firstParty?: boolean;
  /** Public keys of `private_key_jwt`; empty for the other methods. */
  readonly keys: readonly ClientKey[];
  /** The workload that the client is, for `federated_jwt`; absent for the other methods. */
  readonly federatedAssertion?: FederatedAssertion;
  /** Of its access tokens; absent for JWTs. */
  readonly accessTokenFormat?: AccessTokenFormat;
  /** Of its ID tokens and logout tokens; absent for the default. @see OpenID Connect Dynamic Client Registration section 2 */
  readonly idTokenAlgorithm?: SigningAlgorithm;
  /** Of its refresh tokens; absent for the usual ones. */
  readonly refresh?: RefreshLimits;
}

/** The algorithm that signs ID tokens where a client says nothing. */
export const DEFAULT_ID_TOKEN_ALGORITHM: SigningAlgorithm = 'ES256';

/** What signs the ID tokens and logout tokens of a client. @param client - null where the token is for an outside one */
export const idTokenAlgorithmOf = (client: Pick<OAuthClient, 'settings'> | null): SigningAlgorithm =>
  client?.settings.idTokenAlgorithm ?? DEFAULT_ID_TOKEN_ALGORITHM;

/** A JWT that anybody can verify and read, or a text that only Daypass can open. */
export type AccessTokenFormat = 'jwt' | 'opaque';

/** How long refresh tokens of a client live. */
export interface RefreshLimits {
  /** From the person's word on, whatever happens. */
  readonly maxSeconds: number;
  /** Without a use. */
  readonly idleSeconds: number;
}

/** Whose tokens prove a client: each part is compared whole. */
export interface FederatedAssertion {
  /** Of a provider that is registered with the account. */
  readonly issuer: string;
  readonly subject: string;
  /** One that is registered with the provider. */
  readonly audience: string;
}

/** A public key as JWK, with the algorithm that it is pinned to. */
export interface ClientKey {
  readonly kid: string;
  readonly alg: ClientKeyAlgorithm;
  readonly jwk: Readonly<Record<string, string>>;
}

export const CLIENT_KEY_ALGORITHMS = ['ES256', 'ES384', 'RS256', 'PS256', 'Ed25519', 'EdDSA'] as const;
export type ClientKeyAlgorithm = (typeof CLIENT_KEY_ALGORITHMS)[number];

/** One of at most two secrets, by its hash. */
export interface ClientSecret {
  readonly hash: string;
  readonly createdAtSeconds: number;
  /** When it ceases to work; null while it is the newest. */
  readonly expiresAtSeconds: number | null;
}

export interface OAuthClient {
  readonly accountId: string;
  readonly clientId: string;
  readonly arn: string;
  readonly settings: ClientSettings;
  readonly secrets: readonly ClientSecret[];
  readonly createdAtSeconds: number;
}

/** The service that a role's trust policy must name for a client to have the role. */
export const CLIENT_SERVICE = 'oauth.daypass.amazonaws.com';

export const CLIENT_ID_RANDOM_CHARACTERS = 22;
const CLIENT_ID = /^dpc-(\d{12})-[A-Za-z0-9_-]{22}$/;

/** A client's id names its account, so that a request needs no other word to find it. @param random - 22 base64url characters */
export const clientIdOf = (accountId: string, random: string): string => `dpc-${accountId}-${random}`;

/** @returns the account that a client id names, or null for what is no such id */
export const accountOfClientId = (clientId: string): string | null => CLIENT_ID.exec(clientId)?.[1] ?? null;

/** A client as policies name it. @param clientId - `*` for every one */
export const clientArn = (accountId: string, clientId: string): string =>
  `arn:aws:daypass::${accountId}:client/${clientId}`;
