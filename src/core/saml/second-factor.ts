import type { SamlProvider } from './provider.ts';
import type { VerifiedAssertion } from './verify-response.ts';

/**
 * Whether what the identity provider says of how somebody signed in counts as a second factor: only where the account has said
 * which authentication contexts do, for any provider can write any of them.
 * @returns when the factor was proved, in seconds, never later than now; null where none counts or nothing says when
 * @see SAML 2.0 Core, section 2.7.2.2
 */
export function samlMfaAtSeconds(
  { mfaContextClasses }: Pick<SamlProvider, 'mfaContextClasses'>,
  {
    contextClasses,
    authenticatedAtSeconds,
  }: Pick<VerifiedAssertion, 'contextClasses' | 'authenticatedAtSeconds'>,
  nowSeconds: number,
): number | null {
  if (authenticatedAtSeconds === null) return null;
  const counts = contextClasses.some((each) => mfaContextClasses.includes(each));
  return counts ? Math.min(authenticatedAtSeconds, nowSeconds) : null;
}
