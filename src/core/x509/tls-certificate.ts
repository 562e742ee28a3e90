/**
 * The certificate of a connection, whole, as Cloudflare hands it on. That whoever connects holds its key is proved by the handshake,
 * which fails otherwise; whether anybody vouches for it is for the reader to judge.
 * @see https://developers.cloudflare.com/workers/runtime-apis/request/#incomingrequestcfproperties, RFC 8446 section 4.4.3
 */
import { toBase64Url } from '../bytes.ts';
import type { Certificate } from './certificate.ts';
import { readSentCertificate } from './sent-chain.ts';

export interface TlsCertificate {
  readonly certificate: Certificate;
  /** The authorities that came with it, each base64 of DER; nothing of them is judged. */
  readonly sent: readonly string[];
}

/** Verified, or signed by somebody whom Cloudflare does not know; not expired, broken or not looked at. */
const SHOWN_WELL =
  /^(?:SUCCESS|FAILED:(?:self[- ]signed certificate(?: in certificate chain)?|unable to verify the first certificate|unable to get (?:local )?issuer certificate))$/;

/** A byte sequence of structured fields. @see RFC 8941 section 3.3.5, RFC 9440 section 2.1 */
const BYTES = /^:([A-Za-z0-9+/]+={0,2}):$/;

/** @param told - `request.cf.tlsClientAuth`. @returns null unless it was shown, is not revoked, and can be read */
export function readTlsCertificate(told: unknown): TlsCertificate | null {
  const auth: Readonly<Record<string, unknown>> = Object(told); // any value, boxed
  const { certPresented, certRevoked, certVerified, certRFC9440: whole, certChainRFC9440: chain } = auth;
  if (certPresented !== '1' || certRevoked !== '0' || typeof certVerified !== 'string') return null;
  if (!SHOWN_WELL.test(certVerified) || typeof whole !== 'string') return null;
  const certificate = readSentCertificate(BYTES.exec(whole)?.[1]);
  if (certificate === null) return null;
  const parts = typeof chain === 'string' && chain !== '' ? chain.split(/ *, */) : [];
  return { certificate, sent: parts.map((part) => BYTES.exec(part)?.[1] ?? '') };
}

/** @returns SHA-256 of a certificate, base64url. @see RFC 8705 section 3.1 */
export async function thumbprintOf({ x509 }: Certificate): Promise<string> {
  return toBase64Url(new Uint8Array(await crypto.subtle.digest('SHA-256', x509.rawData)));
}
