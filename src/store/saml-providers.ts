import { and, asc, eq } from 'drizzle-orm';
import { parseArn, samlProviderArn } from '../core/arn.ts';
import type { Directory } from '../core/directory.ts';
import { Fault } from '../core/faults.ts';
import type { Random } from '../core/ports.ts';
import type { MakeEvent } from '../core/repositories/change.ts';
import type { SamlProviderChange, SamlProviders } from '../core/repositories/saml-providers.ts';
import type { ReadPrivateKey } from '../core/saml/cryptography.ts';
import {
  SAML_ID_RANDOM_BYTES,
  SAML_KEY_ID_RANDOM_BYTES,
  samlKeyBinding,
  samlKeyId,
  samlProviderId,
} from '../core/saml/provider.ts';
import { type BatchWriter, guarded } from './batch.ts';
import { countDown, countUp, overQuota } from './counters.ts';
import type { Database } from './database.ts';
import { samlProviderEntity } from './entity.ts';
import { readRows } from './read.ts';
import { metadataColumns, recordOfRow, type SamlProviderRow } from './saml-provider-rows.ts';
import { mappingRules } from './schema/federation.ts';
import { identityLinks } from './schema/identity-links.ts';
import { type PrivateKeyRow, samlProviders } from './schema/saml.ts';
import { sealForRow } from './seal-secret.ts';
import { addTags, removeTags } from './tags.ts';

/** As AWS: one to use, and one to change to. */
const MAX_PRIVATE_KEYS = 2;
const RESOURCE = 'saml-provider/';

export interface SamlProvidersOptions {
  readonly db: Database;
  readonly writer: BatchWriter;
  readonly directory: Pick<Directory, 'keyring'>;
  readonly random: Random;
}

type ChangedColumns = Partial<Omit<SamlProviderRow, 'accountId' | 'providerId' | 'revision'>>;

export function createSamlProviders({ db, writer, directory, random }: SamlProvidersOptions): SamlProviders {
  const requireRow = async (accountId: string, arn: string): Promise<SamlProviderRow> => {
    const nameKey = nameOf(accountId, arn)?.toLowerCase();
    const [row] =
      nameKey === undefined
        ? []
        : await readRows(
            db,
            db
              .select()
              .from(samlProviders)
              .where(and(eq(samlProviders.accountId, accountId), eq(samlProviders.nameKey, nameKey))),
          );
    // Policy has decided on this very text: another case of the name would be a second name that no Deny knows.
    if (row === undefined || samlProviderArn(accountId, row.name) !== arn) throw noSuchProvider(arn);
    return row;
  };

  const sealKey = async (
    accountId: string,
    providerId: string,
    key: ReadPrivateKey,
    addedAtSeconds: number,
  ): Promise<PrivateKeyRow> => {
    const keyId = samlKeyId(random.bytes(SAML_KEY_ID_RANDOM_BYTES));
    const binding = samlKeyBinding(accountId, providerId, keyId);
    const sealed = await sealForRow(await directory.keyring(), binding, key.pkcs8, random);
    return { keyId, addedAtSeconds, sealed, certificate: key.certificate };
  };

  /** Replaces columns, unless somebody else has changed the row meanwhile. */
  const write = async (held: SamlProviderRow, columns: ChangedColumns, event: MakeEvent) => {
    const { accountId, providerId, revision } = held;
    const arn = samlProviderArn(accountId, held.name);
    await writer.commit({
      queries: guarded(
        db,
        'unchanged',
        db
          .update(samlProviders)
          .set({ ...columns, revision: revision + 1 })
          .where(and(byId(accountId, providerId), eq(samlProviders.revision, revision))),
      ),
      entities: [samlProviderEntity(accountId, providerId)],
      event: event({ sAMLProviderArn: arn }),
      faults: {
        unchanged: () =>
          new Fault('concurrent_modification', `The SAML Provider ${arn} is being changed, try again.`),
      },
    });
  };

  return {
    async create(accountId, { name, metadata, requiresEncryption, privateKey, tags }, makeEvent) {
      const arn = samlProviderArn(accountId, name);
      const providerId = samlProviderId(accountId, random.bytes(SAML_ID_RANDOM_BYTES));
      const event = makeEvent({ sAMLProviderArn: arn, sAMLProviderUUID: providerId });
      const createdAtSeconds = Math.floor(event.atMilliseconds / 1000);
      const row: SamlProviderRow = {
        accountId,
        providerId,
        name,
        nameKey: name.toLowerCase(),
        ...metadataColumns(metadata),
        requiresEncryption,
        privateKeys:
          privateKey === null ? [] : [await sealKey(accountId, providerId, privateKey, createdAtSeconds)],
        admitsUnsolicited: false,
        mfaContextClasses: [],
        tags: addTags([], tags),
        createdAtSeconds,
        revision: 1,
      };
      const quotaFault = await overQuota(db, accountId, 'SAMLProviders', 'SAMLProvidersPerAccount');
      await writer.commit({
        queries: [...countUp(db, accountId, 'SAMLProviders'), db.insert(samlProviders).values(row)],
        entities: [samlProviderEntity(accountId, providerId)],
        event,
        faults: {
          unique: () => new Fault('entity_already_exists', `SAML Provider with name ${name} already exists.`),
          withinQuota: () => quotaFault,
        },
      });
      return recordOfRow(row);
    },

    require: async (accountId, arn) => recordOfRow(await requireRow(accountId, arn)),

    async list(accountId) {
      const rows = await readRows(
        db,
        db
          .select()
          .from(samlProviders)
          .where(eq(samlProviders.accountId, accountId))
          .orderBy(asc(samlProviders.nameKey)),
      );
      return rows.map(recordOfRow);
    },

    async update(accountId, arn, change, event) {
      const held = await requireRow(accountId, arn);
      const nowSeconds = Math.floor(event().atMilliseconds / 1000);
      const added = change.addPrivateKey;
      const newKey =
        added === undefined ? null : await sealKey(accountId, held.providerId, added, nowSeconds);
      await write(held, changedColumns(held, change, newKey), event);
    },

    async remove(accountId, arn, event) {
      const { providerId } = await requireRow(accountId, arn);
      await writer.commit({
        queries: [
          ...[mappingRules, identityLinks].map((table) =>
            db.delete(table).where(and(eq(table.accountId, accountId), eq(table.providerId, providerId))),
          ),
          ...guarded(db, 'found', db.delete(samlProviders).where(byId(accountId, providerId))),
          countDown(db, accountId, 'SAMLProviders'),
        ],
        entities: [samlProviderEntity(accountId, providerId)],
        event: event({ sAMLProviderArn: arn }),
        faults: { found: () => noSuchProvider(arn) },
      });
    },

    async tag(accountId, arn, tags, event) {
      const held = await requireRow(accountId, arn);
      await write(held, { tags: addTags(held.tags, tags) }, event);
    },

    async untag(accountId, arn, keys, event) {
      const held = await requireRow(accountId, arn);
      await write(held, { tags: removeTags(held.tags, keys) }, event);
    },
  };
}

