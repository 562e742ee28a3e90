/**
 * The client's certificate of mutual TLS, as Cloudflare tells it: believed only where Cloudflare says that it was shown, that
 * its chain was verified, and that it is not revoked.
 * @see https://developers.cloudflare.com/workers/runtime-apis/request/#incomingrequestcfproperties
 */
import './reflect.ts';
import { SubjectKeyIdentifierExtension } from '@peculiar/x509';
import type { TrustAnchor } from '../repositories/trust-anchors.ts';
import { readBundle } from './bundle.ts';
import { normalSerial } from './certificate.ts';
import type { CertificateName } from './chain.ts';
import { isSameName, parseDistinguishedName } from './distinguished-name.ts';

export interface TlsClient {
  /** In the certificate's own order; RFC 2253 writes the last part first. */
  readonly subject: readonly string[];
  readonly issuer: readonly string[];
  readonly issuerKeyId: string;
  readonly serial: string;
  readonly notAfterSeconds: number;
}

/** @param told - `request.cf.tlsClientAuth`. @returns null unless it was shown and verified, and everything needed is told */
export function readTlsClient(told: unknown): TlsClient | null {
  const auth: Readonly<Record<string, unknown>> = Object(told); // any value, boxed
  if (auth.certPresented !== '1' || auth.certVerified !== 'SUCCESS' || auth.certRevoked !== '0') return null;
  const subject = nameOf(auth.certSubjectDNRFC2253);
  const issuer = nameOf(auth.certIssuerDNRFC2253);
  const { certIssuerSKI: keyId, certSerial: serial, certNotAfter: notAfter } = auth;
  const notAfterSeconds = typeof notAfter === 'string' ? Math.floor(Date.parse(notAfter) / 1000) : Number.NaN;
  if (subject === null || issuer === null || !Number.isSafeInteger(notAfterSeconds)) return null;
  if (!isHex(keyId) || !isHex(serial)) return null;
  return { subject, issuer, issuerKeyId: keyId.toLowerCase(), serial: normalSerial(serial), notAfterSeconds };
}

const isHex = (value: unknown): value is string =>
  typeof value === 'string' && /^[0-9A-Fa-f]{1,128}$/.test(value);

const nameOf = (text: unknown): readonly string[] | null =>
  typeof text === 'string' && text.length <= 2048
    ? (parseDistinguishedName(text)?.toReversed() ?? null)
    : null;

/**
 * The authority of an anchor that issued it, by name and key.
 * @returns its certificate's name, as lists of revoked ones have it; null where there is none, or a list revokes it
 */
export function nameUnderAnchor(
  client: TlsClient,
  anchor: TrustAnchor,
  nowSeconds: number,
): CertificateName | null {
  const bundle = readBundle(anchor.bundle);
  if (!bundle.ok || client.notAfterSeconds <= nowSeconds) return null;
  const authority = bundle.value.find(({ subject, x509, notAfterSeconds }) => {
    const keyId = x509.getExtension(SubjectKeyIdentifierExtension)?.keyId.toLowerCase();
    if (keyId !== client.issuerKeyId || notAfterSeconds <= nowSeconds) return false;
    return isSameName(parseDistinguishedName(subject), client.issuer);
  });
  const isRevoked = anchor.revoked.some(
    ({ issuer, serials }) =>
      isSameName(parseDistinguishedName(issuer), client.issuer) && serials.includes(client.serial),
  );
  return authority === undefined || isRevoked ? null : { issuer: authority.subject, serial: client.serial };
}
