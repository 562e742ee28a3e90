/** Why a SAML response is not believed. */
export type SamlFailure =
  /** Not XML that is admitted, or not built as the profile says. */
  | { readonly why: 'malformed'; readonly what: string }
  /** No signature, or one that does not verify with a certificate of the provider. */
  | { readonly why: 'signature'; readonly what: string }
  | { readonly why: 'encryption'; readonly what: string }
  /** The identity provider itself says that the login failed. */
  | { readonly why: 'status'; readonly status: string }
  | { readonly why: 'issuer' | 'audience' | 'recipient' | 'destination' | 'request' | 'subject' }
  | { readonly why: 'condition'; readonly name: string }
  | { readonly why: 'not_yet_valid' | 'expired' };

/** @param what - of the structure, never of the content */
export const malformed = (what: string): SamlFailure => ({ why: 'malformed', what });
