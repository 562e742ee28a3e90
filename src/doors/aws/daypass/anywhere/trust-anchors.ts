/** Trust anchors: authorities whose certificates prove instances. @see https://docs.aws.amazon.com/rolesanywhere/latest/APIReference/ */
import { Fault } from '../../../../core/faults.ts';
import type { TrustAnchorRecord } from '../../../../core/repositories/trust-anchors.ts';
import { readBundle } from '../../../../core/x509/bundle.ts';
import { action } from '../../query/action.ts';
import { optional, withDefault } from '../../query/field.ts';
import { boolean, string } from '../../query/kinds.ts';
import { flag, moment, record, text } from '../../query/shape.ts';
import { anywhereName, familyActions, permissionOf, uuid } from './family.ts';

const shape = {
  TrustAnchorId: text,
  TrustAnchorArn: text,
  Name: text,
  Enabled: flag,
  X509CertificateData: text,
  CreatedAt: moment,
  UpdatedAt: moment,
};
const show = (anchor: TrustAnchorRecord) => ({
  TrustAnchorId: anchor.anchorId,
  TrustAnchorArn: anchor.arn,
  Name: anchor.name,
  Enabled: anchor.enabled,
  X509CertificateData: anchor.bundle,
  CreatedAt: anchor.createdAtSeconds,
  UpdatedAt: anchor.updatedAtSeconds,
});

const bundle = () => string({ min: 1, max: 20_000 });

/** @throws Fault `validation_error` saying what is wrong with a bundle */
function requireBundle(given: string): string {
  const read = readBundle(given);
  if (!read.ok) throw new Fault('validation_error', `X509CertificateData: ${read.failure}`);
  return given;
}

export const trustAnchorActions = [
  action({
    name: 'CreateTrustAnchor',
    auth: 'sigv4',
    audit: 'change',
    permission: permissionOf('CreateTrustAnchor', 'trust-anchor', 'TrustAnchorId'),
    input: { Name: anywhereName(), X509CertificateData: bundle(), Enabled: withDefault(boolean(), true) },
    output: { TrustAnchor: record(shape) },
    run: async ({ Name, X509CertificateData, Enabled }, { caller, deps, changeEvent }) => {
      const made = { name: Name, enabled: Enabled, bundle: requireBundle(X509CertificateData) };
      return {
        TrustAnchor: show(await deps.anywhere.trustAnchors.create(caller.accountId, made, changeEvent)),
      };
    },
  }),
  action({
    name: 'UpdateTrustAnchor',
    auth: 'sigv4',
    audit: 'change',
    permission: permissionOf('UpdateTrustAnchor', 'trust-anchor', 'TrustAnchorId'),
    input: { TrustAnchorId: uuid(), Name: optional(anywhereName()), X509CertificateData: optional(bundle()) },
    output: { TrustAnchor: record(shape) },
    run: async ({ TrustAnchorId, Name, X509CertificateData }, { caller, deps, changeEvent }) => {
      const change = {
        ...(Name !== undefined && { name: Name }),
        ...(X509CertificateData !== undefined && { bundle: requireBundle(X509CertificateData) }),
      };
      const { trustAnchors } = deps.anywhere;
      return {
        TrustAnchor: show(await trustAnchors.update(caller.accountId, TrustAnchorId, change, changeEvent)),
      };
    },
  }),
  ...familyActions({
    ...{ kind: 'trust-anchor', noun: 'TrustAnchor', plural: 'TrustAnchors', idField: 'TrustAnchorId' },
    ...{ rows: (deps) => deps.anywhere.trustAnchors, shape, show, switched: (enabled) => ({ enabled }) },
  }),
];
