import type { AccessKey, Group, OidcProvider, Role, UserPrincipal } from './account.ts';
import type { ProviderClient } from './federation/provider-client.ts';
import type { Instance } from './instances/instance.ts';
import type { Keyring } from './keyring/keyring.ts';
import type { MappingRules } from './mapping/mapping-rules.ts';
import type { OAuthClient } from './oauth/client.ts';
import type { ScopeRecord } from './oauth/scope.ts';
import type { SourcedPolicy } from './policy/types.ts';
import type { AnywhereProfileRecord, TrustAnchor } from './repositories/trust-anchors.ts';
import type { RevocationList } from './revocation/revocation-list.ts';
import type { SamlProvider } from './saml/provider.ts';

/** What decisions need of the accounts: held in the isolate within the freshness bound. Null means there is no such thing. */
export interface Directory {
  accessKey(accountId: string, accessKeyId: string): Promise<AccessKey | null>;
  user(accountId: string, name: string): Promise<UserPrincipal | null>;
  /** By unique id: a user keeps it when renamed, and one recreated under the same name has another. */
  userById(accountId: string, userId: string): Promise<UserPrincipal | null>;
  group(accountId: string, name: string): Promise<Group | null>;
  role(accountId: string, name: string): Promise<Role | null>;
  managedPolicy(accountId: string, arn: string): Promise<SourcedPolicy | null>;
  oidcProvider(accountId: string, url: string): Promise<OidcProvider | null>;
  oidcProviderById(accountId: string, providerId: string): Promise<OidcProvider | null>;
  /** Clients of ours at a provider that have a secret. */
  providerClients(accountId: string, providerId: string): Promise<readonly ProviderClient[]>;
  /** Null where the provider has no rules. */
  mappingRules(accountId: string, providerId: string): Promise<MappingRules | null>;
  /** With what its lists revoke. */
  trustAnchor(accountId: string, anchorId: string): Promise<TrustAnchor | null>;
  anywhereProfile(accountId: string, profileId: string): Promise<AnywhereProfileRecord | null>;
  instance(accountId: string, instanceId: string): Promise<Instance | null>;
  /** @param identityKey - as `identityKeyOf` writes it */
  instanceByIdentity(accountId: string, identityKey: string): Promise<Instance | null>;
  oauthClient(accountId: string, clientId: string): Promise<OAuthClient | null>;
  oauthScope(accountId: string, scope: string): Promise<ScopeRecord | null>;
  /** The account's live revocations of sessions; an empty list where there are none. */
  revocations(accountId: string): Promise<RevocationList>;
  /** Whether the account's principals may ask for tokens for outside services. */
  outboundFederationIsEnabled(accountId: string): Promise<boolean>;
  samlProvider(accountId: string, providerId: string): Promise<SamlProvider | null>;
  samlProviderByName(accountId: string, name: string): Promise<SamlProvider | null>;
  audienceIsRegistered(accountId: string, audience: string): Promise<boolean>;
  /**
   * @param keyId - a key that a token names: a held keyring that does not know it is read again, at most once a second
   * @returns null until setup
   */
  keyring(keyId?: string): Promise<Keyring | null>;
  setUpAccount(): Promise<string | null>;
}
