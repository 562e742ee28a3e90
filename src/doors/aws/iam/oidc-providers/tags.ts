import { action } from '../../query/action.ts';
import { arn, tagKeys, tags } from '../../query/fields.ts';
import { nothing } from '../../query/shape.ts';
import { pageFields, pageMembers, shortPage } from '../paging.ts';
import { requestTagContext, tagKeyContext } from '../request-tags.ts';
import { tagListShape } from '../shapes.ts';

const onProvider = (input: { readonly OpenIDConnectProviderArn: string }): string =>
  input.OpenIDConnectProviderArn;

export const tagOpenIDConnectProvider = action({
  name: 'TagOpenIDConnectProvider',
  auth: 'sigv4',
  audit: 'change',
  permission: {
    action: 'iam:TagOpenIDConnectProvider',
    resource: onProvider,
    context: (input) => requestTagContext(input.Tags),
  },
  input: { OpenIDConnectProviderArn: arn(), Tags: tags() },
  output: nothing,
  run: ({ OpenIDConnectProviderArn, Tags }, { caller, deps, changeEvent }) =>
    deps.oidcProviders.tag(caller.accountId, OpenIDConnectProviderArn, Tags, changeEvent),
});

export const untagOpenIDConnectProvider = action({
  name: 'UntagOpenIDConnectProvider',
  auth: 'sigv4',
  audit: 'change',
  permission: {
    action: 'iam:UntagOpenIDConnectProvider',
    resource: onProvider,
    context: (input) => tagKeyContext(input.TagKeys),
  },
  input: { OpenIDConnectProviderArn: arn(), TagKeys: tagKeys() },
  output: nothing,
  run: ({ OpenIDConnectProviderArn, TagKeys }, { caller, deps, changeEvent }) =>
    deps.oidcProviders.untag(caller.accountId, OpenIDConnectProviderArn, TagKeys, changeEvent),
});

export const listOpenIDConnectProviderTags = action({
  name: 'ListOpenIDConnectProviderTags',
  auth: 'sigv4',
  audit: 'read',
  permission: { action: 'iam:ListOpenIDConnectProviderTags', resource: onProvider },
  input: { OpenIDConnectProviderArn: arn(), ...pageFields },
  output: { Tags: tagListShape, ...pageMembers },
  run: async (input, { caller, deps }) => {
    const { tags: all } = await deps.oidcProviders.require(caller.accountId, input.OpenIDConnectProviderArn);
    const { items, end } = shortPage('oidc-provider-tags', all, input);
    return { Tags: items, ...end };
  },
});
