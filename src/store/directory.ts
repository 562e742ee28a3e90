/** The snapshot's entries about identities, policies and providers: what a request needs to be decided. */
import { and, eq, type SQL, sql } from 'drizzle-orm';
import type { AccessKey, Group, OidcProvider, Role, UserPrincipal } from '../core/account.ts';
import { groupArn, oidcProviderArn, roleArn, userArn } from '../core/arn.ts';
import type { Directory } from '../core/directory.ts';
import { knowsKey } from '../core/keyring/keyring.ts';
import { managedPolicies } from '../core/policy/managed/index.ts';
import type { SourcedPolicy } from '../core/policy/types.ts';
import type { Clock } from '../core/ports.ts';
import { anywhereProfileLoad, trustAnchorLoad } from './anywhere.ts';
import type { Database, Query } from './database.ts';
import {
  accessKeyEntity,
  audienceEntity,
  groupEntity,
  oidcProviderEntity,
  policyEntity,
  roleEntity,
  SETUP_ENTITY,
  userEntity,
} from './entity.ts';
import { instanceByIdentityLoad, instanceLoad } from './instance-directory.ts';
import { type KeyEncryption, keyringLoad } from './keys.ts';
import { mappingRulesLoad } from './mapping-rules.ts';
import { oauthClientLoad } from './oauth-clients.ts';
import { oauthScopeLoad } from './oauth-scopes.ts';
import { outboundFederationLoad } from './outbound-federation.ts';
import {
  compileManaged,
  compileStored,
  managedDocumentQuery,
  ownPolicyQueries,
  readBundle,
  userPolicyQueries,
  weigh,
} from './policy-bundle.ts';
import { providerClientsLoad } from './provider-clients.ts';
import { createRevocationLists } from './revocations.ts';
import { samlProviderByNameLoad, samlProviderLoad } from './saml-directory.ts';
import { audiences, deployment } from './schema/accounts.ts';
import { accessKeys, groupMembers, groups, roles, users } from './schema/identities.ts';
import { oidcProviders } from './schema/providers.ts';
import type { Load, Loaded, Snapshot } from './snapshot.ts';
import { readTrustTrial, trustTrialQuery } from './trust-trials.ts';

type UserRow = typeof users.$inferSelect;
type RoleRow = typeof roles.$inferSelect;

/** A long-term key, its user and everything that speaks for the user. */
export function accessKeyLoad(db: Database, accountId: string, accessKeyId: string): Load<AccessKey> {
  return {
    key: accessKeyEntity(accountId, accessKeyId),
    queries: () => {
      const ofKey = and(eq(accessKeys.accountId, accountId), eq(accessKeys.accessKeyId, accessKeyId));
      const userId = sql`(select ${accessKeys.userId} from ${accessKeys} where ${ofKey})`;
      const ofUser = and(eq(users.accountId, accountId), eq(users.userId, userId));
      return [
        db.select().from(accessKeys).where(ofKey),
        db.select().from(users).where(ofUser),
        ...userQueries(db, accountId, userId),
        managedDocumentQuery(db, accountId, sql`(select ${users.boundaryArn} from ${users} where ${ofUser})`),
      ];
    },
    read: ([keyRows, userRows, ...rest]) => {
      const [key] = keyRows as (typeof accessKeys.$inferSelect)[]; // the queries above, in order
      const [user] = userRows as UserRow[];
      if (key === undefined || user === undefined) return null;
      const loaded = userPrincipal(user, rest);
      return {
        value: {
          accessKeyId,
          active: key.status === 'Active',
          sealedSecret: key.sealedSecret,
          user: loaded.value,
        },
        entities: [accessKeyEntity(accountId, accessKeyId), ...loaded.entities],
        bytes: loaded.bytes + 512,
      };
    },
  };
}

