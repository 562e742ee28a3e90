import { oidcProviderArn } from '../../../../core/arn.ts';
import { action } from '../../query/action.ts';
import { optional, withDefault } from '../../query/field.ts';
import { arn, clientId, oidcUrl, tags, thumbprint } from '../../query/fields.ts';
import { list } from '../../query/kinds.ts';
import { listOf, moment, nothing, record, text } from '../../query/shape.ts';
import { requestTagContext } from '../request-tags.ts';
import { tagListShape } from '../shapes.ts';
import { requireIssuerUrl } from './issuer-url.ts';

const MAX_CLIENT_IDS = 100;
const MAX_THUMBPRINTS = 5;

const onProvider = (input: { readonly OpenIDConnectProviderArn: string }): string =>
  input.OpenIDConnectProviderArn;

export const createOpenIDConnectProvider = action({
  name: 'CreateOpenIDConnectProvider',
  auth: 'sigv4',
  audit: 'change',
  permission: {
    action: 'iam:CreateOpenIDConnectProvider',
    resource: (input, caller) => oidcProviderArn(caller.accountId, input.Url.replace(/^https?:\/\//, '')),
    context: (input) => requestTagContext(input.Tags),
  },
  input: {
    Url: oidcUrl(),
    ClientIDList: withDefault(list(clientId(), { max: MAX_CLIENT_IDS }), []),
    /** Accepted and kept, as AWS does for issuers whose certificates the public web vouches for. */
    ThumbprintList: withDefault(list(thumbprint(), { max: MAX_THUMBPRINTS }), []),
    Tags: optional(tags()),
  },
  output: { OpenIDConnectProviderArn: text, Tags: tagListShape },
  run: async (input, { caller, deps, changeEvent }) => {
    const wanted = {
      issuer: requireIssuerUrl(input.Url, deps.settings.mode),
      clientIds: input.ClientIDList,
      thumbprints: input.ThumbprintList,
      tags: input.Tags ?? [],
    };
    const made = await deps.oidcProviders.create(caller.accountId, wanted, changeEvent);
    return { OpenIDConnectProviderArn: made.arn, Tags: made.tags };
  },
});

export const getOpenIDConnectProvider = action({
  name: 'GetOpenIDConnectProvider',
  auth: 'sigv4',
  audit: 'read',
  permission: { action: 'iam:GetOpenIDConnectProvider', resource: onProvider },
  input: { OpenIDConnectProviderArn: arn() },
  output: {
    Url: text,
    ClientIDList: listOf(text),
    ThumbprintList: listOf(text),
    CreateDate: moment,
    Tags: tagListShape,
  },
  run: async ({ OpenIDConnectProviderArn }, { caller, deps }) => {
    const found = await deps.oidcProviders.require(caller.accountId, OpenIDConnectProviderArn);
    return {
      Url: found.url,
      ClientIDList: found.clientIds,
      ThumbprintList: found.thumbprints,
      CreateDate: found.createdAtSeconds,
      Tags: found.tags,
    };
  },
});

export const listOpenIDConnectProviders = action({
  name: 'ListOpenIDConnectProviders',
  auth: 'sigv4',
  audit: 'read',
  permission: {
    action: 'iam:ListOpenIDConnectProviders',
    resource: (_input, caller) => oidcProviderArn(caller.accountId, '*'),
  },
  input: {},
  output: { OpenIDConnectProviderList: listOf(record({ Arn: text })) },
  run: async (_input, { caller, deps }) => {
    const found = await deps.oidcProviders.list(caller.accountId);
    return { OpenIDConnectProviderList: found.map((provider) => ({ Arn: provider.arn })) };
  },
});

export const deleteOpenIDConnectProvider = action({
  name: 'DeleteOpenIDConnectProvider',
  auth: 'sigv4',
  audit: 'change',
  permission: { action: 'iam:DeleteOpenIDConnectProvider', resource: onProvider },
  input: { OpenIDConnectProviderArn: arn() },
  output: nothing,
  run: ({ OpenIDConnectProviderArn }, { caller, deps, changeEvent }) =>
    deps.oidcProviders.remove(caller.accountId, OpenIDConnectProviderArn, changeEvent),
});
