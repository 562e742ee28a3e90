/** Clients that prove themselves by the certificate of their connection. @see RFC 8705 section 2 */
import type { RequestFacts } from '../../core/context/request-context.ts';
import { nowSecondsOf } from '../../core/context/request-context.ts';
import type { OAuthClient } from '../../core/oauth/client.ts';
import { hasName, isRegistered } from '../../core/oauth/client-certificate.ts';
import { certificateKey } from '../../core/oauth/sender-key.ts';
import { pathToAnchor } from '../../core/x509/sent-chain.ts';
import { readTlsCertificate, thumbprintOf } from '../../core/x509/tls-certificate.ts';
import type { Deps } from '../deps.ts';

/**
 * Whether the connection's certificate is the client's. The chain is validated here, against the trust anchor of the client's own
 * account: Cloudflare knows one set of authorities for all.
 * @returns the moment that ends it; null for another certificate, or none
 */
export async function provedByCertificate(
  { accountId, settings }: OAuthClient,
  facts: RequestFacts,
  deps: Deps,
): Promise<number | null> {
  const shown = readTlsCertificate(facts.tlsClient);
  const known = settings.certificate;
  if (shown === null || known === undefined) return null;
  const { certificate, sent } = shown;
  const nowSeconds = nowSecondsOf(facts);
  if (known.kind === 'registered')
    return isRegistered(certificate, known.certificates, nowSeconds) ? certificate.notAfterSeconds : null;
  if (!hasName(certificate, known.name, known.value)) return null;
  const anchor = await deps.directory.trustAnchor(accountId, known.trustAnchorId);
  if (anchor?.enabled !== true) return null;
  const path = await pathToAnchor(certificate, sent, anchor, nowSeconds);
  return path.ok ? path.value.notAfterSeconds : null;
}

/**
 * The certificate of the connection as the key that a token is bound to. Nobody need vouch for it: it only has to be the same one again.
 * @returns null without one
 * @see RFC 8705 section 3
 */
export async function connectionKey({ tlsClient }: RequestFacts): Promise<string | null> {
  const shown = readTlsCertificate(tlsClient);
  return shown === null ? null : certificateKey(await thumbprintOf(shown.certificate));
}
