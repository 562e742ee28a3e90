/** Clients that prove themselves by the certificate of their connection. @see RFC 8705 section 2 */
import type { RequestFacts } from '../../core/context/request-context.ts';
import { nowSecondsOf } from '../../core/context/request-context.ts';
import type { OAuthClient } from '../../core/oauth/client.ts';
import { hasName, isRegistered } from '../../core/oauth/client-certificate.ts';
import { certificateKey } from '../../core/oauth/sender-key.ts';
import { pathToAnchor } from '../../core/x509/sent-chain.ts';
import type { SessionCertificate } from '../../core/x509/session-certificate.ts';
import { readTlsCertificate, thumbprintOf } from '../../core/x509/tls-certificate.ts';
import type { Deps } from '../deps.ts';

/** A certificate that proves a client. */
export interface ClientProof {
  /** The moment that ends it. */
  readonly notAfterSeconds: number;
  /** What else can end it: its anchor, and lists of revoked ones. Null where it is registered itself. */
  readonly certificate: SessionCertificate | null;
}

/**
 * Whether the connection's certificate is the client's. The chain is validated here, against the trust anchor of the client's own
 * account: Cloudflare knows one set of authorities for all.
 * @returns what ends it; null for another certificate, or none
 */
export async function provedByCertificate(
  { accountId, settings }: OAuthClient,
  facts: RequestFacts,
  deps: Deps,
): Promise<ClientProof | null> {
  const shown = readTlsCertificate(facts.tlsClient);
  const known = settings.certificate;
  if (shown === null || known === undefined) return null;
  const { certificate, sent } = shown;
  const nowSeconds = nowSecondsOf(facts);
  const { notAfterSeconds } = certificate;
  if (known.kind === 'registered')
    return isRegistered(certificate, known.certificates, nowSeconds)
      ? { notAfterSeconds, certificate: null }
      : null;
  if (!hasName(certificate, known.name, known.value)) return null;
  const { trustAnchorId } = known;
  const anchor = await deps.directory.trustAnchor(accountId, trustAnchorId);
  if (anchor?.enabled !== true) return null;
  const path = await pathToAnchor(certificate, sent, anchor, nowSeconds);
  if (!path.ok) return null;
  const { path: names, notAfterSeconds: pathEnd } = path.value;
  return { notAfterSeconds: pathEnd, certificate: { trustAnchorId, profileId: null, path: names } };
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
