/** Metadata documents, written: an identity provider's from what is kept of it, and our own. */
import { formatIso } from '../time.ts';
import type { IdpMetadata, SamlEndpoint } from './metadata.ts';
import { NS } from './xml-query.ts';
import { escapeXmlText } from './xml-text.ts';

/**
 * The metadata of an identity provider, equivalent to what was registered: the document itself is not kept.
 * @see SAML 2.0 Metadata, section 2.4.3
 */
export function writeIdpMetadata(idp: IdpMetadata): string {
  const validUntil =
    idp.validUntilSeconds === null ? '' : ` validUntil="${formatIso(idp.validUntilSeconds)}"`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>\n',
    `<md:EntityDescriptor xmlns:md="${NS.metadata}" xmlns:ds="${NS.signature}" entityID="${escapeXmlText(idp.entityId)}"${validUntil}>`,
    `<md:IDPSSODescriptor protocolSupportEnumeration="${NS.protocol}" WantAuthnRequestsSigned="${idp.wantsSignedRequests}">`,
    ...idp.certificates.map((certificate) => keyDescriptor('signing', certificate)),
    ...idp.logoutEndpoints.map((endpoint) => endpointElement('SingleLogoutService', endpoint)),
    ...idp.signOnEndpoints.map((endpoint) => endpointElement('SingleSignOnService', endpoint)),
    '</md:IDPSSODescriptor></md:EntityDescriptor>',
  ].join('');
}

/** What identity providers need to know of us. */
export interface SpMetadata {
  readonly entityId: string;
  readonly assertionConsumerUrl: string;
  readonly logoutUrl: string;
  /** Base64 DER of the certificates that show our keys; newest first. */
  readonly certificates: readonly string[];
  readonly signsRequests: boolean;
}

/** Our own metadata for one identity provider. @see SAML 2.0 Metadata, section 2.4.4 */
export const writeSpMetadata = (sp: SpMetadata): string =>
  [
    '<?xml version="1.0" encoding="UTF-8"?>\n',
    `<md:EntityDescriptor xmlns:md="${NS.metadata}" xmlns:ds="${NS.signature}" entityID="${escapeXmlText(sp.entityId)}">`,
    `<md:SPSSODescriptor protocolSupportEnumeration="${NS.protocol}" AuthnRequestsSigned="${sp.signsRequests}" WantAssertionsSigned="true">`,
    ...sp.certificates.flatMap((certificate) => [
      keyDescriptor('signing', certificate),
      keyDescriptor('encryption', certificate),
    ]),
    endpointElement('SingleLogoutService', { binding: BINDING.redirect, location: sp.logoutUrl }),
    '<md:NameIDFormat>urn:oasis:names:tc:SAML:2.0:nameid-format:persistent</md:NameIDFormat>',
    `<md:AssertionConsumerService Binding="${BINDING.post}" Location="${escapeXmlText(sp.assertionConsumerUrl)}" index="0" isDefault="true"/>`,
    '</md:SPSSODescriptor></md:EntityDescriptor>',
  ].join('');

/** The bindings spoken here. @see SAML 2.0 Bindings, sections 3.4 and 3.5 */
export const BINDING = {
  redirect: 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect',
  post: 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST',
} as const;

const keyDescriptor = (use: 'signing' | 'encryption', certificate: string): string =>
  `<md:KeyDescriptor use="${use}"><ds:KeyInfo><ds:X509Data><ds:X509Certificate>${certificate}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>`;

function endpointElement(name: string, { binding, location, responseLocation }: SamlEndpoint): string {
  const response =
    responseLocation === undefined ? '' : ` ResponseLocation="${escapeXmlText(responseLocation)}"`;
  return `<md:${name} Binding="${escapeXmlText(binding)}" Location="${escapeXmlText(location)}"${response}/>`;
}