/** @param rest - results of `userQueries` and of the boundary's document, in order */
function userPrincipal(
  user: UserRow,
  [groupRows, inline, attached, boundary]: readonly unknown[],
): Loaded<UserPrincipal> {
  const member = groupRows as { groupId: string }[]; // as said above
  const { accountId, boundaryArn } = user;
  const bundle = readBundle({ accountId, boundaryArn, inline, attached, boundary });
  return {
    value: {
      accountId: user.accountId,
      userId: user.userId,
      name: user.name,
      arn: userArn(user.accountId, user.path, user.name),
      tags: user.tags,
      policies: bundle.policies,
    },
    entities: [
      userEntity(accountId, user.userId),
      ...bundle.entities,
      ...member.map(({ groupId }) => groupEntity(accountId, groupId)),
    ],
    bytes: bundle.bytes + 512,
  };
}

/** A user by its name, which compares without case. */
export function userLoad(db: Database, accountId: string, name: string): Load<UserPrincipal> {
  const nameKey = name.toLowerCase();
  return userLoadWhere(db, accountId, `${accountId}/user-name:${nameKey}`, eq(users.nameKey, nameKey));
}

/** A user by its unique id, for sessions. */
export const userByIdLoad = (db: Database, accountId: string, userId: string): Load<UserPrincipal> =>
  userLoadWhere(db, accountId, userEntity(accountId, userId), eq(users.userId, userId));

const userLoadWhere = (db: Database, accountId: string, key: string, is: SQL): Load<UserPrincipal> => ({
  key,
  queries: () => {
    const ofUser = and(eq(users.accountId, accountId), is);
    const userId = sql`(select ${users.userId} from ${users} where ${ofUser})`;
    return [
      db.select().from(users).where(ofUser),
      ...userQueries(db, accountId, userId),
      managedDocumentQuery(db, accountId, sql`(select ${users.boundaryArn} from ${users} where ${ofUser})`),
    ];
  },
  read: ([userRows, ...rest]) => {
    const [user] = userRows as UserRow[]; // the first query above
    return user === undefined ? null : userPrincipal(user, rest);
  },
});

/** Groups, inline and attached policies of a user. */
const userQueries = (db: Database, accountId: string, userId: SQL): readonly Query[] => [
  db
    .select({ groupId: groupMembers.groupId })
    .from(groupMembers)
    .where(and(eq(groupMembers.accountId, accountId), eq(groupMembers.userId, userId))),
  ...userPolicyQueries(db, accountId, userId),
];

/** A group by its name, which compares without case. */
export function groupLoad(db: Database, accountId: string, name: string): Load<Group> {
  const nameKey = name.toLowerCase();
  return {
    key: `${accountId}/group-name:${nameKey}`,
    queries: () => {
      const ofGroup = and(eq(groups.accountId, accountId), eq(groups.nameKey, nameKey));
      const groupId = sql`(select ${groups.groupId} from ${groups} where ${ofGroup})`;
      return [db.select().from(groups).where(ofGroup), ...ownPolicyQueries(db, accountId, 'group', groupId)];
    },
    read: ([groupRows, inline, attached]) => {
      const [group] = groupRows as (typeof groups.$inferSelect)[]; // the first query above
      if (group === undefined) return null;
      const bundle = readBundle({ accountId, boundaryArn: null, inline, attached, boundary: [] });
      return {
        value: {
          accountId,
          groupId: group.groupId,
          arn: groupArn(accountId, group.path, group.name),
          policies: bundle.policies.identity,
        },
        entities: [groupEntity(accountId, group.groupId), ...bundle.entities],
        bytes: bundle.bytes + 512,
      };
    },
  };
}

