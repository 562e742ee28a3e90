import { SignedXml } from 'xml-crypto';
import type { SamlSigningKey } from './signing-key.ts';

export interface SignatureOptions {
  readonly signatureAlgorithm?: string;
  readonly digestAlgorithm?: string;
  readonly transforms?: readonly string[];
  readonly canonicalization?: string;
  /** Of its elements; empty writes them in the default namespace. */
  readonly prefix?: string;
}

const EXCLUSIVE = 'http://www.w3.org/2001/10/xml-exc-c14n#';

/** Signs the element with an ID and puts the signature behind its Issuer, where SAML wants it. */
export function signElement(
  xml: string,
  id: string,
  { privateKey, certificate }: SamlSigningKey,
  options: SignatureOptions = {},
): string {
  const signed = new SignedXml({
    privateKey,
    publicCert: `-----BEGIN CERTIFICATE-----\n${certificate}\n-----END CERTIFICATE-----`,
    signatureAlgorithm: options.signatureAlgorithm ?? 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
    canonicalizationAlgorithm: options.canonicalization ?? EXCLUSIVE,
  });
  const element = `//*[@ID='${id}']`;
  signed.addReference({
    xpath: element,
    transforms: options.transforms ?? ['http://www.w3.org/2000/09/xmldsig#enveloped-signature', EXCLUSIVE],
    digestAlgorithm: options.digestAlgorithm ?? 'http://www.w3.org/2001/04/xmlenc#sha256',
  });
  signed.computeSignature(xml, {
    prefix: options.prefix ?? 'ds',
    location: { reference: `${element}/*[local-name()='Issuer']`, action: 'after' },
  });
  return signed.getSignedXml();
}
