import type { MakeEvent, TagRecord } from './change.ts';

export interface OidcProviderRecord {
  readonly providerId: string;
  readonly arn: string;
  /** The exact `iss` of its tokens. */
  readonly issuer: string;
  /** The issuer without its scheme. */
  readonly url: string;
  readonly clientIds: readonly string[];
  readonly thumbprints: readonly string[];
  readonly tags: readonly TagRecord[];
  readonly createdAtSeconds: number;
}

/** An OIDC issuer that is to be trusted. */
export type NewOidcProvider = Pick<
  OidcProviderRecord,
  'issuer' | 'url' | 'clientIds' | 'thumbprints' | 'tags'
>;

/** What of a provider can be changed at once. */
export type OidcProviderChange = (
  held: OidcProviderRecord,
) => Partial<Pick<OidcProviderRecord, 'clientIds' | 'thumbprints'>>;

/** Trusted OIDC issuers of an account, by ARN. */
export interface OidcProviders {
  /** @throws Fault `entity_already_exists`, `limit_exceeded`, `invalid_input` (tags) */
  create(accountId: string, provider: NewOidcProvider, event: MakeEvent): Promise<OidcProviderRecord>;
  /** @throws Fault `no_such_entity` */
  require(accountId: string, arn: string): Promise<OidcProviderRecord>;
  /** All, in order of their URLs; never more than the quota. */
  list(accountId: string): Promise<readonly OidcProviderRecord[]>;
  /**
   * @param change - what it becomes, of what it is
   * @throws Fault `no_such_entity`, `limit_exceeded`; `concurrent_modification` where it was changed meanwhile
   */
  update(accountId: string, arn: string, change: OidcProviderChange, event: MakeEvent): Promise<void>;
  /** Removing what is not there is no error, as in AWS. */
  remove(accountId: string, arn: string, event: MakeEvent): Promise<void>;
  /** @throws Fault `no_such_entity`, `invalid_input`, `limit_exceeded`, `concurrent_modification` */
  tag(accountId: string, arn: string, tags: readonly TagRecord[], event: MakeEvent): Promise<void>;
  /** @throws Fault `no_such_entity`, `concurrent_modification` */
  untag(accountId: string, arn: string, keys: readonly string[], event: MakeEvent): Promise<void>;
}
