/** Everything a use-case may reach, built once per isolate by services.ts. */

import type { OidcProvider } from '../core/account.ts';
import type { EventCursor, EventFilter, EventPage } from '../core/audit/query.ts';
import type { Directory } from '../core/directory.ts';
import type { AccessTokenInspector } from '../core/federation/access-token.ts';
import type { LoginFlow } from '../core/federation/login-flow.ts';
import type { ProviderKinds } from '../core/federation/provider-kind.ts';
import type { IssuerKeys } from '../core/oidc/key-set.ts';
import type {
  AuditSink,
  Clock,
  Defer,
  HttpTell,
  Log,
  LookupLimiter,
  PasswordHasher,
  Random,
} from '../core/ports.ts';
import type { AccessDetails } from '../core/repositories/access-details.ts';
import type { AccessKeys } from '../core/repositories/access-keys.ts';
import type { AccountDetails } from '../core/repositories/account-details.ts';
import type { AccountSettings } from '../core/repositories/account-settings.ts';
import type { Attachments } from '../core/repositories/attachments.ts';
import type { Audiences } from '../core/repositories/audiences.ts';
import type { AuthenticationFailures } from '../core/repositories/authentication-failures.ts';
import type { AuthorizationCodes, PushedRequests } from '../core/repositories/authorization-codes.ts';
import type { Consents } from '../core/repositories/consents.ts';
import type { CredentialReports } from '../core/repositories/credential-reports.ts';
import type { DeviceAuthorizations } from '../core/repositories/device-authorizations.ts';
import type { FactorChanges } from '../core/repositories/factor-changes.ts';
import type { Groups } from '../core/repositories/groups.ts';
import type { IdentityLinks } from '../core/repositories/identity-links.ts';
import type { InactiveUsers } from '../core/repositories/inactive-users.ts';
import type { InlinePolicies } from '../core/repositories/inline-policies.ts';
import type { InstanceProfiles } from '../core/repositories/instance-profiles.ts';
import type { EnrolmentCodes, Instances } from '../core/repositories/instances.ts';
import type { LoginProfiles } from '../core/repositories/login-profiles.ts';
import type { MappingRulesStore } from '../core/repositories/mapping-rules.ts';
import type { MfaDevices } from '../core/repositories/mfa-devices.ts';
import type { OAuthClients } from '../core/repositories/oauth-clients.ts';
import type { OAuthScopes } from '../core/repositories/oauth-scopes.ts';
import type { OidcProviders } from '../core/repositories/oidc-providers.ts';
import type { OneTime } from '../core/repositories/one-time.ts';
import type { Passkeys } from '../core/repositories/passkeys.ts';
import type { ManagedPolicies } from '../core/repositories/policies.ts';
import type { ProviderClients } from '../core/repositories/provider-clients.ts';
import type { RecoveryCodes } from '../core/repositories/recovery-codes.ts';
import type { RefreshFamilies } from '../core/repositories/refresh-families.ts';
import type { Revocations } from '../core/repositories/revocations.ts';
import type { Roles } from '../core/repositories/roles.ts';
import type { RootRecovery } from '../core/repositories/root-recovery.ts';
import type { SamlProviders } from '../core/repositories/saml-providers.ts';
import type { LastUses, Sessions } from '../core/repositories/sessions.ts';
import type { Setup } from '../core/repositories/setup.ts';
import type { SignInAccounts } from '../core/repositories/sign-in-accounts.ts';
import type { SignInClients } from '../core/repositories/sign-in-clients.ts';
import type { SignInSessions } from '../core/repositories/sign-in-sessions.ts';
import type { StoredKeys } from '../core/repositories/stored-keys.ts';
import type { TrailChain, TrailWitness } from '../core/repositories/trail-chain.ts';

import type { Anywhere } from '../core/repositories/trust-anchors.ts';
import type { TrustTrials } from '../core/repositories/trust-trials.ts';
import type { Users } from '../core/repositories/users.ts';
import type { SamlCryptography } from '../core/saml/cryptography.ts';
import type { SignInLimits } from '../core/sign-in/session.ts';

