import { and, asc, eq, getTableColumns, gt, isNull, lt, sql } from 'drizzle-orm';
import { enrolmentCodeArn } from '../core/arn.ts';
import { Fault } from '../core/faults.ts';
import { RESOURCE_ID_RANDOM_BYTES, resourceId } from '../core/ids.ts';
import type { Random } from '../core/ports.ts';
import type { EnrolmentCodeRecord, EnrolmentCodes } from '../core/repositories/instances.ts';
import { type BatchWriter, guarded, required } from './batch.ts';
import { countUp } from './counters.ts';
import { type Database, runBatch } from './database.ts';
import { instanceEntity } from './entity.ts';
import { newAssociationId, profileStands } from './instance-associations.ts';
import { instanceRecordOf } from './instance-rows.ts';
import { identityIsTaken, newInstanceId, newInstanceRow, tooManyInstances } from './instances.ts';
import { useOnce } from './one-time-values.ts';
import { afterKey, pageOf, rowsWanted } from './page.ts';
import { noSuchProfile, requireProfile } from './profile-rows.ts';
import { readRows } from './read.ts';
import { instanceProfiles } from './schema/instance-profiles.ts';
import { enrolmentCodes, instances } from './schema/instances.ts';
import { addTags } from './tags.ts';

type CodeRow = typeof enrolmentCodes.$inferSelect;

/** Codes of an account that still can be redeemed. */
const MAX_OPEN_CODES = 1000;
/** How long what became of a code is still shown. */
const KEPT_SECONDS = 7 * 86_400;

export function createEnrolmentCodes(db: Database, writer: BatchWriter, random: Random): EnrolmentCodes {
  const ofAccount = (accountId: string, codeId: string) =>
    and(eq(enrolmentCodes.accountId, accountId), eq(enrolmentCodes.codeId, codeId));

  return {
    async create(accountId, { codeHash, profileName, tags, expiresAtSeconds }, makeEvent) {
      const profile = await requireProfile(db, accountId, profileName);
      const codeId = resourceId('ec', random.bytes(RESOURCE_ID_RANDOM_BYTES));
      const event = makeEvent({ enrolmentCodeId: codeId, instanceProfileId: profile.profileId });
      const row: CodeRow = {
        ...{ accountId, codeId, codeHash, profileId: profile.profileId, tags: addTags([], tags) },
        ...{ createdAtSeconds: Math.floor(event.atMilliseconds / 1000), expiresAtSeconds },
        ...{ redeemedAtSeconds: null, instanceId: null },
      };
      await writer.commit({
        queries: [
          required(
            db,
            'withinQuota',
            sql`(select count(*) from enrolment_codes where account_id = ${accountId} and redeemed_at_seconds is null and expires_at_seconds > ${row.createdAtSeconds}) < ${MAX_OPEN_CODES}`,
          ),
          profileStands(db, profile),
          db.insert(enrolmentCodes).values(row),
        ],
        entities: [],
        event,
        faults: {
          found: () => noSuchProfile(profileName),
          withinQuota: () =>
            new Fault('limit_exceeded', `Cannot exceed quota for OpenEnrolmentCodes: ${MAX_OPEN_CODES}`),
        },
      });
      return recordOf({ ...row, profileName: profile.name });
    },

    async list(accountId, page) {
      const rows = await readRows(
        db,
        db
          .select({ ...getTableColumns(enrolmentCodes), profileName: instanceProfiles.name })
          .from(enrolmentCodes)
          .leftJoin(
            instanceProfiles,
            and(
              eq(instanceProfiles.accountId, enrolmentCodes.accountId),
              eq(instanceProfiles.profileId, enrolmentCodes.profileId),
            ),
          )
          .where(and(eq(enrolmentCodes.accountId, accountId), afterKey(enrolmentCodes.codeId, page)))
          .orderBy(asc(enrolmentCodes.codeId))
          .limit(rowsWanted(page)),
      );
      const { items, next } = pageOf(rows, page, (row) => row.codeId);
      return { items: items.map(recordOf), next };
    },

    remove: (accountId, codeId, event) =>
      writer.commit({
        queries: guarded(db, 'found', db.delete(enrolmentCodes).where(ofAccount(accountId, codeId))),
        entities: [],
        event: event({ enrolmentCodeId: codeId }),
        faults: {
          found: () => new Fault('no_such_entity', `The enrolment code ${codeId} cannot be found.`),
        },
      }),

    async redeem(accountId, { codeHash, proof }, identity, makeEvent) {
      const instanceId = newInstanceId(random);
      const event = makeEvent(instanceId);
      const nowSeconds = Math.floor(event.atMilliseconds / 1000);
      const open = and(
        eq(enrolmentCodes.accountId, accountId),
        eq(enrolmentCodes.codeHash, codeHash),
        isNull(enrolmentCodes.redeemedAtSeconds),
        gt(enrolmentCodes.expiresAtSeconds, nowSeconds),
      );
      const [code] = await readRows(db, db.select().from(enrolmentCodes).where(open));
      if (code === undefined) throw notValid();
      const row = {
        ...newInstanceRow(accountId, instanceId, { identity, description: '', tags: code.tags }, nowSeconds),
        ...{ associationId: newAssociationId(random), associatedAtSeconds: nowSeconds },
        profileId: code.profileId,
      };
      await writer.commit({
        queries: [
          // First: of many at once all but one abort here.
          ...guarded(
            db,
            'unused',
            db.update(enrolmentCodes).set({ redeemedAtSeconds: nowSeconds, instanceId }).where(open),
          ),
          profileStands(db, code),
          ...countUp(db, accountId, 'Instances'),
          db.insert(instances).values(row),
          ...useOnce(db, 'unchanged', accountId, proof),
        ],
        entities: [instanceEntity(accountId, instanceId)],
        event,
        faults: {
          unused: notValid,
          found: notValid,
          unchanged: notValid,
          unique: identityIsTaken,
          withinQuota: tooManyInstances(db, accountId),
        },
      });
      return instanceRecordOf({ ...row, profileName: null, profilePath: null });
    },

    async sweep(nowSeconds) {
      await runBatch(db, [
        db.delete(enrolmentCodes).where(lt(enrolmentCodes.expiresAtSeconds, nowSeconds - KEPT_SECONDS)),
      ]);
    },
  };
}

/** One thing to say of a code that is unknown, expired, redeemed, or for a profile that is gone. */
const notValid = (): Fault => new Fault('access_denied', 'the enrolment code is not valid');

function recordOf(row: CodeRow & { readonly profileName: string | null }): EnrolmentCodeRecord {
  const { accountId, codeHash: _, ...shown } = row;
  return { ...shown, arn: enrolmentCodeArn(accountId, row.codeId) };
}
