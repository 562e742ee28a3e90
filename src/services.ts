/** The only place that builds things: what an isolate holds, from its bindings. */
import type { AuditBuffer } from './audit-buffer.ts';
import { type Config, type Env, readConfig } from './config.ts';
import type { AuditEvent } from './core/audit/event.ts';
import type { Clock, Random } from './core/ports.ts';
import type { TrailWitness } from './core/repositories/trail-chain.ts';
import { createAuditSink } from './platform/audit-sink.ts';
import { withClientDocuments } from './platform/client-documents.ts';
import { defer } from './platform/defer.ts';
import { createHttpGet, createHttpTell } from './platform/http.ts';
import { createIssuerKeySource } from './platform/jwks.ts';
import { generateKeyMaterial } from './platform/key-material.ts';
import { createLookupLimiter } from './platform/limiter.ts';
import { log } from './platform/log.ts';
import { createPasswordHasher, hashPassword } from './platform/password.ts';
import { createSamlCryptography } from './platform/saml.ts';
import { endpointsOf } from './providers/endpoints.ts';
import { createFacebookGraph } from './providers/facebook-graph.ts';
import { providerKinds } from './providers/index.ts';
import { loginFlows } from './providers/logins.ts';
import { createAccessDetails } from './store/access-details.ts';
import { createAccessKeys } from './store/access-keys.ts';
import { createAccountDetails } from './store/account-details.ts';
import { createAccountSettings } from './store/account-settings.ts';
import { createAnywhere } from './store/anywhere.ts';
import { createAttachments } from './store/attachments.ts';
import { createAudiences } from './store/audiences.ts';
import { findEvents, packEvents } from './store/audit.ts';
import { createAuthenticationFailures } from './store/authentication-failures.ts';
import { createAuthorizationCodes, createPushedRequests } from './store/authorization-codes.ts';
import { createBatchWriter } from './store/batch.ts';
import { createConsents } from './store/consents.ts';
import { createCredentialReports } from './store/credential-reports.ts';
import { openDatabase } from './store/database.ts';
import { createDeviceAuthorizations } from './store/device-authorizations.ts';
import { createDirectory } from './store/directory.ts';
import { createEnrolmentCodes } from './store/enrolment-codes.ts';
import { createFactorChanges } from './store/factor-changes.ts';
import { createGroups } from './store/groups.ts';
import { createIdentityLinks } from './store/identity-links.ts';
import { createInactiveUsers } from './store/inactive-users.ts';
import { createInlinePolicies } from './store/inline-policies.ts';
import { createInstanceProfiles } from './store/instance-profiles.ts';
import { createInstances } from './store/instances.ts';
import { importKeyEncryption, type KeyEncryption } from './store/keys.ts';
import { createLoginProfiles } from './store/login-profiles.ts';
import { createMappingRules } from './store/mapping-rules.ts';
import { createMfaDevices } from './store/mfa-devices.ts';
import { createOAuthClients } from './store/oauth-clients.ts';
import { createOAuthScopes } from './store/oauth-scopes.ts';
import { createOidcProviders } from './store/oidc-providers.ts';
import { createOneTime } from './store/one-time.ts';
import { createPasskeys } from './store/passkeys.ts';
import { createPolicies } from './store/policies.ts';
import { createProviderClients } from './store/provider-clients.ts';
import { createRecoveryCodes } from './store/recovery-codes.ts';
import { createRefreshFamilies } from './store/refresh-families.ts';
import { createRevocations } from './store/revocations.ts';
import { createRoles } from './store/roles.ts';
import { createRootRecovery } from './store/root-recovery.ts';
import { createSamlProviders } from './store/saml-providers.ts';
import { createLastUses, createSessions } from './store/sessions.ts';
import { createSetup } from './store/setup.ts';
import { createSignInAccounts } from './store/sign-in-accounts.ts';
import { createSignInClients } from './store/sign-in-clients.ts';
import { createSignInSessions } from './store/sign-in-sessions.ts';
import { Snapshot } from './store/snapshot.ts';
import { createStoredKeys } from './store/stored-keys.ts';
import { createTrailChain } from './store/trail-chain.ts';
import { createTrustTrials } from './store/trust-trials.ts';
import { createUsers } from './store/users.ts';
import type { Deps } from './usecases/deps.ts';

/** The world that tests own: everything else comes from the bindings. */
export interface World {
  readonly clock: Clock;
  readonly random: Random;
}

export interface Services {
  readonly config: Config;
  readonly deps: Deps;
}

/** How much of an isolate's 128 MB the snapshot may take. */
const SNAPSHOT_BYTES = 32 * 1024 * 1024;

/**
 * @throws ConfigError when a setting cannot be used
 */
