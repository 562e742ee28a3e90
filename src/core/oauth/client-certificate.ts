/** The certificates by which clients are known. @see RFC 8705 section 2 */
import { alternativeNamesOf, type Certificate, fingerprintOf } from '../x509/certificate.ts';
import { isSameName, parseDistinguishedName } from '../x509/distinguished-name.ts';

/** The names of a certificate that a client can be known by; the keys of RFC 8705 section 2.1.2 without their prefix. */
export const CERTIFICATE_NAMES = ['subject_dn', 'san_dns', 'san_uri', 'san_ip', 'san_email'] as const;
export type CertificateName = (typeof CERTIFICATE_NAMES)[number];

export type ClientCertificate =
  /** Any that an authority of the trust anchor issued with this name, for `tls_client_auth`. */
  | {
      readonly kind: 'issued';
      readonly trustAnchorId: string;
      readonly name: CertificateName;
      readonly value: string;
    }
  /** These, whoever made them, for `self_signed_tls_client_auth`; each base64 of DER. */
  | { readonly kind: 'registered'; readonly certificates: readonly string[] };

const ALTERNATIVE_NAMES: Readonly<Record<Exclude<CertificateName, 'subject_dn'>, string>> = {
  san_dns: 'dns',
  san_uri: 'url',
  san_ip: 'ip',
  san_email: 'email',
};

/** Whether a certificate has a name. A subject is written as RFC 4514 has it: its last part first. */
export function hasName(certificate: Certificate, name: CertificateName, value: string): boolean {
  if (name === 'subject_dn') {
    const wanted = parseDistinguishedName(value)?.toReversed() ?? null;
    return isSameName(wanted, parseDistinguishedName(certificate.subject));
  }
  const kind = ALTERNATIVE_NAMES[name];
  return alternativeNamesOf(certificate).some((each) => each.kind === kind && each.value === value);
}

/** Whether it is one of those that are registered, and within its own time: a later one is another certificate. */
export const isRegistered = (
  certificate: Certificate,
  registered: readonly string[],
  nowSeconds: number,
): boolean =>
  certificate.notBeforeSeconds <= nowSeconds &&
  nowSeconds < certificate.notAfterSeconds &&
  registered.includes(fingerprintOf(certificate));
