import { Fault } from '../../../../core/faults.ts';
import { action } from '../../query/action.ts';
import { arn, clientId, thumbprint } from '../../query/fields.ts';
import { list } from '../../query/kinds.ts';
import { nothing } from '../../query/shape.ts';

const MAX_CLIENT_IDS = 100;

const onProvider = (input: { readonly OpenIDConnectProviderArn: string }): string =>
  input.OpenIDConnectProviderArn;

/** Adding one that is there already changes nothing and is no error. */
export const addClientIDToOpenIDConnectProvider = action({
  name: 'AddClientIDToOpenIDConnectProvider',
  auth: 'sigv4',
  audit: 'change',
  permission: { action: 'iam:AddClientIDToOpenIDConnectProvider', resource: onProvider },
  input: { OpenIDConnectProviderArn: arn(), ClientID: clientId() },
  output: nothing,
  run: ({ OpenIDConnectProviderArn, ClientID }, { caller, deps, changeEvent }) =>
    deps.oidcProviders.update(
      caller.accountId,
      OpenIDConnectProviderArn,
      ({ clientIds }) => ({ clientIds: withClientId(clientIds, ClientID) }),
      changeEvent,
    ),
});

function withClientId(held: readonly string[], added: string): readonly string[] {
  if (held.includes(added)) return held;
  if (held.length < MAX_CLIENT_IDS) return [...held, added];
  throw new Fault(
    'limit_exceeded',
    `Cannot exceed quota for ClientIdsPerOpenIdConnectProvider: ${MAX_CLIENT_IDS}`,
  );
}

/** Removing one that is not there changes nothing and is no error. */
export const removeClientIDFromOpenIDConnectProvider = action({
  name: 'RemoveClientIDFromOpenIDConnectProvider',
  auth: 'sigv4',
  audit: 'change',
  permission: { action: 'iam:RemoveClientIDFromOpenIDConnectProvider', resource: onProvider },
  input: { OpenIDConnectProviderArn: arn(), ClientID: clientId() },
  output: nothing,
  run: ({ OpenIDConnectProviderArn, ClientID }, { caller, deps, changeEvent }) =>
    deps.oidcProviders.update(
      caller.accountId,
      OpenIDConnectProviderArn,
      ({ clientIds }) => ({ clientIds: clientIds.filter((held) => held !== ClientID) }),
      changeEvent,
    ),
});

export const updateOpenIDConnectProviderThumbprint = action({
  name: 'UpdateOpenIDConnectProviderThumbprint',
  auth: 'sigv4',
  audit: 'change',
  permission: { action: 'iam:UpdateOpenIDConnectProviderThumbprint', resource: onProvider },
  input: { OpenIDConnectProviderArn: arn(), ThumbprintList: list(thumbprint(), { max: 5 }) },
  output: nothing,
  run: ({ OpenIDConnectProviderArn, ThumbprintList }, { caller, deps, changeEvent }) =>
    deps.oidcProviders.update(
      caller.accountId,
      OpenIDConnectProviderArn,
      () => ({ thumbprints: ThumbprintList }),
      changeEvent,
    ),
});