function changedColumns(
  held: SamlProviderRow,
  change: SamlProviderChange,
  newKey: PrivateKeyRow | null,
): ChangedColumns {
  const { metadata, requiresEncryption, admitsUnsolicited, mfaContextClasses, removePrivateKey } = change;
  if (removePrivateKey !== undefined && !held.privateKeys.some(({ keyId }) => keyId === removePrivateKey)) {
    throw new Fault('invalid_input', `There is no private key with id ${removePrivateKey}.`);
  }
  const kept = held.privateKeys.filter(({ keyId }) => keyId !== removePrivateKey);
  const privateKeys = newKey === null ? kept : [newKey, ...kept];
  if (privateKeys.length > MAX_PRIVATE_KEYS) {
    throw new Fault(
      'limit_exceeded',
      `Cannot exceed quota for PrivateKeysPerSAMLProvider: ${MAX_PRIVATE_KEYS}`,
    );
  }
  const encrypts = requiresEncryption ?? held.requiresEncryption;
  if (encrypts && privateKeys.length === 0) throw needsKey();
  return {
    ...(metadata !== undefined && metadataColumns(metadata)),
    ...(admitsUnsolicited !== undefined && { admitsUnsolicited }),
    ...(mfaContextClasses !== undefined && { mfaContextClasses }),
    requiresEncryption: encrypts,
    privateKeys,
  };
}

/** Without a key every login would be refused. */
export const needsKey = (): Fault =>
  new Fault('invalid_input', 'A private key is needed where assertions must be encrypted.');

const byId = (accountId: string, providerId: string) =>
  and(eq(samlProviders.accountId, accountId), eq(samlProviders.providerId, providerId));

function nameOf(accountId: string, arn: string): string | null {
  const parsed = parseArn(arn);
  if (parsed?.service !== 'iam' || parsed.accountId !== accountId) return null;
  return parsed.resource.startsWith(RESOURCE) ? parsed.resource.slice(RESOURCE.length) : null;
}

const noSuchProvider = (arn: string): Fault =>
  new Fault('no_such_entity', `SAML Provider not found for arn ${arn}`);
