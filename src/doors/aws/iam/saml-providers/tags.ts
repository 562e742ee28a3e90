import { action } from '../../query/action.ts';
import { arn, tagKeys, tags } from '../../query/fields.ts';
import { nothing } from '../../query/shape.ts';
import { pageFields, pageMembers, shortPage } from '../paging.ts';
import { requestTagContext, tagKeyContext } from '../request-tags.ts';
import { tagListShape } from '../shapes.ts';

const onProvider = (input: { readonly SAMLProviderArn: string }): string => input.SAMLProviderArn;

export const tagSAMLProvider = action({
  name: 'TagSAMLProvider',
  auth: 'sigv4',
  audit: 'change',
  permission: {
    action: 'iam:TagSAMLProvider',
    resource: onProvider,
    context: (input) => requestTagContext(input.Tags),
  },
  input: { SAMLProviderArn: arn(), Tags: tags() },
  output: nothing,
  run: ({ SAMLProviderArn, Tags }, { caller, deps, changeEvent }) =>
    deps.samlProviders.tag(caller.accountId, SAMLProviderArn, Tags, changeEvent),
});

export const untagSAMLProvider = action({
  name: 'UntagSAMLProvider',
  auth: 'sigv4',
  audit: 'change',
  permission: {
    action: 'iam:UntagSAMLProvider',
    resource: onProvider,
    context: (input) => tagKeyContext(input.TagKeys),
  },
  input: { SAMLProviderArn: arn(), TagKeys: tagKeys() },
  output: nothing,
  run: ({ SAMLProviderArn, TagKeys }, { caller, deps, changeEvent }) =>
    deps.samlProviders.untag(caller.accountId, SAMLProviderArn, TagKeys, changeEvent),
});

export const listSAMLProviderTags = action({
  name: 'ListSAMLProviderTags',
  auth: 'sigv4',
  audit: 'read',
  permission: { action: 'iam:ListSAMLProviderTags', resource: onProvider },
  input: { SAMLProviderArn: arn(), ...pageFields },
  output: { Tags: tagListShape, ...pageMembers },
  run: async (input, { caller, deps }) => {
    const { tags: all } = await deps.samlProviders.require(caller.accountId, input.SAMLProviderArn);
    const { items, end } = shortPage('saml-provider-tags', all, input);
    return { Tags: items, ...end };
  },
});
