/** A certificate, read: what chains and policies need of it, and nothing that was not understood. */
import './reflect.ts';
import {
  BasicConstraintsExtension,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  X509Certificate,
} from '@peculiar/x509';
import { type Bytes, toBase64 } from '../bytes.ts';
import type { InstanceKeyAlgorithm } from '../instances/identity.ts';

export const MAX_CERTIFICATE_BYTES = 8192;
const MIN_RSA_BITS = 2048;

export interface Certificate {
  readonly x509: X509Certificate;
  readonly subject: string;
  readonly issuer: string;
  /** As `normalSerial` writes it. */
  readonly serial: string;
  readonly notBeforeSeconds: number;
  readonly notAfterSeconds: number;
  /** Null where it is no authority. */
  readonly authority: { readonly pathLength: number | null } | null;
  readonly maySign: { readonly data: boolean; readonly certificates: boolean };
  /** Null where it may be used for everything. */
  readonly usages: readonly string[] | null;
  readonly key: CertificateKey;
}

export interface CertificateKey {
  readonly algorithm: InstanceKeyAlgorithm | 'ES512';
  /** SubjectPublicKeyInfo. */
  readonly spki: Bytes;
}

/** One spelling of a serial number: certificates and lists of revoked ones pad it differently. @returns lower-case hexadecimal */
export const normalSerial = (hex: string): string => hex.toLowerCase().replace(/^0+(?=.)/, '');

/** Extensions that this code takes into account, or that limit nothing. @see RFC 5280 section 4.2 */
const KNOWN_EXTENSIONS: ReadonlySet<string> = new Set([
  '2.5.29.14', // subject key identifier
  '2.5.29.15', // key usage
  '2.5.29.17', // subject alternative name
  '2.5.29.18', // issuer alternative name
  '2.5.29.19', // basic constraints
  '2.5.29.31', // CRL distribution points: nothing is fetched
  '2.5.29.32', // certificate policies
  '2.5.29.35', // authority key identifier
  '2.5.29.37', // extended key usage
  '1.3.6.1.5.5.7.1.1', // authority information access: nothing is fetched
]);
/** Limits that this code cannot apply: a certificate that sets them is refused, critical or not. */
const NAME_CONSTRAINTS = '2.5.29.30';

const HASHES: ReadonlySet<string> = new Set(['SHA-256', 'SHA-384', 'SHA-512']);

/**
 * Reads a certificate.
 * @param der - DER, or one PEM block
 * @returns null for what cannot be read, uses SHA-1 or a weak key, or sets a limit that is not understood
 */
export function readCertificate(der: Bytes | string): Certificate | null {
  if (der.length > (typeof der === 'string' ? 2 * MAX_CERTIFICATE_BYTES : MAX_CERTIFICATE_BYTES)) return null;
  try {
    return describe(new X509Certificate(der));
  } catch {
    return null; // whatever the parser stumbles over
  }
}

function describe(x509: X509Certificate): Certificate | null {
  const key = keyOf(x509);
  const oids = x509.extensions.map(({ type }) => type);
  if (key === null || new Set(oids).size !== oids.length) return null;
  const limits = x509.extensions.some(
    ({ type, critical }) => type === NAME_CONSTRAINTS || (critical && !KNOWN_EXTENSIONS.has(type)),
  );
  if (limits || !hasGoodHash(x509)) return null;
  const basic = x509.getExtension(BasicConstraintsExtension);
  const usage = x509.getExtension(KeyUsagesExtension)?.usages ?? null;
  const extended = x509.getExtension(ExtendedKeyUsageExtension);
  return {
    ...{ x509, subject: x509.subject, issuer: x509.issuer, key },
    serial: normalSerial(x509.serialNumber),
    notBeforeSeconds: Math.ceil(x509.notBefore.getTime() / 1000),
    notAfterSeconds: Math.floor(x509.notAfter.getTime() / 1000),
    authority: basic?.ca === true ? { pathLength: basic.pathLength ?? null } : null,
    maySign: {
      data: usage === null || (usage & KeyUsageFlags.digitalSignature) !== 0,
      certificates: usage !== null && (usage & KeyUsageFlags.keyCertSign) !== 0,
    },
    usages: extended === null ? null : extended.usages.map(String),
  };
}

/** Ed25519 names no hash of its own. */
function hasGoodHash({ signatureAlgorithm }: X509Certificate): boolean {
  const { name, hash } = signatureAlgorithm as {
    readonly name: string;
    readonly hash?: { readonly name: string };
  }; // WebCrypto's form
  return name === 'Ed25519' || (hash !== undefined && HASHES.has(hash.name));
}

const CURVES: ReadonlyMap<string, CertificateKey['algorithm']> = new Map([
  ['P-256', 'ES256'],
  ['P-384', 'ES384'],
  ['P-521', 'ES512'],
]);

function keyOf({ publicKey }: X509Certificate): CertificateKey | null {
  const { name, namedCurve, modulusLength } = publicKey.algorithm as {
    readonly name: string;
    readonly namedCurve?: string;
    readonly modulusLength?: number;
  }; // WebCrypto's form of each kind of key
  const spki = new Uint8Array(publicKey.rawData);
  if (name === 'Ed25519') return { algorithm: 'EdDSA', spki };
  if (name.startsWith('RSA')) {
    return (modulusLength ?? 0) >= MIN_RSA_BITS ? { algorithm: 'RS256', spki } : null;
  }
  const algorithm = name === 'ECDSA' ? CURVES.get(namedCurve ?? '') : undefined;
  return algorithm === undefined ? null : { algorithm, spki };
}

/** Whether an authority's key made a certificate's signature. Times are another question. */
export async function isSignedBy(certificate: Certificate, authority: Certificate): Promise<boolean> {
  try {
    return await certificate.x509.verify({ publicKey: authority.x509, signatureOnly: true });
  } catch {
    return false; // a signature of another kind of key
  }
}

/** A certificate as one text: whether two are the same. */
export const fingerprintOf = ({ x509 }: Certificate): string => toBase64(new Uint8Array(x509.rawData));

/** The names of a certificate, by kind: `DNS`, `URI`, and the directory names. */
export function alternativeNamesOf({ x509 }: Certificate): readonly { kind: string; value: string }[] {
  const names = x509.getExtension(SubjectAlternativeNameExtension)?.names.items ?? [];
  return names.map(({ type, value }) => ({ kind: type, value }));
}
