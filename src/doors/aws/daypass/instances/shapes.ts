/** Shapes of instances and their associations, and how records become them. */
import { oidcProviderArn } from '../../../../core/arn.ts';
import type { InstanceIdentity } from '../../../../core/instances/identity.ts';
import type { AssociationRecord, InstanceRecord } from '../../../../core/repositories/instances.ts';
import { listOf, maybe, moment, record, text } from '../../query/shape.ts';

export const tagListShape = listOf(record({ Key: text, Value: text }));

export const associationShape = record({
  AssociationId: text,
  InstanceId: text,
  InstanceProfile: record({ Arn: text, InstanceProfileName: text, InstanceProfileId: text }),
  State: text,
  Timestamp: moment,
});

const identityShape = record({
  Type: text,
  KeyThumbprint: maybe(text),
  Algorithm: maybe(text),
  TrustAnchorId: maybe(text),
  CertificateSubject: maybe(text),
  OpenIDConnectProviderArn: maybe(text),
  Subject: maybe(text),
});

export const instanceShape = record({
  InstanceId: text,
  Arn: text,
  State: text,
  Description: text,
  Identity: identityShape,
  Association: maybe(associationShape),
  CreateDate: moment,
  Tags: tagListShape,
});

export const associationOf = (association: AssociationRecord, state = 'associated') => ({
  AssociationId: association.associationId,
  InstanceId: association.instanceId,
  InstanceProfile: {
    Arn: association.profileArn,
    InstanceProfileName: association.profileName,
    InstanceProfileId: association.profileId,
  },
  State: state,
  Timestamp: association.associatedAtSeconds,
});

export const instanceOf = (instance: InstanceRecord, accountId: string) => ({
  InstanceId: instance.instanceId,
  Arn: instance.arn,
  State: instance.enabled ? 'enabled' : 'disabled',
  Description: instance.description,
  Identity: identityOf(instance.identity, accountId),
  Association: instance.association === null ? null : associationOf(instance.association),
  CreateDate: instance.createdAtSeconds,
  Tags: instance.tags,
});

function identityOf(identity: InstanceIdentity, accountId: string) {
  switch (identity.type) {
    case 'key':
      return { Type: 'key', KeyThumbprint: identity.thumbprint, Algorithm: identity.algorithm };
    case 'certificate':
      return {
        Type: 'certificate',
        TrustAnchorId: identity.trustAnchorId,
        CertificateSubject: identity.subject,
      };
    case 'workload':
      return {
        Type: 'workload',
        OpenIDConnectProviderArn: oidcProviderArn(accountId, identity.providerUrl),
        Subject: identity.subject,
      };
  }
}
