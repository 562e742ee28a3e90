import type { SealBinding } from '../sealing.ts';

/** A client of ours at a provider, its secret sealed. */
export interface ProviderClient {
  readonly clientId: string;
  readonly sealedSecret: string;
}

/** Where the sealed secret of a client stands. */
export const providerClientBinding = (
  account: string,
  providerId: string,
  clientId: string,
): SealBinding => ({
  table: 'provider_clients',
  account,
  row: `${providerId.length}:${providerId}${clientId}`,
  purpose: 'client-secret',
});
