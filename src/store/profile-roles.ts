/** The role of an instance profile: one, or none. */
import { and, eq, isNull, sql } from 'drizzle-orm';
import { Fault } from '../core/faults.ts';
import type { InstanceProfiles } from '../core/repositories/instance-profiles.ts';
import { type BatchWriter, guarded, required } from './batch.ts';
import type { Database } from './database.ts';
import { instanceProfileEntity } from './entity.ts';
import { noSuchOwner, ownerExists, requireOwner } from './owners.ts';
import { noSuchProfile, requireProfile, theProfile } from './profile-rows.ts';
import { instanceProfiles } from './schema/instance-profiles.ts';

export function createProfileRoles(
  db: Database,
  writer: BatchWriter,
): Pick<InstanceProfiles, 'addRole' | 'removeRole'> {
  /** Both sides, or the refusal of the one that is not there. */
  const requireBoth = async (accountId: string, name: string, roleName: string) => ({
    profile: await requireProfile(db, accountId, name),
    role: await requireOwner(db, accountId, { type: 'role', name: roleName }),
  });

  return {
    async addRole(accountId, name, roleName, event) {
      const { profile, role } = await requireBoth(accountId, name, roleName);
      const { profileId } = profile;
      await writer.commit({
        queries: [
          required(
            db,
            'found',
            sql`(select count(*) from instance_profiles where account_id = ${accountId} and profile_id = ${profileId})`,
          ),
          ...guarded(
            db,
            'withinQuota',
            db
              .update(instanceProfiles)
              .set({ roleId: role.id })
              .where(and(theProfile(profile), isNull(instanceProfiles.roleId))),
          ),
          ownerExists(db, accountId, role),
        ],
        entities: [instanceProfileEntity(accountId, profileId)],
        event: event({ instanceProfileId: profileId, roleId: role.id }),
        faults: {
          found: () => noSuchProfile(name),
          unchanged: () => noSuchOwner({ type: 'role', name: roleName }),
          withinQuota: () =>
            new Fault('limit_exceeded', 'Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1'),
        },
      });
    },

    async removeRole(accountId, name, roleName, event) {
      const { profile, role } = await requireBoth(accountId, name, roleName);
      await writer.commit({
        queries: guarded(
          db,
          'found',
          db
            .update(instanceProfiles)
            .set({ roleId: null })
            .where(and(theProfile(profile), eq(instanceProfiles.roleId, role.id))),
        ),
        entities: [instanceProfileEntity(accountId, profile.profileId)],
        event: event({ instanceProfileId: profile.profileId, roleId: role.id }),
        faults: {
          found: () => new Fault('no_such_entity', `Role ${roleName} in Instance Profile ${name} not found.`),
        },
      });
    },
  };
}
