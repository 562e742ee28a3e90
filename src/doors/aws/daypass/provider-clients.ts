import { action } from '../query/action.ts';
import { arn, clientId } from '../query/fields.ts';
import { string } from '../query/kinds.ts';
import { listOf, moment, nothing, record, text } from '../query/shape.ts';

const onProvider = (input: { readonly OpenIDConnectProviderArn: string }): string =>
  input.OpenIDConnectProviderArn;

/** A client secret as providers hand it out: printable ASCII. */
const clientSecret = () => string({ min: 8, max: 512, secret: true });

/** Keeps the secret of a client that the provider is registered with: for Facebook's Graph API and for browser logins. */
export const putProviderClientSecret = action({
  name: 'PutProviderClientSecret',
  auth: 'sigv4',
  audit: 'change',
  permission: { action: 'daypass:PutProviderClientSecret', resource: onProvider },
  input: { OpenIDConnectProviderArn: arn(), ClientId: clientId(), ClientSecret: clientSecret() },
  output: nothing,
  run: async (input, { caller, deps, changeEvent }) => {
    const { accountId } = caller;
    const { providerId } = await deps.oidcProviders.require(accountId, input.OpenIDConnectProviderArn);
    const client = { providerId, clientId: input.ClientId, secret: input.ClientSecret };
    await deps.providerClients.put(accountId, client, changeEvent());
  },
});

export const deleteProviderClientSecret = action({
  name: 'DeleteProviderClientSecret',
  auth: 'sigv4',
  audit: 'change',
  permission: { action: 'daypass:DeleteProviderClientSecret', resource: onProvider },
  input: { OpenIDConnectProviderArn: arn(), ClientId: clientId() },
  output: nothing,
  run: async (input, { caller, deps, changeEvent }) => {
    const { accountId } = caller;
    const { providerId } = await deps.oidcProviders.require(accountId, input.OpenIDConnectProviderArn);
    await deps.providerClients.remove(accountId, providerId, input.ClientId, changeEvent());
  },
});

/** Which clients have a secret; the secrets themselves never come out. */
export const listProviderClientSecrets = action({
  name: 'ListProviderClientSecrets',
  auth: 'sigv4',
  audit: 'read',
  permission: { action: 'daypass:ListProviderClientSecrets', resource: onProvider },
  input: { OpenIDConnectProviderArn: arn() },
  output: {
    /** The provider's unique id, as it stands in the paths of browser logins. */
    ProviderId: text,
    ClientSecrets: listOf(record({ ClientId: text, CreateDate: moment })),
  },
  run: async ({ OpenIDConnectProviderArn }, { caller, deps }) => {
    const { accountId } = caller;
    const { providerId } = await deps.oidcProviders.require(accountId, OpenIDConnectProviderArn);
    const found = await deps.providerClients.list(accountId, providerId);
    return {
      ProviderId: providerId,
      ClientSecrets: found.map((each) => ({ ClientId: each.clientId, CreateDate: each.createdAtSeconds })),
    };
  },
});
