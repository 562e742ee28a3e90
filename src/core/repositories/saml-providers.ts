import type { ReadPrivateKey } from '../saml/cryptography.ts';
import type { SamlProvider, SamlProviderMetadata } from '../saml/provider.ts';
import type { MakeEvent, TagRecord } from './change.ts';

/** A provider as IAM shows it. */
export interface SamlProviderRecord extends SamlProvider {
  readonly tags: readonly TagRecord[];
  readonly createdAtSeconds: number;
}

export interface NewSamlProvider {
  readonly name: string;
  readonly metadata: SamlProviderMetadata;
  readonly requiresEncryption: boolean;
  readonly privateKey: ReadPrivateKey | null;
  readonly tags: readonly TagRecord[];
}

/** What can be changed; an absent member stays. */
export interface SamlProviderChange {
  readonly metadata?: SamlProviderMetadata;
  readonly requiresEncryption?: boolean;
  readonly admitsUnsolicited?: boolean;
  readonly mfaContextClasses?: readonly string[];
  readonly addPrivateKey?: ReadPrivateKey;
  readonly removePrivateKey?: string;
}

export interface SamlProviders {
  /** @throws Fault `entity_already_exists`, `limit_exceeded`, `invalid_input` */
  create(accountId: string, provider: NewSamlProvider, event: MakeEvent): Promise<SamlProviderRecord>;
  /** @throws Fault `no_such_entity` */
  require(accountId: string, arn: string): Promise<SamlProviderRecord>;
  /** All of them: the quota is a hundred. */
  list(accountId: string): Promise<readonly SamlProviderRecord[]>;
  /** @throws Fault `no_such_entity`, `limit_exceeded` for a third private key, `invalid_input`, `concurrent_modification` */
  update(accountId: string, arn: string, change: SamlProviderChange, event: MakeEvent): Promise<void>;
  /** @throws Fault `no_such_entity` */
  remove(accountId: string, arn: string, event: MakeEvent): Promise<void>;
  tag(accountId: string, arn: string, tags: readonly TagRecord[], event: MakeEvent): Promise<void>;
  untag(accountId: string, arn: string, keys: readonly string[], event: MakeEvent): Promise<void>;
}
