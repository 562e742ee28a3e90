import { samlProviderArn } from '../../../../core/arn.ts';
import type { SamlProviderRecord } from '../../../../core/repositories/saml-providers.ts';
import { writeIdpMetadata } from '../../../../core/saml/metadata-document.ts';
import { samlProviderEnd } from '../../../../core/saml/provider.ts';
import { action } from '../../query/action.ts';
import { arn } from '../../query/fields.ts';
import { listOf, moment, nothing, record, text } from '../../query/shape.ts';
import { tagListShape } from '../shapes.ts';

const onProvider = (input: { readonly SAMLProviderArn: string }): string => input.SAMLProviderArn;

export const getSAMLProvider = action({
  name: 'GetSAMLProvider',
  auth: 'sigv4',
  audit: 'read',
  permission: { action: 'iam:GetSAMLProvider', resource: onProvider },
  input: { SAMLProviderArn: arn() },
  output: {
    SAMLProviderUUID: text,
    SAMLMetadataDocument: text,
    CreateDate: moment,
    ValidUntil: moment,
    Tags: tagListShape,
    AssertionEncryptionMode: text,
    PrivateKeyList: listOf(record({ KeyId: text, Timestamp: moment })),
  },
  run: async ({ SAMLProviderArn }, { caller, deps }) => {
    const found = await deps.samlProviders.require(caller.accountId, SAMLProviderArn);
    return {
      SAMLProviderUUID: found.providerId,
      SAMLMetadataDocument: documentOf(found),
      CreateDate: found.createdAtSeconds,
      ValidUntil: samlProviderEnd(found),
      Tags: found.tags,
      AssertionEncryptionMode: found.requiresEncryption ? 'Required' : 'Allowed',
      PrivateKeyList: found.privateKeys.map((key) => ({ KeyId: key.keyId, Timestamp: key.addedAtSeconds })),
    };
  },
});

/** Equivalent to what was registered, and long enough to be sent again: the API's minimum is a thousand characters. */
const documentOf = (found: SamlProviderRecord): string =>
  writeIdpMetadata({ ...found, certificates: found.certificates.map(({ der }) => der) });

export const listSAMLProviders = action({
  name: 'ListSAMLProviders',
  auth: 'sigv4',
  audit: 'read',
  permission: {
    action: 'iam:ListSAMLProviders',
    resource: (_input, caller) => samlProviderArn(caller.accountId, '*'),
  },
  input: {},
  output: { SAMLProviderList: listOf(record({ Arn: text, ValidUntil: moment, CreateDate: moment })) },
  run: async (_input, { caller, deps }) => {
    const found = await deps.samlProviders.list(caller.accountId);
    return {
      SAMLProviderList: found.map((provider) => ({
        Arn: provider.arn,
        ValidUntil: samlProviderEnd(provider),
        CreateDate: provider.createdAtSeconds,
      })),
    };
  },
});

export const deleteSAMLProvider = action({
  name: 'DeleteSAMLProvider',
  auth: 'sigv4',
  audit: 'change',
  permission: { action: 'iam:DeleteSAMLProvider', resource: onProvider },
  input: { SAMLProviderArn: arn() },
  output: nothing,
  run: ({ SAMLProviderArn }, { caller, deps, changeEvent }) =>
    deps.samlProviders.remove(caller.accountId, SAMLProviderArn, changeEvent),
});
