import type { OidcProvider, Role, UserPrincipal } from '../../src/core/account.ts';
import type { Directory } from '../../src/core/directory.ts';
import { identityKeyOf } from '../../src/core/instances/identity.ts';
import type { Instance } from '../../src/core/instances/instance.ts';
import type { MappingRules } from '../../src/core/mapping/mapping-rules.ts';
import { compilePolicy } from '../../src/core/policy/compile.ts';
import { type PolicyKind, readPolicyText } from '../../src/core/policy/parse.ts';
import type { SourcedPolicy } from '../../src/core/policy/types.ts';
import { RevocationList } from '../../src/core/revocation/revocation-list.ts';
import type { SamlProvider } from '../../src/core/saml/provider.ts';
import { providerKinds } from '../../src/providers/index.ts';
import type { SignedFacts } from '../../src/usecases/authorize.ts';
import type { Deps } from '../../src/usecases/deps.ts';
import { fakeClock, fakeRandom, START_SECONDS } from './fake-world.ts';
import { testKeyring } from './keys.ts';

export const ACCOUNT = '111122223333';
export const DAYPASS_ISSUER = 'https://daypass.example.com';

/** A compiled policy of the given statements. */
export function policyOf(kind: PolicyKind, ...statements: readonly object[]): SourcedPolicy {
  const read = readPolicyText(JSON.stringify({ Version: '2012-10-17', Statement: statements }), kind);
  if (!read.ok) throw new Error(read.failure.message);
  return { source: `test ${kind}`, policy: compilePolicy(read.value) };
}

export const testRole = (over: Partial<Role> = {}): Role => ({
  accountId: ACCOUNT,
  roleId: 'AROAEXAMPLE',
  name: 'Reader',
  arn: `arn:aws:iam::${ACCOUNT}:role/Reader`,
  trust: policyOf('trust', {
    Effect: 'Allow',
    Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` },
    Action: ['sts:AssumeRole', 'sts:TagSession', 'sts:SetSourceIdentity'],
  }),
  maxSessionSeconds: 3600,
  tags: [],
  policies: { identity: [], boundary: null },
  ...over,
});

export const testUser = (over: Partial<UserPrincipal> = {}): UserPrincipal => ({
  accountId: ACCOUNT,
  userId: 'AIDAEXAMPLE',
  name: 'anna',
  arn: `arn:aws:iam::${ACCOUNT}:user/anna`,
  tags: [],
  policies: {
    identity: [policyOf('identity', { Effect: 'Allow', Action: 'sts:*', Resource: '*' })],
    boundary: null,
  },
  ...over,
});

export const requestFacts = (over: Partial<SignedFacts> = {}): SignedFacts => ({
  requestId: 'req-1',
  nowMilliseconds: START_SECONDS * 1000,
  sourceIp: '192.0.2.1',
  userAgent: 'test',
  secureTransport: true,
  near: null,
  region: 'us-east-1',
  ...over,
});

/** What an account holds, for `fakeDirectory`. */
export interface Holdings {
  readonly roles?: readonly Role[];
  readonly users?: readonly UserPrincipal[];
  readonly providers?: readonly OidcProvider[];
  readonly samlProviders?: readonly SamlProvider[];
  readonly managed?: readonly SourcedPolicy[];
  readonly instances?: readonly Instance[];
  readonly audiences?: readonly string[];
  readonly mappingRules?: MappingRules;
  readonly revocations?: RevocationList;
  readonly setUpAccount?: string | null;
}

/** Finds by account and name as the real one does: names without regard to case. */
export const fakeDirectory = (held: Holdings): Directory => ({
  accessKey: async () => null,
  group: async () => null,
  user: async (accountId, name) =>
    held.users?.find((each) => each.accountId === accountId && same(each.name, name)) ?? null,
  userById: async (accountId, userId) =>
    held.users?.find((each) => each.accountId === accountId && each.userId === userId) ?? null,
  role: async (accountId, name) =>
    held.roles?.find((each) => each.accountId === accountId && same(each.name, name)) ?? null,
  managedPolicy: async (_accountId, arn) => held.managed?.find(({ source }) => source === arn) ?? null,
  oidcProvider: async (accountId, url) =>
    held.providers?.find((each) => each.accountId === accountId && each.url === url) ?? null,
  trustAnchor: async () => null,
  anywhereProfile: async () => null,
  instance: async (accountId, instanceId) =>
    held.instances?.find((each) => each.accountId === accountId && each.instanceId === instanceId) ?? null,
  instanceByIdentity: async (accountId, identityKey) =>
    held.instances?.find(
      (each) => each.accountId === accountId && identityKeyOf(each.identity) === identityKey,
    ) ?? null,
  revocations: async () => held.revocations ?? new RevocationList(0),
  oidcProviderById: async (accountId, providerId) =>
    held.providers?.find((each) => each.accountId === accountId && each.providerId === providerId) ?? null,
  providerClients: async () => [],
  mappingRules: async () => held.mappingRules ?? null,
  outboundFederationIsEnabled: async () => false,
  oauthClient: async () => null,
  oauthScope: async () => null,
  samlProvider: async (accountId, id) =>
    held.samlProviders?.find((each) => each.accountId === accountId && each.providerId === id) ?? null,
  samlProviderByName: async (accountId, name) =>
    held.samlProviders?.find((each) => each.accountId === accountId && same(each.name, name)) ?? null,
  audienceIsRegistered: async (_accountId, audience) => held.audiences?.includes(audience) ?? false,
  keyring: () => testKeyring(),
  setUpAccount: async () => held.setUpAccount ?? null,
});

const same = (left: string, right: string): boolean => left.toLowerCase() === right.toLowerCase();

/** The given parts and a plain world; touching any other part is an error of the test. */
export function fakeDeps(held: Holdings, over: Partial<Deps> = {}): Deps {
  const parts: Partial<Deps> = {
    settings: {
      mode: 'production',
      issuer: DAYPASS_ISSUER,
      mtlsOrigin: null,
      recoveryToken: null,
      setupToken: null,
      keyRotationSeconds: 2_592_000,
      signIn: { idleSeconds: 900, maxSeconds: 43_200 },
    },
    clock: fakeClock(),
    random: fakeRandom(),
    log: () => undefined,
    directory: fakeDirectory(held),
    providerKinds,
    ...over,
  };
  const known = new Map<PropertyKey, unknown>(Object.entries(parts));
  // A use-case that reaches for what the test has not given fails there, by name.
  return new Proxy(parts, {
    get: (_, name) => {
      // A promise that gives the whole asks whether it is itself one.
      if (!known.has(name) && name !== 'then') throw new Error(`the test has no ${String(name)}`);
      return known.get(name);
    },
  }) as Deps;
}
