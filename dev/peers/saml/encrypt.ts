import { constants, createCipheriv, publicEncrypt, randomBytes, X509Certificate } from 'node:crypto';

export interface EncryptionOptions {
  readonly content?: 'aes128-gcm' | 'aes256-gcm' | 'aes128-cbc' | 'aes256-cbc';
  readonly transport?: 'rsa-oaep-mgf1p' | 'rsa-oaep-sha256' | 'rsa-1_5';
  /** Where the key stands: inside the data's KeyInfo, or beside the data. */
  readonly keyBeside?: boolean;
}

const XENC = 'http://www.w3.org/2001/04/xmlenc#';
const XENC11 = 'http://www.w3.org/2009/xmlenc11#';
const SHA256 = `${XENC}sha256`;

/** @returns an EncryptedAssertion for the key of a certificate, as identity providers write it */
export function encryptAssertion(xml: string, certificate: string, options: EncryptionOptions = {}): string {
  const { content = 'aes256-gcm', transport = 'rsa-oaep-mgf1p', keyBeside = false } = options;
  const key = randomBytes(content.startsWith('aes128') ? 16 : 32);
  const encryptedKey = [
    `<xenc:EncryptedKey xmlns:xenc="${XENC}">${transportMethod(transport)}`,
    `<xenc:CipherData><xenc:CipherValue>${wrapKey(key, certificate, transport)}</xenc:CipherValue></xenc:CipherData></xenc:EncryptedKey>`,
  ].join('');
  const namespace = content.endsWith('gcm') ? XENC11 : XENC;
  return [
    '<saml:EncryptedAssertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">',
    `<xenc:EncryptedData xmlns:xenc="${XENC}" Type="${XENC}Element"><xenc:EncryptionMethod Algorithm="${namespace}${content}"/>`,
    keyBeside ? '' : `<ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#">${encryptedKey}</ds:KeyInfo>`,
    `<xenc:CipherData><xenc:CipherValue>${sealContent(xml, key, content)}</xenc:CipherValue></xenc:CipherData></xenc:EncryptedData>`,
    keyBeside ? encryptedKey : '',
    '</saml:EncryptedAssertion>',
  ].join('');
}

function transportMethod(transport: NonNullable<EncryptionOptions['transport']>): string {
  if (transport !== 'rsa-oaep-sha256') return `<xenc:EncryptionMethod Algorithm="${XENC}${transport}"/>`;
  return `<xenc:EncryptionMethod Algorithm="${XENC11}rsa-oaep"><ds:DigestMethod xmlns:ds="http://www.w3.org/2000/09/xmldsig#" Algorithm="${SHA256}"/><xenc11:MGF xmlns:xenc11="${XENC11}" Algorithm="${XENC11}mgf1sha256"/></xenc:EncryptionMethod>`;
}

function wrapKey(key: Buffer, certificate: string, transport: EncryptionOptions['transport']): string {
  const { publicKey } = new X509Certificate(Buffer.from(certificate, 'base64'));
  const isOaep = transport !== 'rsa-1_5';
  const padding = isOaep ? constants.RSA_PKCS1_OAEP_PADDING : constants.RSA_PKCS1_PADDING;
  const oaepHash = transport === 'rsa-oaep-sha256' ? 'sha256' : 'sha1';
  return publicEncrypt({ key: publicKey, padding, ...(isOaep && { oaepHash }) }, key).toString('base64');
}

/** CBC is padded as XML Encryption says: any bytes, and at the end how many. */
function sealContent(xml: string, key: Buffer, content: NonNullable<EncryptionOptions['content']>): string {
  const bits = key.length * 8;
  const plain = Buffer.from(xml, 'utf8');
  if (content.endsWith('gcm')) {
    const iv = randomBytes(12);
    const cipher = createCipheriv(bits === 128 ? 'aes-128-gcm' : 'aes-256-gcm', key, iv);
    return Buffer.concat([iv, cipher.update(plain), cipher.final(), cipher.getAuthTag()]).toString('base64');
  }
  const iv = randomBytes(16);
  const cipher = createCipheriv(`aes-${bits}-cbc`, key, iv).setAutoPadding(false);
  const padding = randomBytes(16 - (plain.length % 16));
  padding[padding.length - 1] = padding.length;
  return Buffer.concat([iv, cipher.update(plain), cipher.update(padding), cipher.final()]).toString('base64');
}
