/** Everything a use-case may reach, built once per isolate by services.ts. */
import type { AccessKey, OidcProvider, Role } from '../core/account.ts';
import type { Keyring } from '../core/keyring/keyring.ts';
import type { IssuerKeys } from '../core/oidc/key-set.ts';
import type { SourcedPolicy } from '../core/policy/types.ts';
import type { AuditSink, Clock, Log, Random } from '../core/ports.ts';

/** What decisions need of the accounts: held in the isolate within the freshness bound. Null means there is no such thing. */
export interface Directory {
  accessKey(accountId: string, accessKeyId: string): Promise<AccessKey | null>;
  role(accountId: string, name: string): Promise<Role | null>;
  managedPolicy(accountId: string, arn: string): Promise<SourcedPolicy | null>;
  oidcProvider(accountId: string, url: string): Promise<OidcProvider | null>;
  audienceIsRegistered(accountId: string, audience: string): Promise<boolean>;
  /** Null until setup. */
  keyring(): Promise<Keyring | null>;
  setUpAccount(): Promise<string | null>;
}

/** The keys of outside issuers. */
export interface IssuerKeySource {
  keysOf(issuer: string): Promise<IssuerKeys>;
  keysAfterUnknown(issuer: string): Promise<IssuerKeys>;
}

/** The settings that use-cases see. */
export interface Settings {
  readonly mode: 'production' | 'local';
  readonly issuer: string;
}

export interface Deps {
  readonly settings: Settings;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly directory: Directory;
  readonly issuerKeys: IssuerKeySource;
  readonly audit: AuditSink;
}
