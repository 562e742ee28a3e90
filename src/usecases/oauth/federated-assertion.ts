/** A client that proves itself by its workload's token: a pod's, a pipeline's. It then has no secret to keep or to rotate. */
import { Fault, type FaultCode } from '../../core/faults.ts';
import type { OAuthClient } from '../../core/oauth/client.ts';
import { parseIdToken } from '../../core/oidc/id-token.ts';
import type { Deps } from '../deps.ts';
import { readIdTokenAssertion } from '../prove-identity.ts';

/**
 * Whether a token is of the workload that the client is: provider, subject and audience as registered, each as one whole text. It may be
 * shown again until it ends, for a platform hands its workloads one token for many requests.
 * @throws Fault `idp_communication_error` where the provider's keys cannot be had just now, `service_unavailable`
 * @see RFC 7521 section 6.2, RFC 7523 section 3
 */
export async function isFederatedProof(
  { accountId, settings }: OAuthClient,
  proof: string,
  nowSeconds: number,
  deps: Deps,
): Promise<boolean> {
  const { federatedAssertion: wanted } = settings;
  const token = parseIdToken(proof);
  // Before anything is looked up or fetched.
  if (wanted === undefined || !token.ok || token.value.issuer !== wanted.issuer) return false;
  try {
    const assertion = readIdTokenAssertion(proof);
    const trusted = await assertion.find(accountId, deps);
    const { identity } = await assertion.verify(trusted, nowSeconds, deps);
    // Whoever acts for the workload is not the workload.
    const isOwn = identity.claims.act === undefined;
    return isOwn && identity.subject === wanted.subject && identity.audience === wanted.audience;
  } catch (error) {
    if (error instanceof Fault && OF_THE_TOKEN.has(error.code)) return false;
    throw error;
  }
}

/** Whatever else goes wrong is not the client's doing: told that it is not believed, it would not try again. */
const OF_THE_TOKEN: ReadonlySet<FaultCode> = new Set([
  'invalid_identity_token',
  'expired_identity_token',
  'idp_rejected_claim',
]);
