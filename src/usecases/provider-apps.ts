import type { OidcProvider } from '../core/account.ts';
import { Fault } from '../core/faults.ts';
import type { ProviderApp } from '../core/federation/access-token.ts';
import { type ProviderClient, providerClientBinding } from '../core/federation/provider-client.ts';
import { findKept, type Keyring } from '../core/keyring/keyring.ts';
import { sealKeyId, unseal } from '../core/sealing.ts';
import type { Deps } from './deps.ts';
import { requireKeyring } from './issue.ts';

/**
 * Our own apps at a provider with their secrets, opened. A client id that the provider's registration no longer names is left out.
 * @throws Fault `internal_failure` when a sealed secret does not open
 */
export async function openProviderApps(
  provider: OidcProvider,
  nowSeconds: number,
  deps: Deps,
): Promise<readonly ProviderApp[]> {
  const { accountId, providerId, clientIds } = provider;
  const [clients, keyring] = await Promise.all([
    deps.directory.providerClients(accountId, providerId),
    requireKeyring(deps),
  ]);
  const usable = clients.filter(({ clientId }) => clientIds.includes(clientId));
  return Promise.all(usable.map((client) => openApp(provider, client, keyring, nowSeconds)));
}

async function openApp(
  { accountId, providerId }: OidcProvider,
  { clientId, sealedSecret }: ProviderClient,
  keyring: Keyring,
  nowSeconds: number,
): Promise<ProviderApp> {
  const key = findKept(keyring.storageOpening, sealKeyId(sealedSecret), nowSeconds);
  const binding = providerClientBinding(accountId, providerId, clientId);
  const secret = key === null ? null : await unseal(key.key, binding, sealedSecret);
  if (secret === null) {
    throw new Fault('internal_failure', 'internal failure', {
      providerId,
      clientId,
      reason: 'sealed secret',
    });
  }
  return { clientId, clientSecret: new TextDecoder().decode(secret) };
}
