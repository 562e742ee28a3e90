import type { MakeEvent, TagRecord } from './change.ts';

/** A trusted OpenID Connect issuer of an account. */
export interface OidcProviderRecord {
  readonly providerId: string;
  readonly arn: string;
  /** The exact `iss` of its tokens. */
  readonly issuer: string;
  /** The issuer without its scheme, as IAM shows it. */
  readonly url: string;
  readonly clientIds: readonly string[];
  readonly thumbprints: readonly string[];
  /** Values of the claims `amr` and `acr` that count as a second factor. */
  readonly mfaAmrValues: readonly string[];
  readonly mfaAcrValues: readonly string[];
  readonly tags: readonly TagRecord[];
  readonly createdAtSeconds: number;
}

/** What can be changed of a provider. */
export type OidcProviderChange = (
  held: OidcProviderRecord,
) => Partial<
  Pick<OidcProviderRecord, 'clientIds' | 'thumbprints' | 'tags' | 'mfaAmrValues' | 'mfaAcrValues'>
>;

export interface OidcProviders {
  /** @throws Fault `entity_already_exists`, `limit_exceeded`, `invalid_input` */
  create(
    accountId: string,
    provider: Pick<OidcProviderRecord, 'issuer' | 'clientIds' | 'thumbprints' | 'tags'>,
    event: MakeEvent,
  ): Promise<OidcProviderRecord>;
  /** @throws Fault `no_such_entity` */
  require(accountId: string, arn: string): Promise<OidcProviderRecord>;
  /** All of them: the quota is a hundred. */
  list(accountId: string): Promise<readonly OidcProviderRecord[]>;
  /** @throws Fault `no_such_entity`, `concurrent_modification`, and what the change throws */
  update(accountId: string, arn: string, change: OidcProviderChange, event: MakeEvent): Promise<void>;
  /** @throws Fault `no_such_entity` */
  remove(accountId: string, arn: string, event: MakeEvent): Promise<void>;
  tag(accountId: string, arn: string, tags: readonly TagRecord[], event: MakeEvent): Promise<void>;
  untag(accountId: string, arn: string, keys: readonly string[], event: MakeEvent): Promise<void>;
}
