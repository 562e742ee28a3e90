/** Who stands behind a token of a registered provider. */
import type { OidcProvider } from '../core/account.ts';
import { Fault } from '../core/faults.ts';
import { oidcKind } from '../core/federation/oidc-kind.ts';
import type { Proof, ProviderKind } from '../core/federation/provider-kind.ts';
import { parseIdToken, type UnverifiedIdToken } from '../core/oidc/id-token.ts';
import type { Deps } from './deps.ts';
import { inVain } from './lookups.ts';
import { tokenFault, verifyIdToken } from './verify-id-token.ts';

/** A provider of the account, and what its proofs mean. */
export interface TrustedProvider {
  readonly provider: OidcProvider;
  readonly kind: ProviderKind;
  /** What answers, policies and the trail call it: AWS's name of a built-in provider, else the ARN. */
  readonly name: string;
}

export interface ProvedLogin extends TrustedProvider, Proof {}

/** What was sent as proof, taken apart but not believed. */
export interface Assertion {
  /** Finds the provider. Nothing is fetched from outside before it is found. */
  readonly find: (accountId: string, deps: Deps) => Promise<TrustedProvider>;
  /** @throws Fault `invalid_identity_token`, `expired_identity_token`, `idp_communication_error` */
  readonly verify: (trusted: TrustedProvider, nowSeconds: number, deps: Deps) => Promise<Proof>;
}

/**
 * Takes an ID token apart. Cheap: no cryptography, no lookups.
 * @throws Fault `invalid_identity_token`
 */
export function readIdTokenAssertion(text: string): Assertion {
  const parsed = parseIdToken(text);
  if (!parsed.ok) throw tokenFault(parsed.failure);
  const token = parsed.value;
  return {
    find: (accountId, deps) => findProviderOfIssuer(accountId, token, deps),
    verify: async ({ provider, kind }, nowSeconds, deps) => {
      // The provider was found by this very issuer, so it is one of the kind's own.
      const keysOf = kind.issuers.get(token.issuer) ?? token.issuer;
      return kind.readIdToken(await verifyIdToken(token, { provider, keysOf }, nowSeconds, deps));
    },
  };
}

/** Condition keys and provider ARNs name an issuer without its scheme. */
const withoutScheme = (issuer: string): string => issuer.replace(/^https?:\/\//, '');

async function findProviderOfIssuer(
  accountId: string,
  { issuer }: UnverifiedIdToken,
  deps: Deps,
): Promise<TrustedProvider> {
  const url = deps.providerKinds.ofIssuer(issuer)?.url ?? withoutScheme(issuer);
  const provider = await deps.directory.oidcProvider(accountId, url);
  if (provider !== null) {
    const kind = deps.providerKinds.ofUrl(provider.url) ?? oidcKind(provider);
    // Whole-issuer compare: the same host over another scheme is another issuer.
    if (kind.issuers.has(issuer)) return trustedProvider(provider, kind);
  }
  throw new Fault(
    'invalid_identity_token',
    'no OpenID Connect provider found in your account for the issuer of the token',
    { accountId, ...inVain },
  );
}

export const trustedProvider = (provider: OidcProvider, kind: ProviderKind): TrustedProvider => ({
  provider,
  kind,
  name: kind.name ?? provider.arn,
});
