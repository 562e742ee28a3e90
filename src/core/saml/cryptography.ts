/** What SAML needs of libraries and of the platform's keys. */

import type { Bytes } from '../bytes.ts';
import type { SignatureMethod } from './signature-shape.ts';

/** What a certificate says, and whether its key is strong enough to be trusted at all. */
export interface CertificateFacts {
  readonly notBeforeSeconds: number;
  readonly notAfterSeconds: number;
}

/** A private key as it was read from PEM. */
export interface ReadPrivateKey {
  /** Base64 PKCS#8. */
  readonly pkcs8: string;
  /** Base64 DER of a certificate that the key has signed itself: what identity providers take a public key in. */
  readonly certificate: string;
}

export interface SignedElement {
  /** The whole document. */
  readonly xml: string;
  /** The ID of the element that carries the signature; the document has it once. */
  readonly id: string;
  /** Base64 DER of the certificates that may have signed. */
  readonly certificates: readonly string[];
}

export interface SignedText {
  readonly method: SignatureMethod;
  readonly text: string;
  readonly signature: Bytes;
  /** Base64 DER of the certificates that may have signed. */
  readonly certificates: readonly string[];
}

export interface SamlCryptography {
  /** @returns null for what is no certificate, an RSA key under 2048 bits, or a key of another kind than RSA and NIST curves */
  readCertificate(der: string): CertificateFacts | null;
  /**
   * Verifies the signature that stands in an element whose shape was checked before.
   * @returns the canonical text of exactly the bytes that were signed, or null
   */
  verifySignature(signed: SignedElement): string | null;
  /** Verifies the signature of a text that is sent as it is. */
  verifyText(signed: SignedText): boolean;
  /** @returns null for what is no RSA key of 2048 to 4096 bits */
  readPrivateKey(pem: string, nowSeconds: number): Promise<ReadPrivateKey | null>;
}
