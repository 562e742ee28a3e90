import { and, eq } from 'drizzle-orm';
import { roleArn } from '../core/arn.ts';
import { Fault } from '../core/faults.ts';
import { UNIQUE_ID_RANDOM_BYTES, uniqueId } from '../core/ids.ts';
import type { Random } from '../core/ports.ts';
import type { MakeEvent, TagRecord } from '../core/repositories/change.ts';
import type { RoleRecord, Roles } from '../core/repositories/roles.ts';
import { notAttachable, policyExists } from './attachable.ts';
import { type BatchWriter, guarded } from './batch.ts';
import { countDown, countUp, overQuota } from './counters.ts';
import type { Database } from './database.ts';
import { roleEntity } from './entity.ts';
import { heldMeanwhile, refuseWhileHeld, roleHolds, unheld } from './holds.ts';
import { pageOf, pathPage, rowsWanted } from './page.ts';
import { readRows } from './read.ts';
import { trustTrials } from './schema/federation.ts';
import { roles } from './schema/identities.ts';
import { addTags, removeTags } from './tags.ts';
import { pinPrincipals, shownTrusts } from './trust-pins.ts';

type RoleRow = typeof roles.$inferSelect;
type RoleChange = Partial<
  Pick<RoleRow, 'description' | 'maxSessionSeconds' | 'trustDocument' | 'trustPins' | 'boundaryArn'>
>;

export function createRoles(db: Database, writer: BatchWriter, random: Random): Roles {
  const byId = (accountId: string, roleId: string) =>
    and(eq(roles.accountId, accountId), eq(roles.roleId, roleId));

  const requireRow = async (accountId: string, name: string): Promise<RoleRow> => {
    const [row] = await readRows(
      db,
      db
        .select()
        .from(roles)
        .where(and(eq(roles.accountId, accountId), eq(roles.nameKey, name.toLowerCase()))),
    );
    if (row === undefined) throw noSuchRole(name);
    return row;
  };

  const change = async (accountId: string, name: string, changed: RoleChange, event: MakeEvent) => {
    const row = await requireRow(accountId, name);
    const { roleId } = row;
    const { boundaryArn = null } = changed;
    const values = { name: row.name, ...changed }; // a role's name never changes; an UPDATE must set something
    await writer.commit({
      queries: [
        ...guarded(db, 'unchanged', db.update(roles).set(values).where(byId(accountId, roleId))),
        ...policyExists(db, accountId, boundaryArn),
      ],
      entities: [roleEntity(accountId, roleId)],
      event: event({ roleId }),
      faults: { unchanged: () => noSuchRole(name), found: () => notAttachable(boundaryArn ?? '') },
    });
  };

  /** Replaces the tags, unless somebody else has changed them meanwhile. */
  const replaceTags = (row: RoleRow, tags: readonly TagRecord[], event: MakeEvent) => {
    const { accountId, roleId, name } = row;
    return writer.commit({
      queries: guarded(
        db,
        'unchanged',
        db
          .update(roles)
          .set({ tags })
          .where(and(byId(accountId, roleId), eq(roles.tags, row.tags))),
      ),
      entities: [roleEntity(accountId, roleId)],
      event: event({ roleId }),
      faults: { unchanged: () => changedMeanwhile(name) },
    });
  };

  return {
    async create(accountId, role, makeEvent) {
      const { name, path, description, trust, maxSessionSeconds, boundaryArn } = role;
      const roleId = uniqueId('AROA', random.bytes(UNIQUE_ID_RANDOM_BYTES));
      const tags = addTags([], role.tags);
      const trustPins = await pinPrincipals(db, accountId, trust.document);
      const event = makeEvent({ roleId, arn: roleArn(accountId, path, name) });
      const row: RoleRow = {
        ...{ accountId, roleId, name, nameKey: name.toLowerCase(), path, description },
        ...{ trustDocument: trust.text, trustPins, maxSessionSeconds, boundaryArn, tags },
        createdAtSeconds: Math.floor(event.atMilliseconds / 1000),
      };
      await writer.commit({
        queries: [
          ...countUp(db, accountId, 'Roles'),
          db.insert(roles).values(row),
          ...policyExists(db, accountId, boundaryArn),
        ],
        entities: [roleEntity(accountId, roleId)],
        event,
        faults: {
          unique: () => new Fault('entity_already_exists', `Role with name ${name} already exists.`),
          withinQuota: () => overQuota(db, accountId, 'Roles', 'RolesPerAccount'),
          found: () => notAttachable(boundaryArn ?? ''),
        },
      });
      return recordOf(row, trust.text);
    },

    async require(accountId, name) {
      const row = await requireRow(accountId, name);
      const [shown] = await showRoles(db, [row]);
      return shown ?? recordOf(row, row.trustDocument);
    },

    async list(accountId, pathPrefix, page) {
      const { where, order, keyOf } = pathPage(roles, pathPrefix, page);
      const rows = await readRows(
        db,
        db
          .select()
          .from(roles)
          .where(and(eq(roles.accountId, accountId), where))
          .orderBy(...order)
          .limit(rowsWanted(page)),
      );
      const { items, next } = pageOf(rows, page, keyOf);
      return { items: await showRoles(db, items), next };
    },

    update: change,

    async setTrust(accountId, name, { text, document }, event) {
      const trustPins = await pinPrincipals(db, accountId, document);
      await change(accountId, name, { trustDocument: text, trustPins }, event);
    },

    async remove(accountId, name, event) {
      const { roleId } = await requireRow(accountId, name);
      const holds = roleHolds(accountId, roleId);
      await refuseWhileHeld(db, holds);
      await writer.commit({
        queries: [
          ...guarded(db, 'found', db.delete(roles).where(byId(accountId, roleId))),
          ...unheld(db, holds),
          db
            .delete(trustTrials)
            .where(and(eq(trustTrials.accountId, accountId), eq(trustTrials.roleId, roleId))),
          countDown(db, accountId, 'Roles'),
        ],
        entities: [roleEntity(accountId, roleId)],
        event: event({ roleId }),
        faults: { found: () => noSuchRole(name), unreferenced: heldMeanwhile },
      });
    },

    async tag(accountId, name, tags, event) {
      const row = await requireRow(accountId, name);
      await replaceTags(row, addTags(row.tags, tags), event);
    },

    async untag(accountId, name, keys, event) {
      const row = await requireRow(accountId, name);
      await replaceTags(row, removeTags(row.tags, keys), event);
    },

    setBoundary: (accountId, name, boundaryArn, event) => change(accountId, name, { boundaryArn }, event),
  };
}

/** Rows of roles as the outside sees them, in order. */
export async function showRoles(db: Database, rows: readonly RoleRow[]): Promise<readonly RoleRecord[]> {
  const trusts = await shownTrusts(db, rows);
  return rows.map((row, index) => recordOf(row, trusts[index] ?? row.trustDocument));
}

function recordOf(row: RoleRow, trustDocument: string): RoleRecord {
  const { roleId, name, path, description, maxSessionSeconds, createdAtSeconds, tags, boundaryArn } = row;
  const arn = roleArn(row.accountId, path, name);
  return {
    ...{ roleId, name, path, arn, description, trustDocument },
    ...{ maxSessionSeconds, createdAtSeconds, tags, boundaryArn },
  };
}

/** The refusal of a role that is not there. */
export const noSuchRole = (name: string): Fault =>
  new Fault('no_such_entity', `The role with name ${name} cannot be found.`);

const changedMeanwhile = (name: string): Fault =>
  new Fault('concurrent_modification', `The role with name ${name} is being changed, try again.`);
