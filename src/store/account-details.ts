/** An account's entities with their policies, page by page: each page reads by index no more than it shows. */
import { and, asc, desc, eq, sql } from 'drizzle-orm';
import { managedPolicies } from '../core/policy/managed/index.ts';
import {
  type AccountDetail,
  type AccountDetails,
  DETAIL_SECTIONS,
  type DetailSection,
} from '../core/repositories/account-details.ts';
import type { Groups } from '../core/repositories/groups.ts';
import type { Page, PageRequest } from '../core/repositories/page.ts';
import type { ManagedPolicies, PolicyRecord } from '../core/repositories/policies.ts';
import type { Roles } from '../core/repositories/roles.ts';
import type { UserRecord, Users } from '../core/repositories/users.ts';
import { awsPolicyVersionOf } from './aws-policies.ts';
import type { Database } from './database.ts';
import { readEntityPolicies } from './entity-policies.ts';
import { isOneOf, readOwnPolicies } from './own-policies.ts';
import { pageWhole } from './page.ts';
import { readProfilesOf } from './profile-rows.ts';
import { readRows } from './read.ts';
import { groupMembers, groups } from './schema/identities.ts';
import { policyVersions } from './schema/policies.ts';

/** With their documents, more entities than this would make an answer of many megabytes. */
const MAX_PAGE = 100;

interface Sources {
  readonly users: Pick<Users, 'list'>;
  readonly groups: Pick<Groups, 'list'>;
  readonly roles: Pick<Roles, 'list'>;
  readonly policies: Pick<ManagedPolicies, 'list'>;
}

type ListSection = (accountId: string, page: PageRequest) => Promise<Page<AccountDetail>>;

export function createAccountDetails(db: Database, sources: Sources): AccountDetails {
  const lists: Readonly<Record<DetailSection, ListSection>> = {
    async User(accountId, page) {
      const { items, next } = await sources.users.list(accountId, '/', page);
      const ids = items.map(({ userId }) => userId);
      const ownOf = await readOwnPolicies(db, accountId, 'user', ids);
      const groupNamesOf = await readGroupNames(db, accountId, items);
      return {
        items: items.map((user) => ({
          kind: 'user',
          user,
          own: ownOf(user.userId),
          groupNames: groupNamesOf(user.userId),
        })),
        next,
      };
    },

    async Group(accountId, page) {
      const { items, next } = await sources.groups.list(accountId, '/', page);
      const ids = items.map(({ groupId }) => groupId);
      const ownOf = await readOwnPolicies(db, accountId, 'group', ids);
      return { items: items.map((group) => ({ kind: 'group', group, own: ownOf(group.groupId) })), next };
    },

    async Role(accountId, page) {
      const { items, next } = await sources.roles.list(accountId, '/', page);
      const ids = items.map(({ roleId }) => roleId);
      const ownOf = await readOwnPolicies(db, accountId, 'role', ids);
      const profilesOf = await readProfilesOf(db, accountId, items);
      return {
        items: items.map((role) => ({
          kind: 'role',
          role,
          own: ownOf(role.roleId),
          profiles: profilesOf(role),
        })),
        next,
      };
    },

    async LocalManagedPolicy(accountId, page) {
      const filter = { scope: 'Local', onlyAttached: false, pathPrefix: '/', usage: null } as const;
      const { items, next } = await sources.policies.list(accountId, filter, page);
      const versionsOf = await readVersions(db, accountId, items);
      return {
        items: items.map((policy) => ({ kind: 'policy', policy, versions: versionsOf(policy) })),
        next,
      };
    },

    async AWSManagedPolicy(accountId, page) {
      const filter = { scope: 'AWS', onlyAttached: false, pathPrefix: '/', usage: null } as const;
      const all = { after: null, limit: managedPolicies.size }; // they are few and live in the code
      const { items: known } = await sources.policies.list(accountId, filter, all);
      const used = known.filter(({ attachmentCount, boundaryCount }) => attachmentCount + boundaryCount > 0);
      const { items, next } = pageWhole(used, page, ({ name }) => name.toLowerCase());
      return { items: items.flatMap(predefinedDetail), next };
    },
  };

  return {
    async list(accountId, wanted, { after, limit }) {
      const sections = DETAIL_SECTIONS.filter((section) => wanted.has(section));
      let at = placeOf(after);
      let room = Math.min(limit, MAX_PAGE);
      const found: AccountDetail[] = [];
      for (const section of sections) {
        if (isBefore(section, at)) continue;
        if (room === 0) return { items: found, next: `${section}:` };
        const within = at?.section === section && at.after !== '' ? at.after : null;
        const { items, next } = await lists[section](accountId, { after: within, limit: room });
        found.push(...items);
        if (next !== null) return { items: found, next: `${section}:${next}` };
        room -= items.length;
        at = null;
      }
      return { items: found, next: null };
    },

    policiesOf: (accountId, owner) => readEntityPolicies(db, accountId, owner),
  };
}

/** Where a page goes on: a section, and the last key seen in it. */
interface Place {
  readonly section: DetailSection;
  readonly after: string;
}

function placeOf(after: string | null): Place | null {
  if (after === null) return null;
  const colon = after.indexOf(':');
  const section = DETAIL_SECTIONS.find((each) => each === after.slice(0, colon));
  return section === undefined ? null : { section, after: after.slice(colon + 1) };
}

const isBefore = (section: DetailSection, place: Place | null): boolean =>
  place !== null && DETAIL_SECTIONS.indexOf(section) < DETAIL_SECTIONS.indexOf(place.section);

function predefinedDetail(policy: PolicyRecord): readonly AccountDetail[] {
  const predefined = managedPolicies.get(policy.arn);
  if (predefined === undefined) return [];
  return [{ kind: 'policy', policy, versions: [awsPolicyVersionOf(predefined)] }];
}

/** The names of each user's groups, in order. */
async function readGroupNames(
  db: Database,
  accountId: string,
  users: readonly UserRecord[],
): Promise<(userId: string) => readonly string[]> {
  const ids = users.map(({ userId }) => userId);
  const rows = await readRows(
    db,
    db
      .select({ userId: groupMembers.userId, name: groups.name })
      .from(groupMembers)
      .innerJoin(
        groups,
        and(eq(groups.accountId, groupMembers.accountId), eq(groups.groupId, groupMembers.groupId)),
      )
      .where(and(eq(groupMembers.accountId, accountId), isOneOf(groupMembers.userId, ids)))
      .orderBy(asc(sql`+${groups.nameKey}`)),
  );
  const byUser = Map.groupBy(rows, ({ userId }) => userId);
  return (userId) => (byUser.get(userId) ?? []).map(({ name }) => name);
}

/** The versions of each policy, newest first. */
async function readVersions(db: Database, accountId: string, policies: readonly PolicyRecord[]) {
  const ids = policies.map(({ policyId }) => policyId);
  const rows = await readRows(
    db,
    db
      .select()
      .from(policyVersions)
      .where(and(eq(policyVersions.accountId, accountId), isOneOf(policyVersions.policyId, ids)))
      .orderBy(desc(policyVersions.version)),
  );
  const byPolicy = Map.groupBy(rows, ({ policyId }) => policyId);
  return ({ policyId, defaultVersion }: PolicyRecord) =>
    (byPolicy.get(policyId) ?? []).map(({ version, document, createdAtSeconds }) => ({
      ...{ version, document, createdAtSeconds },
      isDefault: version === defaultVersion,
    }));
}
