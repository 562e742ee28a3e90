/** Our request for a login. @see SAML 2.0 Core, section 3.4.1; SAML 2.0 Bindings, section 3.4 */
import { toBase64, utf8 } from '../bytes.ts';
import { deflate } from '../credentials/deflate.ts';
import { formatIso } from '../time.ts';
import { BINDING } from './metadata-document.ts';
import type { SamlAddresses } from './provider.ts';
import { NS } from './xml-query.ts';
import { escapeXmlText } from './xml-text.ts';

export interface AuthnRequest {
  readonly id: string;
  readonly issuedAtSeconds: number;
  /** The identity provider's sign-on address. */
  readonly destination: string;
  readonly from: SamlAddresses;
  /** Whether the person is to sign in anew, whatever session the provider still has. */
  readonly anew?: boolean;
}

export const authnRequestXml = ({
  id,
  issuedAtSeconds,
  destination,
  from,
  anew = false,
}: AuthnRequest): string =>
  [
    `<samlp:AuthnRequest xmlns:samlp="${NS.protocol}" xmlns:saml="${NS.assertion}" ID="${id}" Version="2.0" IssueInstant="${formatIso(issuedAtSeconds)}"${anew ? ' ForceAuthn="true"' : ''}`,
    ` Destination="${escapeXmlText(destination)}" ProtocolBinding="${BINDING.post}" AssertionConsumerServiceURL="${escapeXmlText(from.assertionConsumerUrl)}">`,
    `<saml:Issuer>${escapeXmlText(from.entityId)}</saml:Issuer><samlp:NameIDPolicy AllowCreate="true"/></samlp:AuthnRequest>`,
  ].join('');

const SIGNATURE_METHOD = 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256';
const SIGNING = 'RSASSA-PKCS1-v1_5';

/**
 * The address that carries a message by redirect.
 * @param name - `SAMLRequest` or `SAMLResponse`
 * @param key - signs it (RSA with SHA-256); null leaves it unsigned
 */
export async function redirectUrl(
  destination: string,
  name: 'SAMLRequest' | 'SAMLResponse',
  xml: string,
  relayState: string | null,
  key: CryptoKey | null,
): Promise<string> {
  const message = toBase64(await deflate(utf8(xml)));
  const relay = relayState === null ? '' : `&RelayState=${encodeURIComponent(relayState)}`;
  const query = `${name}=${encodeURIComponent(message)}${relay}`;
  const signed = key === null ? query : await signQuery(query, key);
  return `${destination}${destination.includes('?') ? '&' : '?'}${signed}`;
}

async function signQuery(query: string, key: CryptoKey): Promise<string> {
  const unsigned = `${query}&SigAlg=${encodeURIComponent(SIGNATURE_METHOD)}`;
  const signature = new Uint8Array(await crypto.subtle.sign(SIGNING, key, utf8(unsigned)));
  return `${unsigned}&Signature=${encodeURIComponent(toBase64(signature))}`;
}