/** A role by its name, which compares without case. */
export function roleLoad(db: Database, accountId: string, name: string): Load<Role> {
  const nameKey = name.toLowerCase();
  return {
    key: `${accountId}/role-name:${nameKey}`,
    queries: () => {
      const ofRole = and(eq(roles.accountId, accountId), eq(roles.nameKey, nameKey));
      const roleId = sql`(select ${roles.roleId} from ${roles} where ${ofRole})`;
      return [
        db.select().from(roles).where(ofRole),
        ...ownPolicyQueries(db, accountId, 'role', roleId),
        managedDocumentQuery(db, accountId, sql`(select ${roles.boundaryArn} from ${roles} where ${ofRole})`),
        trustTrialQuery(db, accountId, roleId),
      ];
    },
    read: ([roleRows, inline, attached, boundary, trialRows]) => {
      const [role] = roleRows as RoleRow[]; // the first query above
      if (role === undefined) return null;
      const bundle = readBundle({ accountId, boundaryArn: role.boundaryArn, inline, attached, boundary });
      const arn = roleArn(accountId, role.path, role.name);
      const trial = readTrustTrial(trialRows, arn);
      return {
        value: {
          accountId,
          roleId: role.roleId,
          name: role.name,
          arn,
          trust: {
            source: `trust policy of ${arn}`,
            policy: compileStored(role.trustDocument, 'trust', new Map(Object.entries(role.trustPins))),
          },
          ...(trial !== null && { trustTrial: trial.policy }),
          maxSessionSeconds: role.maxSessionSeconds,
          tags: role.tags,
          policies: bundle.policies,
        },
        entities: [roleEntity(accountId, role.roleId), ...bundle.entities],
        bytes: bundle.bytes + weigh(role.trustDocument) + (trial?.characters ?? 0) * 10 + 512,
      };
    },
  };
}

/** A customer managed policy by its ARN, for session policies. */
export const managedPolicyLoad = (db: Database, accountId: string, arn: string): Load<SourcedPolicy> => ({
  key: policyEntity(accountId, arn),
  queries: () => [managedDocumentQuery(db, accountId, sql`${arn}`)],
  read: ([rows]) => {
    const [row] = rows as { document: string }[]; // managedDocumentQuery
    if (row === undefined) return null;
    return {
      value: compileManaged(arn, row.document, 'session'),
      entities: [policyEntity(accountId, arn)],
      bytes: weigh(row.document),
    };
  },
});

/** @param url - the issuer without its scheme */
export const oidcProviderLoad = (db: Database, accountId: string, url: string): Load<OidcProvider> => ({
  key: oidcProviderEntity(accountId, url),
  queries: () => [
    db
      .select()
      .from(oidcProviders)
      .where(and(eq(oidcProviders.accountId, accountId), eq(oidcProviders.url, url))),
  ],
  read: readOidcProvider,
});

/** The same by its unique id, as it stands in the paths of browser logins. */
export const oidcProviderByIdLoad = (
  db: Database,
  accountId: string,
  providerId: string,
): Load<OidcProvider> => ({
  key: `${accountId}/oidc-provider-id:${providerId}`,
  queries: () => [
    db
      .select()
      .from(oidcProviders)
      .where(and(eq(oidcProviders.accountId, accountId), eq(oidcProviders.providerId, providerId))),
  ],
  read: readOidcProvider,
});

function readOidcProvider([rows]: readonly unknown[]): Loaded<OidcProvider> | null {
  const [row] = rows as (typeof oidcProviders.$inferSelect)[]; // the one query of either load
  if (row === undefined) return null;
  const { thumbprints: _, tags: __, createdAtSeconds: ___, ...described } = row;
  const { accountId, url } = row;
  return {
    value: { ...described, arn: oidcProviderArn(accountId, url) },
    entities: [oidcProviderEntity(accountId, url)],
    bytes: 1024,
  };
}

/** Whether tokens may be issued for an audience. */
export const audienceLoad = (db: Database, accountId: string, audience: string): Load<true> => ({
  key: audienceEntity(accountId, audience),
  queries: () => [
    db
      .select({ audience: audiences.audience })
      .from(audiences)
      .where(and(eq(audiences.accountId, accountId), eq(audiences.audience, audience))),
  ],
  read: ([rows]) => {
    const found = rows as unknown[]; // the one query above
    return found.length === 0
      ? null
      : { value: true, entities: [audienceEntity(accountId, audience)], bytes: 256 };
  },
});