export function createServices(env: Env, { clock, random }: World): Services {
  const config = readConfig(env);
  const endpoints = endpointsOf(config.standIns);
  const http = createHttpGet(config.mode === 'local');
  const db = openDatabase(env.DB);
  const { freshnessSeconds } = config;
  const snapshot = new Snapshot({ db, clock, defer, log, freshnessSeconds, maxBytes: SNAPSHOT_BYTES });
  const writer = createBatchWriter(db, snapshot);
  const encryption = once(() => importKeyEncryption(config.keyEncryptionKeys));
  const stored = createDirectory(db, snapshot, encryption, clock, freshnessSeconds);
  const directory = config.clientDocuments
    ? withClientDocuments(stored, { http, clock, log, isLocal: config.mode === 'local' })
    : stored;
  const users = createUsers(db, writer, random);
  const groups = createGroups(db, writer, random);
  const roles = createRoles(db, writer, random);
  const policies = createPolicies(db, writer, random);
  const deps: Deps = {
    settings: {
      mode: config.mode,
      issuer: config.issuer,
      mtlsOrigin: config.mtlsOrigin,
      clientDocuments: config.clientDocuments,
      setupToken: config.setupToken,
      recoveryToken: config.recoveryToken,
      keyRotationSeconds: config.keyRotationSeconds,
      signIn: config.signIn,
    },
    clock,
    random,
    log,
    directory,
    issuerKeys: createIssuerKeySource({
      http,
      clock,
      defer,
      log,
      discovery: endpoints.discovery,
    }),
    providerKinds,
    loginFlow: loginFlows(http, endpoints, clock),
    accessTokens: new Map([['graph.facebook.com', createFacebookGraph(http, endpoints.facebookGraph)]]),
    audit: createAuditSink({
      shard: auditShards(env, config.auditShards),
      clock,
      defer,
      log,
      timer: (milliseconds, ring) => void setTimeout(ring, milliseconds),
    }),
    lookups: createLookupLimiter(clock),
    setup: createSetup({ db, writer, encryption, random, generateKeyMaterial, hashPassword }),
    trailChain: createTrailChain(db),
    trailWitness: trailWitness(env),
    storedKeys: createStoredKeys({ db, writer, encryption, random, generateKeyMaterial }),
    accessKeys: createAccessKeys({ db, writer, directory, random, clock }),
    loginProfiles: createLoginProfiles(db, writer),
    passwords: createPasswordHasher(random),
    mfaDevices: createMfaDevices({ db, writer, directory, random }),
    authenticationFailures: createAuthenticationFailures(db),
    users,
    groups,
    roles,
    inlinePolicies: createInlinePolicies(db, writer),
    instanceProfiles: createInstanceProfiles(db, writer, random),
    instances: createInstances(db, writer, random),
    enrolmentCodes: createEnrolmentCodes(db, writer, random),
    anywhere: createAnywhere(db, writer, random),
    policies,
    attachments: createAttachments(db, writer),
    accountDetails: createAccountDetails(db, { users, groups, roles, policies }),
    accountSettings: createAccountSettings(db, writer),
    audiences: createAudiences(db, writer),
    oauthClients: createOAuthClients(db, writer),
    oauthScopes: createOAuthScopes(db, writer),
    oidcProviders: createOidcProviders(db, writer, random),
    mappingRules: createMappingRules(db, writer),
    trustTrials: createTrustTrials(db, writer),
    providerClients: createProviderClients({ db, writer, directory, random }),
    samlProviders: createSamlProviders({ db, writer, directory, random }),
    saml: createSamlCryptography(),
    revocations: createRevocations(db, writer),
    sessions: createSessions(db),
    lastUses: createLastUses(db),
    credentialReports: createCredentialReports(db),
    accessDetails: createAccessDetails(db),
    oneTime: createOneTime(db),
    signInSessions: createSignInSessions(db, writer),
    signInClients: createSignInClients(db),
    tell: createHttpTell(config.mode === 'local'),
    defer,
    passkeys: createPasskeys(db, writer),
    recoveryCodes: createRecoveryCodes(db, writer),
    identityLinks: createIdentityLinks(db, writer),
    rootRecovery: createRootRecovery(db, writer),
    factorChanges: createFactorChanges(db),
    inactiveUsers: createInactiveUsers(db, writer),
    signInAccounts: createSignInAccounts(db),
    deviceAuthorizations: createDeviceAuthorizations(db, writer),
    authorizationCodes: createAuthorizationCodes(db, writer),
    consents: createConsents(db, writer),
    pushedRequests: createPushedRequests(db, writer),
    refreshFamilies: createRefreshFamilies(db, writer),
    trail: { find: (...query) => findEvents(db, ...query) },
  };
  return { config, deps };
}

/** Runs once and keeps the promise; forgets a failure. */
function once(make: () => Promise<KeyEncryption>): () => Promise<KeyEncryption> {
  let made: Promise<KeyEncryption> | null = null;
  return () => {
    made ??= make().catch((error: unknown) => {
      made = null;
      throw error;
    });
    return made;
  };
}

/** Buffers take turns; each is made near the data centre that first writes to it. */
function auditShards(env: Env, count: number) {
  let turn = 0;
  const namespace = env.AUDIT_BUFFER as DurableObjectNamespace<AuditBuffer>; // bound to this class in wrangler.toml
  /** An id is a digest of its name. One colo answers in an isolate, so there are as many as shards. */
  const ids = new Map<string, DurableObjectId>();
  const idOf = (name: string): DurableObjectId => {
    const id = ids.get(name) ?? namespace.idFromName(name);
    ids.set(name, id);
    return id;
  };
  return (near: string | null) => {
    turn = (turn + 1) % count;
    const shard = namespace.get(idOf(`${near ?? 'local'}-${turn}`));
    return {
      append: async (events: readonly AuditEvent[]) => {
        for (const pack of packEvents(events)) await shard.append(pack);
      },
    };
  };
}

/** One object of its own, which drains nothing: it only remembers how far the trail was sealed. */
function trailWitness(env: Env): TrailWitness {
  const object = () =>
    (env.AUDIT_BUFFER as DurableObjectNamespace<AuditBuffer>) // bound to this class in wrangler.toml
      .getByName('trail-witness');
  return {
    last: async () => object().lastCheckpoint(),
    keep: async (number, statement) => object().keepCheckpoint(number, statement),
  };
}
