import { nowSecondsOf } from '../../../../core/context/request-context.ts';
import { readSamlMetadata, readSamlPrivateKey } from '../../../../usecases/saml-metadata.ts';
import { action } from '../../query/action.ts';
import { optional } from '../../query/field.ts';
import { arn, samlEncryptionMode, samlKeyId, samlMetadata, samlPrivateKey } from '../../query/fields.ts';
import { text } from '../../query/shape.ts';

/** What is not sent stays as it is. New metadata replaces the old as a whole, its certificates included. */
export const updateSAMLProvider = action({
  name: 'UpdateSAMLProvider',
  auth: 'sigv4',
  audit: 'change',
  permission: { action: 'iam:UpdateSAMLProvider', resource: (input) => input.SAMLProviderArn },
  input: {
    SAMLMetadataDocument: optional(samlMetadata()),
    SAMLProviderArn: arn(),
    AssertionEncryptionMode: optional(samlEncryptionMode()),
    AddPrivateKey: optional(samlPrivateKey()),
    RemovePrivateKey: optional(samlKeyId()),
  },
  output: { SAMLProviderArn: text },
  run: async (input, { caller, deps, facts, changeEvent }) => {
    const nowSeconds = nowSecondsOf(facts);
    const { SAMLMetadataDocument: document, AssertionEncryptionMode: mode, AddPrivateKey: pem } = input;
    const change = {
      ...(document !== undefined && { metadata: readSamlMetadata(document, nowSeconds, deps) }),
      ...(mode !== undefined && { requiresEncryption: mode === 'Required' }),
      ...(pem !== undefined && { addPrivateKey: await readSamlPrivateKey(pem, nowSeconds, deps) }),
      ...(input.RemovePrivateKey !== undefined && { removePrivateKey: input.RemovePrivateKey }),
    };
    await deps.samlProviders.update(caller.accountId, input.SAMLProviderArn, change, changeEvent);
    return { SAMLProviderArn: input.SAMLProviderArn };
  },
});
