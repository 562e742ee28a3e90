/** Certificates as clients send them, and their path to a trust anchor. */
import { parseBase64Url } from '../bytes.ts';
import type { TrustAnchor } from '../repositories/trust-anchors.ts';
import { failure, type Result } from '../result.ts';
import { readBundle } from './bundle.ts';
import { type Certificate, readCertificate } from './certificate.ts';
import { type CertificatePath, type ChainFailure, validateChain } from './chain.ts';

const MAX_SENT = 5;
const MAX_TEXT = 12_000;

/** @param base64 - of DER. @returns null for what is no certificate that can be used */
export function readSentCertificate(base64: unknown): Certificate | null {
  if (typeof base64 !== 'string' || base64.length > MAX_TEXT) return null;
  const der = parseBase64Url(
    base64
      .replaceAll('+', '-')
      .replaceAll('/', '_')
      .replace(/={1,2}$/, ''),
  );
  return der === null ? null : readCertificate(der);
}

/**
 * Validates a certificate up to an anchor.
 * @param sent - the authorities that came with it, each base64 of DER
 */
export async function pathToAnchor(
  leaf: Certificate,
  sent: readonly unknown[],
  anchor: TrustAnchor,
  nowSeconds: number,
): Promise<Result<CertificatePath, ChainFailure>> {
  const read = sent.length > MAX_SENT ? [null] : sent.map(readSentCertificate);
  const intermediates = read.filter((each) => each !== null);
  const anchors = readBundle(anchor.bundle);
  if (!anchors.ok || intermediates.length < read.length) return failure({ why: 'no_path' });
  const revocations = anchor.revoked.map(({ issuer, serials }) => ({ issuer, serials: new Set(serials) }));
  return validateChain({ leaf, intermediates, anchors: anchors.value, revocations, nowSeconds });
}
