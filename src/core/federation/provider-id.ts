import { toBase32 } from '../bytes.ts';

/** Random bytes of a provider's unique id. */
export const PROVIDER_ID_RANDOM_BYTES = 15;

/** @returns the unique id of a new provider; it carries the account, since it stands alone in the paths of browser logins */
export const providerIdOf = (accountId: string, random: Uint8Array): string =>
  `op${accountId}${toBase32(random).toLowerCase()}`;

/** @returns the account of a provider, or null for an id of the first version, which carries none */
export const accountOfProviderId = (providerId: string): string | null =>
  /^op([0-9]{12})[a-z2-7]{24}$/.exec(providerId)?.[1] ?? null;
