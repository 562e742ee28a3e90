/** Certificate authorities and certificates, made afresh. */
import 'reflect-metadata';
import {
  BasicConstraintsExtension,
  ExtendedKeyUsageExtension,
  type Extension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  type X509Certificate,
  X509CertificateGenerator,
  X509CrlGenerator,
} from '@peculiar/x509';

const EC = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const RSA = {
  name: 'RSASSA-PKCS1-v1_5',
  modulusLength: 2048,
  publicExponent: Uint8Array.of(1, 0, 1),
  hash: 'SHA-256',
};
const CLIENT_AUTHENTICATION = '1.3.6.1.5.5.7.3.2';

export interface Issued {
  readonly certificate: X509Certificate;
  readonly keys: CryptoKeyPair;
}

export interface CertificateOptions {
  readonly subject?: string;
  readonly by?: Issued;
  /** In seconds since 1970. */
  readonly from?: number;
  readonly to?: number;
  readonly serial?: string;
  readonly rsa?: boolean;
  readonly extensions?: readonly Extension[];
  readonly hash?: string;
}

let serial = 1000;

async function issue(options: CertificateOptions, byDefault: readonly Extension[]): Promise<Issued> {
  const now = Math.floor(Date.now() / 1000);
  const { subject = 'CN=thing', from = now - 3600, to = now + 30 * 86_400, by, hash = 'SHA-256' } = options;
  const keys = (await crypto.subtle.generateKey(options.rsa === true ? RSA : EC, true, [
    'sign',
    'verify',
  ])) as CryptoKeyPair; // of an asymmetric algorithm
  serial += 1;
  const signer = by?.keys.privateKey ?? keys.privateKey;
  const certificate = await X509CertificateGenerator.create({
    serialNumber: options.serial ?? serial.toString(16).padStart(8, '0'),
    subject,
    issuer: by?.certificate.subject ?? subject,
    notBefore: new Date(from * 1000),
    notAfter: new Date(to * 1000),
    signingAlgorithm: { ...signer.algorithm, hash },
    publicKey: keys.publicKey,
    signingKey: signer,
    extensions: [
      ...(options.extensions ?? byDefault),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { certificate, keys };
}

/** An authority, its own issuer unless `by` is given; it outlives what it issues. */
export const authority = (
  options: CertificateOptions & { readonly pathLength?: number } = {},
): Promise<Issued> =>
  issue({ subject: 'CN=Root, O=Example', to: Math.floor(Date.now() / 1000) + 60 * 86_400, ...options }, [
    new BasicConstraintsExtension(true, options.pathLength, true),
    new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
  ]);

/** A device's certificate. */
export const deviceCertificate = (
  by: Issued,
  options: CertificateOptions & { readonly dns?: string } = {},
): Promise<Issued> =>
  issue({ by, ...options }, [
    new BasicConstraintsExtension(false, undefined, true),
    new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
    new ExtendedKeyUsageExtension([CLIENT_AUTHENTICATION]),
    ...(options.dns === undefined
      ? []
      : [new SubjectAlternativeNameExtension([{ type: 'dns', value: options.dns }])]),
  ]);

/** A list of revoked certificates, as PEM. */
export async function revokedList(by: Issued, serials: readonly string[]): Promise<string> {
  const list = await X509CrlGenerator.create({
    issuer: by.certificate.subject,
    thisUpdate: new Date(),
    nextUpdate: new Date(Date.now() + 86_400_000),
    entries: serials.map((serialNumber) => ({ serialNumber })),
    signingAlgorithm: { ...by.keys.privateKey.algorithm, hash: 'SHA-256' },
    signingKey: by.keys.privateKey,
  });
  return list.toString('pem');
}

export const pemOf = (...issued: readonly Issued[]): string =>
  issued.map(({ certificate }) => certificate.toString('pem')).join('\n');
export const derOf = ({ certificate }: Issued): Uint8Array<ArrayBuffer> =>
  new Uint8Array(certificate.rawData);
