/**
 * Where the built-in providers are reached: the one place that knows. In local mode alone a stand-in can take a provider's
 * place; what its tokens must say (`iss`) and how policies call it stay the real ones.
 */

/** Addresses of stand-ins; null where the real provider is asked. */
export interface StandInAddresses {
  readonly googleDiscovery: string | null;
  /** One address for both of Facebook's issuers, or two separated by a comma: Facebook Login's, Limited Login's. */
  readonly facebookDiscovery: string | null;
  readonly facebookGraph: string | null;
  readonly xApi: string | null;
}

/** Where an issuer's discovery document is fetched, and whom it may name. */
export interface DiscoveryPlace {
  readonly url: string;
  readonly issuers: readonly string[];
}

/** The endpoints of this deployment. */
export interface Endpoints {
  /** By issuer; one that is not here publishes its document under its own address. */
  readonly discovery: ReadonlyMap<string, DiscoveryPlace>;
  /** Base of the Graph API, no trailing slash. */
  readonly facebookGraph: string;
  /** Base of X's API, no trailing slash. */
  readonly xApi: string;
  /** Where X asks people. */
  readonly xAuthorize: string;
}

const GOOGLE = 'https://accounts.google.com';
const FACEBOOK = 'https://www.facebook.com';
const FACEBOOK_LIMITED = 'https://limited.facebook.com';

/** @returns where to ask */
export function endpointsOf(standIns: StandInAddresses): Endpoints {
  const xApi = withoutSlash(standIns.xApi);
  return {
    discovery: new Map([
      ...placesOf(standIns.googleDiscovery, [GOOGLE]),
      ...placesOf(standIns.facebookDiscovery, [FACEBOOK, FACEBOOK_LIMITED]),
    ]),
    facebookGraph: withoutSlash(standIns.facebookGraph) ?? 'https://graph.facebook.com',
    xApi: xApi ?? 'https://api.x.com',
    // A stand-in is one server: it asks people where it answers programs.
    xAuthorize: `${xApi ?? 'https://x.com'}/i/oauth2/authorize`,
  };
}

/**
 * Several addresses, separated by commas, stand for the issuers in order, each with its own keys. A single one stands for all
 * of them, whichever of them its document names.
 */
function placesOf(
  setting: string | null,
  issuers: readonly string[],
): readonly (readonly [issuer: string, place: DiscoveryPlace])[] {
  const [only, ...others] = (setting ?? '').split(',').map((url) => url.trim());
  if (only === undefined || only === '') return [];
  if (others.length === 0) return issuers.map((issuer) => [issuer, { url: only, issuers }]);
  const urls = [only, ...others];
  return issuers.flatMap((issuer, index) => {
    const url = urls[index];
    return url === undefined ? [] : [[issuer, { url, issuers: [issuer] }] as const];
  });
}

const withoutSlash = (address: string | null): string | null => address?.replace(/\/+$/, '') ?? null;
