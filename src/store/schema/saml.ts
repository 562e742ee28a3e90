import { sql } from 'drizzle-orm';
import { integer, primaryKey, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';
import type { TagRow } from './identities.ts';

/** A certificate that may sign, in base64 DER. */
export interface CertificateRow {
  readonly der: string;
  readonly notBeforeSeconds: number;
  readonly notAfterSeconds: number;
}

/** Where messages go, by SAML binding. */
export interface EndpointRow {
  readonly binding: string;
  readonly location: string;
  /** Where answers go, if not to the location. */
  readonly responseLocation?: string;
}

/** A private key that opens encrypted assertions; the certificate shows its public half to the identity provider. */
export interface PrivateKeyRow {
  readonly keyId: string;
  readonly addedAtSeconds: number;
  /** PKCS#8, sealed under the keyring's storage key and bound to provider and key id. */
  readonly sealed: string;
  readonly certificate: string;
}

/** Trusted SAML identity providers of an account: what their metadata says, never the document itself. */
export const samlProviders = sqliteTable(
  'saml_providers',
  {
    accountId: text('account_id').notNull(),
    /** The `SAMLProviderUUID` of IAM; it carries the account. */
    providerId: text('provider_id').notNull(),
    name: text('name').notNull(),
    nameKey: text('name_key').notNull(),
    entityId: text('entity_id').notNull(),
    certificates: text('certificates', { mode: 'json' }).$type<readonly CertificateRow[]>().notNull(),
    signOnEndpoints: text('sign_on_endpoints', { mode: 'json' }).$type<readonly EndpointRow[]>().notNull(),
    logoutEndpoints: text('logout_endpoints', { mode: 'json' }).$type<readonly EndpointRow[]>().notNull(),
    wantsSignedRequests: integer('wants_signed_requests', { mode: 'boolean' }).notNull(),
    /** From this moment on the metadata counts no more; null where it names none. */
    validUntilSeconds: integer('valid_until_seconds'),
    requiresEncryption: integer('requires_encryption', { mode: 'boolean' }).notNull(),
    privateKeys: text('private_keys', { mode: 'json' }).$type<readonly PrivateKeyRow[]>().notNull(),
    /** Whether a response that answers no request of ours may begin a browser login. */
    admitsUnsolicited: integer('admits_unsolicited', { mode: 'boolean' }).notNull(),
    /** Authentication context classes that count as a second factor. */
    mfaContextClasses: text('mfa_context_classes', { mode: 'json' })
      .$type<readonly string[]>()
      .notNull()
      .default(sql`'[]'`),
    tags: text('tags', { mode: 'json' }).$type<readonly TagRow[]>().notNull(),
    createdAtSeconds: integer('created_at_seconds').notNull(),
    /** Raised by each change: a change made from an older reading is refused. */
    revision: integer('revision').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.accountId, t.providerId] }),
    uniqueIndex('saml_providers_name').on(t.accountId, t.nameKey),
  ],
);
