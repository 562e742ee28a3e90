import { samlProviderArn } from '../../../../core/arn.ts';
import { nowSecondsOf } from '../../../../core/context/request-context.ts';
import { Fault } from '../../../../core/faults.ts';
import { readSamlMetadata, readSamlPrivateKey } from '../../../../usecases/saml-metadata.ts';
import { action } from '../../query/action.ts';
import { optional } from '../../query/field.ts';
import {
  samlEncryptionMode,
  samlMetadata,
  samlPrivateKey,
  samlProviderName,
  tags,
} from '../../query/fields.ts';
import { text } from '../../query/shape.ts';
import { requestTagContext } from '../request-tags.ts';
import { tagListShape } from '../shapes.ts';

/** What is kept of the document is what it says, so GetSAMLProvider answers an equivalent one. */
export const createSAMLProvider = action({
  name: 'CreateSAMLProvider',
  auth: 'sigv4',
  audit: 'change',
  permission: {
    action: 'iam:CreateSAMLProvider',
    resource: (input, caller) => samlProviderArn(caller.accountId, input.Name),
    context: (input) => requestTagContext(input.Tags),
  },
  input: {
    SAMLMetadataDocument: samlMetadata(),
    Name: samlProviderName(),
    Tags: optional(tags()),
    AssertionEncryptionMode: optional(samlEncryptionMode()),
    AddPrivateKey: optional(samlPrivateKey()),
  },
  output: { SAMLProviderArn: text, Tags: tagListShape },
  run: async (input, { caller, deps, facts, changeEvent }) => {
    const nowSeconds = nowSecondsOf(facts);
    const metadata = readSamlMetadata(input.SAMLMetadataDocument, nowSeconds, deps);
    const pem = input.AddPrivateKey;
    const requiresEncryption = input.AssertionEncryptionMode === 'Required';
    if (requiresEncryption && pem === undefined) {
      throw new Fault('invalid_input', 'A private key is needed where assertions must be encrypted.');
    }
    const made = await deps.samlProviders.create(
      caller.accountId,
      {
        name: input.Name,
        metadata,
        requiresEncryption,
        privateKey: pem === undefined ? null : await readSamlPrivateKey(pem, nowSeconds, deps),
        tags: input.Tags ?? [],
      },
      changeEvent,
    );
    return { SAMLProviderArn: made.arn, Tags: made.tags };
  },
});
