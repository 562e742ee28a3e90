/** Lists of revoked certificates. They are read when they are imported: what they say then holds until another is imported. */
import { Fault } from '../../../../core/faults.ts';
import type { CrlRecord, TrustAnchorRecord } from '../../../../core/repositories/trust-anchors.ts';
import { readBundle } from '../../../../core/x509/bundle.ts';
import { type RevokedList, readRevokedList } from '../../../../core/x509/revoked.ts';
import { action } from '../../query/action.ts';
import { optional, withDefault } from '../../query/field.ts';
import { boolean, string } from '../../query/kinds.ts';
import { flag, moment, record, text, wholeNumber } from '../../query/shape.ts';
import { anywhereName, familyActions, permissionOf, uuid } from './family.ts';

const shape = {
  CrlId: text,
  CrlArn: text,
  Name: text,
  Enabled: flag,
  TrustAnchorId: text,
  Issuer: text,
  RevokedCertificates: wholeNumber,
  CreatedAt: moment,
  UpdatedAt: moment,
};
const show = (crl: CrlRecord) => ({
  CrlId: crl.crlId,
  CrlArn: crl.arn,
  Name: crl.name,
  Enabled: crl.enabled,
  TrustAnchorId: crl.anchorId,
  Issuer: crl.issuer,
  RevokedCertificates: crl.serials.length,
  CreatedAt: crl.createdAtSeconds,
  UpdatedAt: crl.updatedAtSeconds,
});

/** PEM. Of five thousand entries and no more. */
const crlData = () => string({ min: 1, max: 500_000 });

/** @throws Fault `validation_error` for a list that no authority of the anchor signed */
async function requireList(data: string, anchor: TrustAnchorRecord): Promise<RevokedList> {
  const authorities = readBundle(anchor.bundle);
  const list = authorities.ok ? await readRevokedList(data, authorities.value) : null;
  if (list !== null) return list;
  throw new Fault(
    'validation_error',
    'CrlData: the list cannot be read, lacks nextUpdate, or was not signed by an authority of the trust anchor',
  );
}

export const crlActions = [
  action({
    name: 'ImportCrl',
    auth: 'sigv4',
    audit: 'change',
    permission: permissionOf('ImportCrl', 'crl', 'CrlId'),
    input: {
      Name: anywhereName(),
      TrustAnchorId: uuid(),
      CrlData: crlData(),
      Enabled: withDefault(boolean(), true),
    },
    output: { Crl: record(shape) },
    run: async ({ Name, TrustAnchorId, CrlData, Enabled }, { caller, deps, changeEvent }) => {
      const { trustAnchors, crls } = deps.anywhere;
      const list = await requireList(CrlData, await trustAnchors.require(caller.accountId, TrustAnchorId));
      const made = { name: Name, enabled: Enabled, anchorId: TrustAnchorId, ...list };
      return { Crl: show(await crls.create(caller.accountId, made, changeEvent)) };
    },
  }),
  action({
    name: 'UpdateCrl',
    auth: 'sigv4',
    audit: 'change',
    permission: permissionOf('UpdateCrl', 'crl', 'CrlId'),
    input: { CrlId: uuid(), Name: optional(anywhereName()), CrlData: optional(crlData()) },
    output: { Crl: record(shape) },
    run: async ({ CrlId, Name, CrlData }, { caller: { accountId }, deps, changeEvent }) => {
      const { trustAnchors, crls } = deps.anywhere;
      const { anchorId } = await crls.require(accountId, CrlId);
      const list =
        CrlData === undefined
          ? {}
          : await requireList(CrlData, await trustAnchors.require(accountId, anchorId));
      const change = { ...list, ...(Name !== undefined && { name: Name }) };
      return { Crl: show(await crls.update(accountId, CrlId, change, changeEvent)) };
    },
  }),
  ...familyActions({
    ...{ kind: 'crl', noun: 'Crl', plural: 'Crls', idField: 'CrlId' },
    ...{ rows: (deps) => deps.anywhere.crls, shape, show, switched: (enabled) => ({ enabled }) },
  }),
];
