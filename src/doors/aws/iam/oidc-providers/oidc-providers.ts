import { oidcProviderArn } from '../../../../core/arn.ts';
import { action } from '../../query/action.ts';
import { optional, withDefault } from '../../query/field.ts';
import { arn, clientId, oidcUrl, tags, thumbprint } from '../../query/fields.ts';
import { list } from '../../query/kinds.ts';
import { listOf, maybe, moment, nothing, record, text } from '../../query/shape.ts';
import { entityAction } from '../entity-action.ts';
import { requestTagContext } from '../request-tags.ts';
import { tagListShape, tagsOf } from '../shapes.ts';
import { providerTarget } from '../targets.ts';
import { requireIssuer } from './issuer-url.ts';

/** What a URL is without its scheme, however wrong it may be: the name that policy is asked about. */
const nameOf = (url: string): string => url.replace(/^https?:\/\//, '');

/** Thumbprints are kept and shown, but trust in an issuer's TLS certificate is the public one, as in AWS today. */
export const createOpenIDConnectProvider = action({
  name: 'CreateOpenIDConnectProvider',
  auth: 'sigv4',
  audit: 'change',
  permission: {
    action: 'iam:CreateOpenIDConnectProvider',
    resource: (input, caller) => oidcProviderArn(caller.accountId, nameOf(input.Url)),
    context: (input) => requestTagContext(input.Tags),
  },
  input: {
    Url: oidcUrl(),
    ClientIDList: withDefault(list(clientId()), []),
    ThumbprintList: withDefault(list(thumbprint()), []),
    Tags: optional(tags()),
  },
  output: { OpenIDConnectProviderArn: text, Tags: maybe(tagListShape) },
  run: async (input, { caller, deps, changeEvent }) => {
    const wanted = {
      ...requireIssuer(input.Url, deps.settings.mode === 'local'),
      clientIds: [...new Set(input.ClientIDList)],
      thumbprints: [...new Set(input.ThumbprintList)],
      tags: input.Tags ?? [],
    };
    const provider = await deps.oidcProviders.create(caller.accountId, wanted, changeEvent);
    return { OpenIDConnectProviderArn: provider.arn, ...tagsOf(provider.tags) };
  },
});

export const getOpenIDConnectProvider = entityAction({
  name: 'GetOpenIDConnectProvider',
  audit: 'read',
  permission: { action: 'iam:GetOpenIDConnectProvider', target: providerTarget },
  input: { OpenIDConnectProviderArn: arn() },
  output: {
    Url: text,
    ClientIDList: listOf(text),
    ThumbprintList: listOf(text),
    CreateDate: moment,
    Tags: maybe(tagListShape),
  },
  run: async ({ OpenIDConnectProviderArn }, { caller, deps }) => {
    const provider = await deps.oidcProviders.require(caller.accountId, OpenIDConnectProviderArn);
    return {
      Url: provider.url,
      ClientIDList: provider.clientIds,
      ThumbprintList: provider.thumbprints,
      CreateDate: provider.createdAtSeconds,
      ...tagsOf(provider.tags),
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
    const providers = await deps.oidcProviders.list(caller.accountId);
    return { OpenIDConnectProviderList: providers.map((provider) => ({ Arn: provider.arn })) };
  },
});

export const deleteOpenIDConnectProvider = entityAction({
  name: 'DeleteOpenIDConnectProvider',
  audit: 'change',
  permission: { action: 'iam:DeleteOpenIDConnectProvider', target: providerTarget },
  input: { OpenIDConnectProviderArn: arn() },
  output: nothing,
  run: ({ OpenIDConnectProviderArn }, { caller, deps, changeEvent }) =>
    deps.oidcProviders.remove(caller.accountId, OpenIDConnectProviderArn, changeEvent),
});
