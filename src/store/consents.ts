import { and, desc, eq, gt, lte } from 'drizzle-orm';
import type { Consent } from '../core/oauth/consent.ts';
import type { Consents } from '../core/repositories/consents.ts';
import type { SignInOwner } from '../core/sign-in/identity.ts';
import type { BatchWriter } from './batch.ts';
import { type Database, type Query, runBatch } from './database.ts';
import { readRows } from './read.ts';
import { consents as table } from './schema/consents.ts';

/** A person has few applications; more than these are not shown, and all of them can be taken back one by one. */
const MAX_LISTED = 200;

const ofOwner = (accountId: string, { type, id }: SignInOwner) =>
  and(eq(table.accountId, accountId), eq(table.ownerType, type), eq(table.ownerId, id));

export const createConsents = (db: Database, writer: BatchWriter): Consents => ({
  async find(accountId, owner, clientId) {
    const [row] = await readRows(
      db,
      db
        .select()
        .from(table)
        .where(and(ofOwner(accountId, owner), eq(table.clientId, clientId))),
    );
    return row === undefined ? null : consentOf(row);
  },

  async list(accountId, owner, nowSeconds) {
    const rows = await readRows(
      db,
      db
        .select()
        .from(table)
        .where(and(ofOwner(accountId, owner), gt(table.expiresAtSeconds, nowSeconds)))
        .orderBy(desc(table.givenAtSeconds))
        .limit(MAX_LISTED),
    );
    return rows.map(consentOf);
  },

  async remove(accountId, owner, clientId, event) {
    await writer.commit({
      queries: [db.delete(table).where(and(ofOwner(accountId, owner), eq(table.clientId, clientId)))],
      entities: [],
      event: event(),
    });
  },

  async sweep(nowSeconds) {
    await runBatch(db, [db.delete(table).where(lte(table.expiresAtSeconds, nowSeconds))]);
  },
});

/** Keeps a consent in the place of the one before, in the batch of the code that it lets. */
export const keepConsent = (db: Database, { owner, ...consent }: Consent): Query =>
  db
    .insert(table)
    .values({ ...consent, ownerType: owner.type, ownerId: owner.id })
    .onConflictDoUpdate({
      target: [table.accountId, table.ownerType, table.ownerId, table.clientId],
      set: {
        roleArn: consent.roleArn,
        roleId: consent.roleId,
        scopes: consent.scopes,
        audiences: consent.audiences,
        givenAtSeconds: consent.givenAtSeconds,
        expiresAtSeconds: consent.expiresAtSeconds,
      },
    });

/** In the batch that removes the client. */
export const removeConsentsTo = (db: Database, accountId: string, clientId: string): Query =>
  db.delete(table).where(and(eq(table.accountId, accountId), eq(table.clientId, clientId)));

/** In the batch that removes the person. */
export const removeConsentsOf = (db: Database, accountId: string, owner: SignInOwner): Query =>
  db.delete(table).where(ofOwner(accountId, owner));

const consentOf = ({ ownerType, ownerId, ...row }: typeof table.$inferSelect): Consent => ({
  ...row,
  owner: { type: ownerType, id: ownerId },
});
