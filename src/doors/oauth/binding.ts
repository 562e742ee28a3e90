import type { RequestFacts } from '../../core/context/request-context.ts';
import { Fault } from '../../core/faults.ts';
import type { OAuthClient } from '../../core/oauth/client.ts';
import { connectionKey } from '../../usecases/oauth/client-certificate.ts';
import type { ProvedKey } from '../../usecases/prove-key.ts';

/**
 * The key that the answer's tokens are bound to. Fail closed: what must be bound is not given unbound.
 * @param key - the one that a proof showed, or null
 * @returns it as `sender-key.ts` writes it; null for plain bearers
 * @throws Fault `validation_error`
 * @see RFC 9449 section 5.2, RFC 8705 section 3.4
 */
export async function requireBinding(
  client: OAuthClient | null,
  key: ProvedKey | null,
  facts: RequestFacts,
): Promise<string | null> {
  if (client?.settings.certificateBound !== true) {
    if (client?.settings.dpopRequired !== true || key !== null) return key?.thumbprint ?? null;
    throw new Fault('validation_error', 'this client needs tokens bound to its key');
  }
  if (key !== null)
    throw new Fault('validation_error', 'tokens of this client are bound to its certificate, not by DPoP');
  const certificate = await connectionKey(facts);
  if (certificate !== null) return certificate;
  throw new Fault('validation_error', 'this client needs tokens bound to its certificate, and showed none');
}
