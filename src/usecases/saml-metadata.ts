/** Metadata and private keys of SAML providers, as administrators send them. */
import { Fault } from '../core/faults.ts';
import type { ReadPrivateKey } from '../core/saml/cryptography.ts';
import { parseMetadata } from '../core/saml/metadata.ts';
import type { SamlCertificate, SamlProviderMetadata } from '../core/saml/provider.ts';
import type { Deps } from './deps.ts';

/**
 * @param text - a metadata document
 * @returns what is kept of it
 * @throws Fault `invalid_input` for a document that cannot be read, a certificate that cannot be trusted, or none that counts now
 */
export function readSamlMetadata(text: string, nowSeconds: number, deps: Deps): SamlProviderMetadata {
  const parsed = parseMetadata(text, deps.settings.mode);
  if (!parsed.ok) throw notParsed(parsed.failure);
  const certificates = parsed.value.certificates.map((der): SamlCertificate => {
    const facts = deps.saml.readCertificate(der);
    if (facts === null) throw notParsed('a signing certificate is damaged, or its key is too weak');
    return { der, ...facts };
  });
  if (!certificates.some(({ notAfterSeconds }) => notAfterSeconds > nowSeconds)) {
    throw notParsed('every signing certificate has expired');
  }
  const { validUntilSeconds } = parsed.value;
  if (validUntilSeconds !== null && validUntilSeconds <= nowSeconds)
    throw notParsed('its validUntil has passed');
  return { ...parsed.value, certificates };
}

const notParsed = (reason: string): Fault =>
  new Fault('invalid_input', `Could not parse metadata: ${reason}.`);

/**
 * @param pem - an unencrypted RSA key
 * @throws Fault `invalid_input`
 */
export async function readSamlPrivateKey(
  pem: string,
  nowSeconds: number,
  deps: Deps,
): Promise<ReadPrivateKey> {
  const key = await deps.saml.readPrivateKey(pem, nowSeconds);
  if (key !== null) return key;
  throw new Fault(
    'invalid_input',
    'The private key must be an RSA key of 2048 to 4096 bits in PEM, not encrypted.',
  );
}