/** Which account setup made; null before. */
export const setupLoad = (db: Database): Load<{ readonly accountId: string }> => ({
  key: SETUP_ENTITY,
  queries: () => [db.select({ accountId: deployment.accountId }).from(deployment)],
  read: ([rows]) => {
    const [row] = rows as { accountId: string }[]; // the one query above
    return row === undefined ? null : { value: row, entities: [SETUP_ENTITY], bytes: 128 };
  },
});

/** Unknown key ids are an outsider's words: they make us read the keyring again no more often than this. */
const KEYRING_RENEWAL_MILLISECONDS = 1000;

/** Everything above behind the use-cases' port. */
export function createDirectory(
  db: Database,
  snapshot: Snapshot,
  encryption: () => Promise<KeyEncryption>,
  clock: Clock,
  freshnessSeconds: number,
): Directory {
  const revocations = createRevocationLists(db, snapshot, clock, freshnessSeconds);
  let keyringRenewedAt = Number.NEGATIVE_INFINITY;
  return {
    accessKey: (accountId, accessKeyId) => snapshot.get(accessKeyLoad(db, accountId, accessKeyId)),
    user: (accountId, name) => snapshot.get(userLoad(db, accountId, name)),
    userById: (accountId, userId) => snapshot.get(userByIdLoad(db, accountId, userId)),
    group: (accountId, name) => snapshot.get(groupLoad(db, accountId, name)),
    role: (accountId, name) => snapshot.get(roleLoad(db, accountId, name)),
    managedPolicy: async (accountId, arn) => {
      if (managedPolicies.has(arn)) return compileManaged(arn, null, 'session');
      return snapshot.get(managedPolicyLoad(db, accountId, arn));
    },
    oidcProvider: (accountId, url) => snapshot.get(oidcProviderLoad(db, accountId, url)),
    oidcProviderById: (accountId, providerId) =>
      snapshot.get(oidcProviderByIdLoad(db, accountId, providerId)),
    mappingRules: async (accountId, providerId) =>
      (await snapshot.get(mappingRulesLoad(db, accountId, providerId)))?.rules ?? null,
    providerClients: async (accountId, providerId) =>
      (await snapshot.get(providerClientsLoad(db, accountId, providerId))) ?? [],
    trustAnchor: (accountId, anchorId) => snapshot.get(trustAnchorLoad(db, accountId, anchorId)),
    anywhereProfile: (accountId, profileId) => snapshot.get(anywhereProfileLoad(db, accountId, profileId)),
    instance: (accountId, instanceId) => snapshot.get(instanceLoad(db, accountId, instanceId)),
    instanceByIdentity: (accountId, identityKey) =>
      snapshot.get(instanceByIdentityLoad(db, accountId, identityKey)),
    oauthClient: (accountId, clientId) => snapshot.get(oauthClientLoad(db, accountId, clientId)),
    oauthScope: (accountId, scope) => snapshot.get(oauthScopeLoad(db, accountId, scope)),
    revocations,
    outboundFederationIsEnabled: async (accountId) =>
      (await snapshot.get(outboundFederationLoad(db, accountId)))?.enabled ?? false,
    samlProvider: (accountId, providerId) => snapshot.get(samlProviderLoad(db, accountId, providerId)),
    samlProviderByName: (accountId, name) => snapshot.get(samlProviderByNameLoad(db, accountId, name)),
    audienceIsRegistered: async (accountId, audience) =>
      (await snapshot.get(audienceLoad(db, accountId, audience))) ?? false,
    keyring: async (keyId) => {
      const held = await snapshot.get(keyringLoad(db, encryption, clock));
      if (held === null || keyId === undefined || knowsKey(held, keyId)) return held;
      const now = clock.nowMilliseconds();
      if (now - keyringRenewedAt < KEYRING_RENEWAL_MILLISECONDS) return held;
      keyringRenewedAt = now;
      return snapshot.reload(keyringLoad(db, encryption, clock));
    },
    setUpAccount: async () => (await snapshot.get(setupLoad(db)))?.accountId ?? null,
  };
}