/** The keys of outside issuers. */
export interface IssuerKeySource {
  keysOf(issuer: string): Promise<IssuerKeys>;
  keysAfterUnknown(issuer: string): Promise<IssuerKeys>;
}

/** The trail, for reading. */
export interface Trail {
  find(accountId: string, filter: EventFilter, after: EventCursor | null, limit: number): Promise<EventPage>;
}

/** The settings that use-cases see. */
export interface Settings {
  readonly mode: 'production' | 'local';
  readonly issuer: string;
  /** Where Cloudflare asks clients for certificates; null where it does not. */
  readonly mtlsOrigin: string | null;
  /** Whether clients that nobody has registered are met by the address of their document; absent for no. */
  readonly clientDocuments?: boolean;
  /** Null where none is set: then nobody can set this deployment up. */
  readonly setupToken: string | null;
  /** Null where none is set: then nobody can recover root. */
  readonly recoveryToken: string | null;
  /** How long a key of the keyring stays in use. */
  readonly keyRotationSeconds: number;
  readonly signIn: SignInLimits;
}

export interface Deps {
  readonly settings: Settings;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly directory: Directory;
  readonly issuerKeys: IssuerKeySource;
  readonly providerKinds: ProviderKinds;
  /** By the URL of the provider's kind. */
  readonly accessTokens: ReadonlyMap<string, AccessTokenInspector>;
  /** How people log in at a provider with a browser. */
  readonly loginFlow: (provider: OidcProvider) => LoginFlow;
  readonly audit: AuditSink;
  readonly lookups: LookupLimiter;
  readonly setup: Setup;
  readonly storedKeys: StoredKeys;
  readonly trailChain: TrailChain;
  readonly trailWitness: TrailWitness;
  readonly accessKeys: AccessKeys;
  readonly users: Users;
  readonly loginProfiles: LoginProfiles;
  readonly passwords: PasswordHasher;
  readonly mfaDevices: MfaDevices;
  readonly authenticationFailures: AuthenticationFailures;
  readonly groups: Groups;
  readonly roles: Roles;
  readonly inlinePolicies: InlinePolicies;
  readonly instanceProfiles: InstanceProfiles;
  readonly instances: Instances;
  readonly enrolmentCodes: EnrolmentCodes;
  readonly anywhere: Anywhere;
  readonly policies: ManagedPolicies;
  readonly attachments: Attachments;
  readonly accountDetails: AccountDetails;
  readonly accountSettings: AccountSettings;
  readonly audiences: Audiences;
  readonly oauthClients: OAuthClients;
  readonly oauthScopes: OAuthScopes;
  readonly oidcProviders: OidcProviders;
  readonly providerClients: ProviderClients;
  readonly samlProviders: SamlProviders;
  readonly saml: SamlCryptography;
  readonly mappingRules: MappingRulesStore;
  readonly trustTrials: TrustTrials;
  readonly revocations: Revocations;
  readonly sessions: Sessions;
  readonly lastUses: LastUses;
  readonly credentialReports: CredentialReports;
  readonly accessDetails: AccessDetails;
  readonly oneTime: OneTime;
  readonly signInSessions: SignInSessions;
  readonly signInClients: SignInClients;
  /** Tells applications of the end of a sign-in. */
  readonly tell: HttpTell;
  /** Lets work go on after the answer. */
  readonly defer: Defer;
  readonly passkeys: Passkeys;
  readonly recoveryCodes: RecoveryCodes;
  readonly identityLinks: IdentityLinks;
  readonly rootRecovery: RootRecovery;
  readonly factorChanges: FactorChanges;
  readonly inactiveUsers: InactiveUsers;
  readonly signInAccounts: SignInAccounts;
  readonly deviceAuthorizations: DeviceAuthorizations;
  readonly authorizationCodes: AuthorizationCodes;
  readonly consents: Consents;
  readonly pushedRequests: PushedRequests;
  readonly refreshFamilies: RefreshFamilies;
  readonly trail: Trail;
}
