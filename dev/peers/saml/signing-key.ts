import { generateKeyPairSync } from 'node:crypto';
import { selfSigned } from '../../../src/core/saml/self-signed.ts';

/** What an identity provider signs with. */
export interface SamlSigningKey {
  /** PKCS#8 in PEM. */
  readonly privateKey: string;
  /** Base64 DER. */
  readonly certificate: string;
}

/** Makes a fresh RSA key with a certificate of its own. */
export async function makeSamlKey(nowSeconds: number, modulusLength = 2048): Promise<SamlSigningKey> {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength });
  const der = new Uint8Array(privateKey.export({ type: 'pkcs8', format: 'der' }));
  return {
    privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    certificate: await selfSigned(der, 'stand-in', nowSeconds),
  };
}
