/** xmlsec1 as a signer and encrypter that is not ours. */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Key {
  /** PEM. */
  readonly file: string;
  /** Base64 DER. */
  readonly certificate: string;
  readonly method: 'rsa-sha256' | 'rsa-sha384' | 'ecdsa-sha256' | 'ecdsa-sha384';
}

export interface SignTools {
  readonly folder: string;
  readonly key: Key;
  readonly prefixes: string;
}

const DS = 'http://www.w3.org/2000/09/xmldsig#';
const XENC = 'http://www.w3.org/2001/04/xmlenc#';
const EXCLUSIVE = 'http://www.w3.org/2001/10/xml-exc-c14n#';
const MORE = 'http://www.w3.org/2001/04/xmldsig-more#';
const IDS = [
  ['--id-attr:ID', 'urn:oasis:names:tc:SAML:2.0:assertion:Assertion'],
  ['--id-attr:ID', 'urn:oasis:names:tc:SAML:2.0:protocol:Response'],
].flat();

export const toPem = (certificate: string): string =>
  `-----BEGIN CERTIFICATE-----\n${(certificate.match(/.{1,64}/g) ?? []).join('\n')}\n-----END CERTIFICATE-----\n`;

/** Signs the element with an ID, behind its Issuer. */
export function sign(xml: string, id: string, { folder, key, prefixes }: SignTools): string {
  const element = new RegExp(`(<[^>]* ID="${id}"[^>]*><saml2:Issuer>[^<]*</saml2:Issuer>)`);
  const path = `//*[@ID='${id}']/*[local-name()='Signature']`;
  const command = ['--sign', '--privkey-pem', key.file, ...IDS, '--node-xpath', path];
  return run(
    command,
    xml.replace(element, (start) => start + template(id, key, prefixes)),
    folder,
  );
}

const template = (id: string, { method }: Key, prefixes: string): string => {
  const list =
    prefixes === '' ? '' : `<ec:InclusiveNamespaces xmlns:ec="${EXCLUSIVE}" PrefixList="${prefixes}"/>`;
  return [
    `<ds:Signature xmlns:ds="${DS}"><ds:SignedInfo><ds:CanonicalizationMethod Algorithm="${EXCLUSIVE}"/>`,
    `<ds:SignatureMethod Algorithm="${MORE}${method}"/><ds:Reference URI="#${id}"><ds:Transforms>`,
    `<ds:Transform Algorithm="${DS}enveloped-signature"/><ds:Transform Algorithm="${EXCLUSIVE}">${list}</ds:Transform></ds:Transforms>`,
    `<ds:DigestMethod Algorithm="${XENC}sha256"/><ds:DigestValue/></ds:Reference></ds:SignedInfo><ds:SignatureValue/></ds:Signature>`,
  ].join('');
};

/** @returns an EncryptedAssertion for the key of a certificate. @param cipher - such as `aes256-gcm` */
export function encrypt(xml: string, cipher: string, certificateFile: string, folder: string): string {
  const algorithm = cipher.endsWith('gcm') ? `http://www.w3.org/2009/xmlenc11#${cipher}` : `${XENC}${cipher}`;
  const data = [
    `<xenc:EncryptedData xmlns:xenc="${XENC}" Type="${XENC}Element"><xenc:EncryptionMethod Algorithm="${algorithm}"/>`,
    `<ds:KeyInfo xmlns:ds="${DS}"><xenc:EncryptedKey><xenc:EncryptionMethod Algorithm="${XENC}rsa-oaep-mgf1p"><ds:DigestMethod Algorithm="${DS}sha1"/></xenc:EncryptionMethod>`,
    '<xenc:CipherData><xenc:CipherValue/></xenc:CipherData></xenc:EncryptedKey></ds:KeyInfo><xenc:CipherData><xenc:CipherValue/></xenc:CipherData></xenc:EncryptedData>',
  ].join('');
  writeFileSync(join(folder, 'plain.xml'), xml);
  const bits = /[0-9]+/.exec(cipher)?.[0] ?? '';
  const command = ['--encrypt', '--pubkey-cert-pem', certificateFile, '--session-key', `aes-${bits}`];
  const encrypted = run(
    [...command, '--xml-data', join(folder, 'plain.xml'), '--node-xpath', '/*'],
    data,
    folder,
  );
  return `<saml2:EncryptedAssertion>${encrypted}</saml2:EncryptedAssertion>`;
}

/** @returns what it writes, without the declaration that it puts in front */
function run(command: readonly string[], xml: string, folder: string): string {
  const [input, output] = [join(folder, 'in.xml'), join(folder, 'out.xml')];
  writeFileSync(input, xml);
  execFileSync('xmlsec1', [...command, '--output', output, input], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  return readFileSync(output, 'utf8')
    .replace(/^<\?xml[^>]*\?>\s*/, '')
    .trim();
}
