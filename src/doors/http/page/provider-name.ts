/** Providers that people know by another name than their host's. */
const KNOWN: ReadonlyMap<string, string> = new Map([
  ['accounts.google.com', 'Google'],
  ['www.facebook.com', 'Facebook'],
  ['graph.facebook.com', 'Facebook'],
  ['api.x.com', 'X'],
]);

/** What people call a provider. @param name - an issuer without its scheme, or the name of a SAML provider */
export const providerName = (name: string): string => KNOWN.get(name) ?? name;
