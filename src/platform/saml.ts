/** SAML's certificates, keys and signatures on this platform. */
import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import type { SamlCryptography } from '../core/saml/cryptography.ts';
import { selfSigned } from '../core/saml/self-signed.ts';
import { verifyEnveloped, verifySignedText } from './saml-signature.ts';

const MIN_RSA_BITS = 2048;
const MAX_RSA_BITS = 4096;
const CURVES: ReadonlySet<string> = new Set([
  'prime256v1',
  'secp384r1',
  'secp521r1',
  'P-256',
  'P-384',
  'P-521',
]);
/** Certificates whose keys are held ready. */
const MAX_HELD_KEYS = 200;

export function createSamlCryptography(): SamlCryptography {
  const held = new Map<string, KeyObject | null>();
  const keyOf = (der: string): KeyObject | null => {
    const known = held.get(der);
    if (known !== undefined) return known;
    const key = readKey(der)?.publicKey ?? null;
    if (held.size >= MAX_HELD_KEYS) held.clear();
    held.set(der, key);
    return key;
  };
  return {
    readCertificate: (der) => {
      const certificate = readKey(der);
      if (certificate === null) return null;
      const [notBefore, notAfter] = [certificate.validFrom, certificate.validTo].map(secondsOf);
      if (notBefore === undefined || notAfter === undefined || !(notBefore < notAfter)) return null;
      return { notBeforeSeconds: notBefore, notAfterSeconds: notAfter };
    },
    verifySignature: (signed) =>
      verifyEnveloped(
        signed,
        signed.certificates.map(keyOf).filter((key) => key !== null),
      ),
    verifyText: (signed) =>
      verifySignedText(
        signed,
        signed.certificates.map(keyOf).filter((key) => key !== null),
      ),
    readPrivateKey: async (pem, nowSeconds) => {
      const key = readPem(pem);
      if (key === null || !isStrong(key, MAX_RSA_BITS) || key.asymmetricKeyType !== 'rsa') return null;
      const pkcs8 = key.export({ type: 'pkcs8', format: 'der' });
      return {
        pkcs8: pkcs8.toString('base64'),
        certificate: await selfSigned(new Uint8Array(pkcs8), 'Daypass SAML', nowSeconds),
      };
    },
  };
}

const secondsOf = (text: string): number => Math.floor(Date.parse(text) / 1000);

function readKey(der: string): X509Certificate | null {
  try {
    const certificate = new X509Certificate(Buffer.from(der, 'base64'));
    return isStrong(certificate.publicKey, Number.POSITIVE_INFINITY) ? certificate : null;
  } catch {
    return null; // whatever else it is, it is no certificate
  }
}

function isStrong({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject, maxBits: number): boolean {
  if (asymmetricKeyType === 'ec') return CURVES.has(asymmetricKeyDetails?.namedCurve ?? '');
  const bits = asymmetricKeyDetails?.modulusLength ?? 0;
  return asymmetricKeyType === 'rsa' && bits >= MIN_RSA_BITS && bits <= maxBits;
}

/** An encrypted PEM asks for a passphrase that nobody gives, and is refused with the rest. */
function readPem(pem: string): KeyObject | null {
  if (
    !/^\s*-----BEGIN (?:RSA )?PRIVATE KEY-----[A-Za-z0-9+/=\s]+-----END (?:RSA )?PRIVATE KEY-----\s*$/.test(
      pem,
    )
  ) {
    return null;
  }
  try {
    return createPrivateKey(pem);
  } catch {
    return null;
  }
}
