import { arn, clientId, tagKeys, tags, thumbprint } from '../../query/fields.ts';
import { list } from '../../query/kinds.ts';
import { nothing } from '../../query/shape.ts';
import { entityAction } from '../entity-action.ts';
import { pageFields, pageMembers, shortPage } from '../paging.ts';
import { requestTagContext, tagKeyContext } from '../request-tags.ts';
import { tagListShape } from '../shapes.ts';
import { providerTarget } from '../targets.ts';

/** Adding a client id again changes nothing. */
export const addClientIDToOpenIDConnectProvider = entityAction({
  name: 'AddClientIDToOpenIDConnectProvider',
  audit: 'change',
  permission: { action: 'iam:AddClientIDToOpenIDConnectProvider', target: providerTarget },
  input: { OpenIDConnectProviderArn: arn(), ClientID: clientId() },
  output: nothing,
  run: ({ OpenIDConnectProviderArn, ClientID }, { caller, deps, changeEvent }) =>
    deps.oidcProviders.update(
      caller.accountId,
      OpenIDConnectProviderArn,
      ({ clientIds }) => ({ clientIds: [...new Set([...clientIds, ClientID])] }),
      changeEvent,
    ),
});

/** Removing a client id that is not there is no error. */
export const removeClientIDFromOpenIDConnectProvider = entityAction({
  name: 'RemoveClientIDFromOpenIDConnectProvider',
  audit: 'change',
  permission: { action: 'iam:RemoveClientIDFromOpenIDConnectProvider', target: providerTarget },
  input: { OpenIDConnectProviderArn: arn(), ClientID: clientId() },
  output: nothing,
  run: ({ OpenIDConnectProviderArn, ClientID }, { caller, deps, changeEvent }) =>
    deps.oidcProviders.update(
      caller.accountId,
      OpenIDConnectProviderArn,
      ({ clientIds }) => ({ clientIds: clientIds.filter((id) => id !== ClientID) }),
      changeEvent,
    ),
});

export const updateOpenIDConnectProviderThumbprint = entityAction({
  name: 'UpdateOpenIDConnectProviderThumbprint',
  audit: 'change',
  permission: { action: 'iam:UpdateOpenIDConnectProviderThumbprint', target: providerTarget },
  input: { OpenIDConnectProviderArn: arn(), ThumbprintList: list(thumbprint()) },
  output: nothing,
  run: ({ OpenIDConnectProviderArn, ThumbprintList }, { caller, deps, changeEvent }) =>
    deps.oidcProviders.update(
      caller.accountId,
      OpenIDConnectProviderArn,
      () => ({ thumbprints: [...new Set(ThumbprintList)] }),
      changeEvent,
    ),
});

export const tagOpenIDConnectProvider = entityAction({
  name: 'TagOpenIDConnectProvider',
  audit: 'change',
  permission: {
    action: 'iam:TagOpenIDConnectProvider',
    target: providerTarget,
    context: (input) => requestTagContext(input.Tags),
  },
  input: { OpenIDConnectProviderArn: arn(), Tags: tags() },
  output: nothing,
  run: ({ OpenIDConnectProviderArn, Tags }, { caller, deps, changeEvent }) =>
    deps.oidcProviders.tag(caller.accountId, OpenIDConnectProviderArn, Tags, changeEvent),
});

export const untagOpenIDConnectProvider = entityAction({
  name: 'UntagOpenIDConnectProvider',
  audit: 'change',
  permission: {
    action: 'iam:UntagOpenIDConnectProvider',
    target: providerTarget,
    context: (input) => tagKeyContext(input.TagKeys),
  },
  input: { OpenIDConnectProviderArn: arn(), TagKeys: tagKeys() },
  output: nothing,
  run: ({ OpenIDConnectProviderArn, TagKeys }, { caller, deps, changeEvent }) =>
    deps.oidcProviders.untag(caller.accountId, OpenIDConnectProviderArn, TagKeys, changeEvent),
});

export const listOpenIDConnectProviderTags = entityAction({
  name: 'ListOpenIDConnectProviderTags',
  audit: 'read',
  permission: { action: 'iam:ListOpenIDConnectProviderTags', target: providerTarget },
  input: { OpenIDConnectProviderArn: arn(), ...pageFields },
  output: { Tags: tagListShape, ...pageMembers },
  run: async (input, { caller, deps }) => {
    const provider = await deps.oidcProviders.require(caller.accountId, input.OpenIDConnectProviderArn);
    const { items, end } = shortPage('oidc-provider-tags', provider.tags, input);
    return { Tags: items, ...end };
  },
});
