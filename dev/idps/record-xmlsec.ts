/**
 * Records responses as OpenSAML writes them (Shibboleth, Okta and others are made of it), signed and encrypted by xmlsec1: what neither
 * SimpleSAMLphp nor LemonLDAP::NG does. Needs Debian's xmlsec1 and openssl.
 *   node dev/idps/record-xmlsec.ts STATE
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BINDING, writeIdpMetadata } from '../../src/core/saml/metadata-document.ts';
import { samlAddresses, samlProviderId } from '../../src/core/saml/provider.ts';
import { assertionXml, responseContent, responseXml } from '../peers/saml/response.ts';
import { makeSamlKey } from '../peers/saml/signing-key.ts';
import { ACCOUNT, ISSUER } from './services.ts';
import { encrypt, type Key, sign, toPem } from './xmlsec.ts';

const [stateDir = ''] = process.argv.slice(2);
const folder = join(stateDir, 'xmlsec');
mkdirSync(folder, { recursive: true });
const nowSeconds = Math.floor(Date.now() / 1000);
const entityId = 'https://opensaml.example.com/idp/shibboleth';
const serviceKey = await makeSamlKey(nowSeconds);
const rsa = await rsaKey();
const curve = curveKey('prime256v1', 'p256');
const curve384 = curveKey('secp384r1', 'p384');

async function rsaKey(): Promise<Key> {
  const { privateKey, certificate } = await makeSamlKey(nowSeconds);
  writeFileSync(join(folder, 'rsa.pem'), privateKey);
  return { file: join(folder, 'rsa.pem'), certificate, method: 'rsa-sha256' };
}

function curveKey(name: string, short: string): Key {
  const [file, cert] = [join(folder, `${short}.pem`), join(folder, `${short}.crt`)];
  const request = [
    'req',
    '-x509',
    '-newkey',
    'ec',
    '-pkeyopt',
    `ec_paramgen_curve:${name}`,
    '-nodes',
    '-days',
    '7300',
  ];
  execFileSync('openssl', [...request, '-subj', '/CN=stand-in', '-keyout', file, '-out', cert], {
    stdio: 'ignore',
  });
  const certificate = readFileSync(cert, 'utf8').replace(/-----[^-]*-----|\s/g, '');
  return { file, certificate, method: short === 'p384' ? 'ecdsa-sha384' : 'ecdsa-sha256' };
}

interface Wanted {
  readonly name: string;
  readonly key: Key;
  readonly signed: readonly ('assertion' | 'response')[];
  /** Prefixes that count though nothing names an element with them. */
  readonly prefixes?: string;
  readonly encrypted?: string;
}

const wanted: readonly Wanted[] = [
  { name: 'inclusive namespaces', key: rsa, signed: ['assertion'], prefixes: 'xs' },
  { name: 'inclusive namespaces, signed twice', key: rsa, signed: ['assertion', 'response'], prefixes: 'xs' },
  { name: 'a default prefix', key: rsa, signed: ['response'], prefixes: '#default ds saml2 saml2p xs xsi' },
  { name: 'rsa-sha384', key: { ...rsa, method: 'rsa-sha384' }, signed: ['assertion'] },
  { name: 'ecdsa', key: curve, signed: ['assertion', 'response'], prefixes: 'xs' },
  { name: 'ecdsa p-384', key: curve384, signed: ['response'] },
  {
    name: 'gcm inside a signed response',
    key: rsa,
    signed: ['response'],
    prefixes: 'xs',
    encrypted: 'aes128-gcm',
  },
  { name: 'gcm around a signed assertion', key: rsa, signed: ['assertion'], encrypted: 'aes256-gcm' },
  {
    name: 'cbc inside a signed response',
    key: rsa,
    signed: ['assertion', 'response'],
    encrypted: 'aes256-cbc',
  },
];

const certificateFile = join(folder, 'service.crt');
writeFileSync(certificateFile, toPem(serviceKey.certificate));
const recordings = wanted.map((each, at) => {
  const providerId = samlProviderId(ACCOUNT, new Uint8Array(10).fill(at + 101));
  return {
    name: each.name,
    user: 'alice',
    providerId,
    requestId: `_request-${at + 1}`,
    recordedAtSeconds: nowSeconds,
    response: write(each, at),
    logout: null,
  };
});
const metadata = writeIdpMetadata({
  entityId,
  certificates: [rsa, curve, curve384].map(({ certificate }) => certificate),
  signOnEndpoints: [
    { binding: BINDING.redirect, location: 'https://opensaml.example.com/idp/profile/SAML2/Redirect/SSO' },
  ],
  logoutEndpoints: [],
  wantsSignedRequests: false,
  validUntilSeconds: null,
});
const file = join(import.meta.dirname, '../../test/fixtures/saml/opensaml.json');
writeFileSync(file, `${JSON.stringify({ entityId, metadata, serviceKey, recordings }, null, 2)}\n`);

function write({ key, signed, prefixes = '', encrypted }: Wanted, at: number): string {
  const addresses = samlAddresses(ISSUER, samlProviderId(ACCOUNT, new Uint8Array(10).fill(at + 101)));
  const content = responseContent({
    issuer: entityId,
    recipient: addresses.assertionConsumerUrl,
    audience: addresses.entityId,
    issuedAtSeconds: nowSeconds,
    inResponseTo: `_request-${at + 1}`,
    nameId: 'alice@corp.example.com',
    attributes: {
      'http://schemas.xmlsoap.org/claims/Group': ['reports-readers', 'Forschung & Entwicklung Süd'],
    },
  });
  const tools = { folder, key, prefixes };
  const plain = typed(assertionXml(content));
  const assertion = signed.includes('assertion') ? sign(plain, content.assertionId, tools) : plain;
  const inner = encrypted === undefined ? assertion : encrypt(assertion, encrypted, certificateFile, folder);
  const response = typed(responseXml(content, inner));
  const whole = signed.includes('response') ? sign(response, content.responseId, tools) : response;
  return Buffer.from(whole, 'utf8').toString('base64');
}

/** OpenSAML's prefixes, and values that say their type: `xs` stands in a value alone. */
function typed(xml: string): string {
  const types = ' xmlns:xs="http://www.w3.org/2001/XMLSchema"';
  return xml
    .replace(/\bsaml(p?):/g, (_all, p) => (p === 'p' ? 'saml2p:' : 'saml2:'))
    .replace(/xmlns:saml(p?)=/g, (_all, p) => `xmlns:saml2${p}=`)
    .replace(/<saml2(p:Response|:Assertion)(?![^>]*xmlns:xs=)/, `$&${types}`)
    .replaceAll(
      '<saml2:AttributeValue>',
      '<saml2:AttributeValue xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="xs:string">',
    );
}
