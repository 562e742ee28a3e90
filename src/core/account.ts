/** An account's entities as decisions need them: loaded, compiled, ready. */
import type { Tag } from './credentials/session.ts';
import type { SourcedPolicy } from './policy/types.ts';

/** Every policy that speaks for an identity. A boundary that is set but gone is a policy that denies. */
export interface PolicyBundle {
  readonly identity: readonly SourcedPolicy[];
  readonly boundary: SourcedPolicy | null;
}

export interface UserPrincipal {
  readonly accountId: string;
  readonly userId: string;
  readonly name: string;
  readonly arn: string;
  readonly tags: readonly Tag[];
  readonly policies: PolicyBundle;
}

export interface Group {
  readonly accountId: string;
  readonly groupId: string;
  readonly arn: string;
  readonly policies: readonly SourcedPolicy[];
}

/** A long-term key with the user it belongs to. */
export interface AccessKey {
  readonly accessKeyId: string;
  readonly active: boolean;
  /** Sealed under the keyring's storage key; bound to this row. */
  readonly sealedSecret: string;
  readonly user: UserPrincipal;
}

export interface Role {
  readonly accountId: string;
  readonly roleId: string;
  readonly name: string;
  readonly arn: string;
  readonly trust: SourcedPolicy;
  /** A trust policy on trial: what it would refuse is told, and nothing else comes of it. */
  readonly trustTrial?: SourcedPolicy;
  readonly maxSessionSeconds: number;
  readonly tags: readonly Tag[];
  readonly policies: PolicyBundle;
}

/** A trusted OIDC issuer of an account. */
export interface OidcProvider {
  readonly accountId: string;
  readonly providerId: string;
  readonly arn: string;
  /** The exact `iss` of its tokens. */
  readonly issuer: string;
  /** The issuer without its scheme: prefix of its condition keys. */
  readonly url: string;
  readonly clientIds: readonly string[];
  /** Values of its tokens' `amr` that count as a second factor; none unless the account says so. */
  readonly mfaAmrValues: readonly string[];
  /** Values of `acr` that do. */
  readonly mfaAcrValues: readonly string[];
}
