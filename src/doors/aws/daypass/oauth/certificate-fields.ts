/** How the certificates of a client are read and written. @see RFC 8705 sections 2.1.2 and 2.2.2 */
import { Fault } from '../../../../core/faults.ts';
import type { ClientSettings } from '../../../../core/oauth/client.ts';
import type { CertificateName, ClientCertificate } from '../../../../core/oauth/client-certificate.ts';
import { fingerprintOf, readCertificate } from '../../../../core/x509/certificate.ts';
import { type InputOf, optional, withDefault } from '../../query/field.ts';
import { boolean, list, string } from '../../query/kinds.ts';
import { flag, listOf, maybe, text } from '../../query/shape.ts';

const name = () => optional(string({ min: 1, max: 1000 }));
const MAX_CERTIFICATES = 5;

export const certificateFields = {
  /** Every token must be bound to the certificate of the client's connection. */
  CertificateBoundAccessTokens: withDefault(boolean(), false),
  /** Who issues the client's certificates, and one name that they have, for `tls_client_auth`. */
  TlsClientAuthTrustAnchorId: optional(string({ min: 1, max: 64 })),
  TlsClientAuthSubjectDN: name(),
  TlsClientAuthSanDNS: name(),
  TlsClientAuthSanURI: name(),
  TlsClientAuthSanIP: name(),
  TlsClientAuthSanEmail: name(),
  /** The client's own, as PEM, for `self_signed_tls_client_auth`. */
  TlsClientCertificates: withDefault(list(string({ min: 1, max: 16_384 }), { max: MAX_CERTIFICATES }), []),
};

type Input = InputOf<typeof certificateFields>;

/** @throws Fault `invalid_input` for a certificate that cannot be read, or parts that do not belong together */
export function certificateSettingsOf(
  input: Input,
): Pick<ClientSettings, 'certificate' | 'certificateBound'> {
  const issued = issuedOf(input);
  const certificates = input.TlsClientCertificates.map(readOwn);
  if (issued !== null && certificates.length > 0)
    throw new Fault('invalid_input', 'a client is known by TlsClientCertificates or by a name, not by both');
  const registered: ClientCertificate | null =
    certificates.length > 0 ? { kind: 'registered', certificates } : null;
  const certificate = issued ?? registered;
  return {
    ...(certificate !== null && { certificate }),
    ...(input.CertificateBoundAccessTokens && { certificateBound: true }),
  };
}

function issuedOf(input: Input): ClientCertificate | null {
  const names: readonly (readonly [CertificateName, string | undefined])[] = [
    ['subject_dn', input.TlsClientAuthSubjectDN],
    ['san_dns', input.TlsClientAuthSanDNS],
    ['san_uri', input.TlsClientAuthSanURI],
    ['san_ip', input.TlsClientAuthSanIP],
    ['san_email', input.TlsClientAuthSanEmail],
  ];
  const given = names.flatMap(([each, value]) => (value === undefined ? [] : [{ name: each, value }]));
  const { TlsClientAuthTrustAnchorId: trustAnchorId } = input;
  const [only, ...more] = given;
  if (only === undefined && trustAnchorId === undefined) return null;
  if (only === undefined || more.length > 0 || trustAnchorId === undefined)
    throw new Fault(
      'invalid_input',
      'TlsClientAuthTrustAnchorId goes with exactly one name of TlsClientAuth',
    );
  return { kind: 'issued', trustAnchorId, ...only };
}

function readOwn(pem: string): string {
  const certificate = readCertificate(pem);
  if (certificate !== null) return fingerprintOf(certificate);
  throw new Fault('invalid_input', 'a certificate of TlsClientCertificates cannot be read, or is too weak');
}

export const certificateShape = {
  CertificateBoundAccessTokens: flag,
  TlsClientAuthTrustAnchorId: maybe(text),
  TlsClientAuthSubjectDN: maybe(text),
  TlsClientAuthSanDNS: maybe(text),
  TlsClientAuthSanURI: maybe(text),
  TlsClientAuthSanIP: maybe(text),
  TlsClientAuthSanEmail: maybe(text),
  /** Each base64 of DER. */
  TlsClientCertificates: listOf(text),
};

export function certificateRecord({ certificate, certificateBound = false }: ClientSettings) {
  const issued = certificate?.kind === 'issued' ? certificate : null;
  const named = (name: CertificateName) => (issued?.name === name ? issued.value : undefined);
  return {
    CertificateBoundAccessTokens: certificateBound,
    TlsClientAuthTrustAnchorId: issued?.trustAnchorId,
    TlsClientAuthSubjectDN: named('subject_dn'),
    TlsClientAuthSanDNS: named('san_dns'),
    TlsClientAuthSanURI: named('san_uri'),
    TlsClientAuthSanIP: named('san_ip'),
    TlsClientAuthSanEmail: named('san_email'),
    TlsClientCertificates: certificate?.kind === 'registered' ? certificate.certificates : [],
  };
}
