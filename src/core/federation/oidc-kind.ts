import type { OidcProvider } from '../account.ts';
import { claimContext } from '../context/claim-context.ts';
import type { ProviderKind } from './provider-kind.ts';

/** Any OpenID Connect issuer that an account has registered: one exact `iss`, each claim a key under it. */
export const oidcKind = ({ url, issuer }: Pick<OidcProvider, 'url' | 'issuer'>): ProviderKind => ({
  url,
  name: null,
  issuers: new Map([[issuer, issuer]]),
  readIdToken: (token) => ({ identity: token, context: claimContext(url, token.claims, token.audience) }),
});
