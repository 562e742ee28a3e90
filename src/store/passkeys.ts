import { and, asc, eq, not, or, type SQL, sql } from 'drizzle-orm';
import { Fault } from '../core/faults.ts';
import type { FactorOwner } from '../core/mfa/device.ts';
import type { Passkeys } from '../core/repositories/passkeys.ts';
import type { SignInOwner } from '../core/sign-in/identity.ts';
import { MAX_MFA_DEVICES, type Passkey } from '../core/sign-in/passkey.ts';
import { type BatchWriter, guarded, required } from './batch.ts';
import { type Database, type Query, runBatch } from './database.ts';
import { securityKeyAddition, securityKeyRemoval } from './mfa-assignment.ts';
import { readRows } from './read.ts';
import { webauthnCredentials, webauthnPolicies } from './schema/sign-in.ts';

export function createPasskeys(db: Database, writer: BatchWriter): Passkeys {
  /** A passkey whose MFA device is gone is gone itself; somebody from outside has no device row. */
  const alive: SQL = or(
    eq(webauthnCredentials.ownerType, 'federated'),
    sql`exists (select 1 from mfa_devices d where d.account_id = ${webauthnCredentials.accountId} and d.serial_number = ${webauthnCredentials.serialNumber})`,
  ) as SQL; // two conditions were given
  const ofOwner = (accountId: string, owner: SignInOwner) =>
    and(
      eq(webauthnCredentials.accountId, accountId),
      eq(webauthnCredentials.ownerType, owner.type),
      eq(webauthnCredentials.ownerId, owner.id),
    );
  const one = (accountId: string, credentialId: string) =>
    and(eq(webauthnCredentials.accountId, accountId), eq(webauthnCredentials.credentialId, credentialId));
  const read = async (where: ReturnType<typeof and>) => {
    const rows = await readRows(
      db,
      db
        .select()
        .from(webauthnCredentials)
        .where(and(where, alive))
        .orderBy(asc(webauthnCredentials.createdAtSeconds)),
    );
    return rows.map(passkeyOf);
  };

  return {
    async add(accountId, passkey, event) {
      const { owner, ...row } = passkey;
      await writer.commit({
        queries: [
          // The key of a device that was deactivated through IAM may come back.
          db.delete(webauthnCredentials).where(and(one(accountId, passkey.credentialId), not(alive))),
          db
            .insert(webauthnCredentials)
            .values({ ...row, accountId, ownerType: owner.type, ownerId: owner.id }),
          ...deviceRows(db, accountId, passkey),
        ],
        entities: [],
        event: event({ serialNumber: passkey.serialNumber }),
        faults: {
          unique: () => new Fault('entity_already_exists', 'this passkey is registered already'),
          withinQuota: () =>
            new Fault('limit_exceeded', `a person has at most ${MAX_MFA_DEVICES} passkeys and MFA devices`),
          found: () => new Fault('no_such_entity', 'this user does not exist any more'),
        },
      });
    },

    async find(accountId, credentialId) {
      const [passkey] = await read(one(accountId, credentialId));
      return passkey ?? null;
    },

    list: (accountId, owner) => read(ofOwner(accountId, owner)),

    async use(accountId, credentialId, { counter, atSeconds }) {
      const unsupported = and(eq(webauthnCredentials.counter, 0), sql`${counter} = 0`);
      const [rows] = await runBatch(db, [
        db
          .update(webauthnCredentials)
          .set({ counter, lastUsedAtSeconds: atSeconds })
          .where(
            and(
              one(accountId, credentialId),
              or(sql`${webauthnCredentials.counter} < ${counter}`, unsupported),
            ),
          )
          .returning({ credentialId: webauthnCredentials.credentialId }),
      ]);
      return Array.isArray(rows) && rows.length === 1;
    },

    async rename(accountId, owner, credentialId, name, event) {
      await writer.commit({
        queries: guarded(
          db,
          'found',
          db
            .update(webauthnCredentials)
            .set({ name })
            .where(and(ofOwner(accountId, owner), eq(webauthnCredentials.credentialId, credentialId))),
        ),
        entities: [],
        event: event(),
        faults: { found: notYours },
      });
    },

    async remove(accountId, owner, credentialId, event) {
      const mine = and(ofOwner(accountId, owner), eq(webauthnCredentials.credentialId, credentialId));
      const [passkey] = await read(mine);
      if (passkey === undefined) throw notYours();
      await writer.commit({
        queries:
          owner.type === 'federated'
            ? guarded(db, 'found', db.delete(webauthnCredentials).where(mine))
            : securityKeyRemoval(db, accountId, factorOwnerOf(owner), passkey.serialNumber),
        entities: [],
        event: event(),
        faults: { found: notYours },
      });
    },

    async attestationPolicy(accountId) {
      const [row] = await readRows(
        db,
        db.select().from(webauthnPolicies).where(eq(webauthnPolicies.accountId, accountId)),
      );
      return row ?? { attestation: 'none', aaguids: [], rootCertificates: '' };
    },

    async setAttestationPolicy(accountId, { attestation, aaguids, rootCertificates }, event) {
      const set = { attestation, aaguids, rootCertificates };
      await writer.commit({
        queries: [
          db
            .insert(webauthnPolicies)
            .values({ accountId, ...set })
            .onConflictDoUpdate({ target: webauthnPolicies.accountId, set }),
        ],
        entities: [],
        event: event(),
      });
    },
  };
}

/** The row that IAM lists the passkey by, and what holds its number; somebody from outside has neither. */
function deviceRows(db: Database, accountId: string, passkey: Passkey): readonly Query[] {
  const { owner, serialNumber, createdAtSeconds } = passkey;
  if (owner.type !== 'federated') {
    return securityKeyAddition(db, accountId, factorOwnerOf(owner), serialNumber, createdAtSeconds);
  }
  const held = sql`(select count(*) <= ${MAX_MFA_DEVICES} from webauthn_credentials where account_id = ${accountId} and owner_type = 'federated' and owner_id = ${owner.id})`;
  return [required(db, 'withinQuota', held)];
}

/** The id decides; the name would stand in refusals alone, which are worded anew here. */
const factorOwnerOf = (owner: SignInOwner): FactorOwner =>
  owner.type === 'root' ? { type: 'root' } : { type: 'user', userId: owner.id, userName: '' };

const notYours = (): Fault => new Fault('no_such_entity', 'this passkey is not there any more');

type Row = typeof webauthnCredentials.$inferSelect;

const passkeyOf = ({ accountId: _, ownerType, ownerId, ...row }: Row): Passkey => ({
  ...row,
  owner: { type: ownerType, id: ownerId },
});
