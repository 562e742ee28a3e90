import { index, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import type { TagRow } from './identities.ts';

/**
 * MFA devices: virtual ones with all that checking a code needs, and one row for each passkey or security key, which has the
 * rest of its own in `webauthn_credentials`.
 */
export const mfaDevices = sqliteTable(
  'mfa_devices',
  {
    accountId: text('account_id').notNull(),
    /** The serial number in lower case: names are unique case-insensitively. */
    serialKey: text('serial_key').notNull(),
    /** The device's ARN. */
    serialNumber: text('serial_number').notNull(),
    kind: text('kind', { enum: ['virtual', 'webauthn'] }).notNull(),
    /** Null while a virtual device is assigned to nobody. */
    ownerType: text('owner_type', { enum: ['user', 'root'] }),
    /** The user's unique id; the account id for root. */
    ownerId: text('owner_id'),
    /** Seed of a virtual device, sealed under the keyring, bound to this row. */
    sealedSeed: text('sealed_seed'),
    /** The last time step whose code was accepted: no code counts twice. */
    lastStep: integer('last_step'),
    /** How many time steps the device's clock is ahead. */
    driftSteps: integer('drift_steps').notNull().default(0),
    tags: text('tags', { mode: 'json' }).$type<readonly TagRow[]>().notNull(),
    createdAtSeconds: integer('created_at_seconds').notNull(),
    enabledAtSeconds: integer('enabled_at_seconds'),
  },
  (t) => [
    primaryKey({ columns: [t.accountId, t.serialKey] }),
    index('mfa_devices_owner').on(t.accountId, t.ownerType, t.ownerId),
    index('mfa_devices_kind').on(t.accountId, t.kind, t.serialKey),
  ],
);

/** Wrong passwords and codes in a row, by person and factor. */
export const authenticationFailures = sqliteTable(
  'authentication_failures',
  {
    accountId: text('account_id').notNull(),
    /** `user:` and the unique id, `root`, or `nobody` for names that no user has. */
    subject: text('subject').notNull(),
    factor: text('factor', { enum: ['mfa', 'password'] }).notNull(),
    /** Tries since the last good one, begun ones included. */
    failures: integer('failures').notNull(),
    lockedUntilSeconds: integer('locked_until_seconds'),
  },
  (t) => [primaryKey({ columns: [t.accountId, t.subject, t.factor] })],
);
