/**
 * What Microsoft's identity providers write, as their documentation shows it: AD FS and Entra ID. Made with keys of the tests, for neither
 * runs here.
 * @see https://learn.microsoft.com/en-us/entra/identity-platform/single-sign-on-saml-protocol
 * @see https://learn.microsoft.com/en-us/entra/identity-platform/reference-saml-tokens
 * @see https://learn.microsoft.com/en-us/windows-server/identity/ad-fs/technical-reference/the-role-of-claims
 */
import { encryptAssertion } from '../../dev/peers/saml/encrypt.ts';
import { signElement } from '../../dev/peers/saml/sign.ts';
import type { SamlSigningKey } from '../../dev/peers/saml/signing-key.ts';
import { escapeXmlText } from '../../src/core/saml/xml-text.ts';
import type { SamlTarget } from './saml-idp.ts';

export const ADFS_ENTITY_ID = 'http://adfs.corp.example.com/adfs/services/trust';
const TENANT = '9188040d-6c67-4c5b-b112-36a304b66dad';
export const ENTRA_ENTITY_ID = `https://sts.windows.net/${TENANT}/`;

const CLAIMS = 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/';
const MICROSOFT = 'http://schemas.microsoft.com/';
const PROTOCOL = 'urn:oasis:names:tc:SAML:2.0:protocol';
const ASSERTION = 'urn:oasis:names:tc:SAML:2.0:assertion';
const METADATA = 'urn:oasis:names:tc:SAML:2.0:metadata';
const BINDINGS = 'urn:oasis:names:tc:SAML:2.0:bindings:';
const WS_ROLES = `xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:fed="http://docs.oasis-open.org/wsfed/federation/200706"`;

type Attributes = Readonly<Record<string, readonly string[]>>;

/** Milliseconds, as .NET writes them. */
const instant = (seconds: number): string => new Date(seconds * 1000 + 123).toISOString();

const keyDescriptor = (use: string, certificate: string): string =>
  `<KeyDescriptor use="${use}"><KeyInfo xmlns="http://www.w3.org/2000/09/xmldsig#"><X509Data><X509Certificate>${certificate}</X509Certificate></X509Data></KeyInfo></KeyDescriptor>`;

const endpoints = (name: string, location: string): string =>
  ['HTTP-Redirect', 'HTTP-POST']
    .map((binding) => `<${name} Binding="${BINDINGS}${binding}" Location="${location}"/>`)
    .join('');

/** WS-Federation's roles stand beside SAML's in the same document, each with keys of its own. */
const wsRoles = (certificate: string): string =>
  ['ApplicationServiceType', 'SecurityTokenServiceType']
    .map(
      (type) =>
        `<RoleDescriptor xsi:type="fed:${type}" protocolSupportEnumeration="http://docs.oasis-open.org/wsfed/federation/200706" ${WS_ROLES}>${keyDescriptor('signing', certificate)}<fed:TokenTypesOffered><fed:TokenType Uri="${ASSERTION}"/></fed:TokenTypesOffered></RoleDescriptor>`,
    )
    .join('');

/**
 * Signed, behind a byte order mark, with the certificate of today and of tomorrow.
 * @param others - of everything else in the document: WS-Federation, its own service provider, encryption
 */
export function adfsMetadata(key: SamlSigningKey, certificates: readonly string[], others: string): string {
  const at = 'https://adfs.corp.example.com/adfs/ls/';
  const document = [
    `<EntityDescriptor ID="_6ba6aee1" entityID="${ADFS_ENTITY_ID}" xmlns="${METADATA}"><Issuer/>`,
    wsRoles(others),
    `<SPSSODescriptor WantAssertionsSigned="true" protocolSupportEnumeration="${PROTOCOL}">${keyDescriptor('signing', others)}<AssertionConsumerService Binding="${BINDINGS}HTTP-POST" Location="${at}" index="0" isDefault="true"/></SPSSODescriptor>`,
    `<IDPSSODescriptor protocolSupportEnumeration="${PROTOCOL}">`,
    keyDescriptor('encryption', others),
    ...certificates.map((each) => keyDescriptor('signing', each)),
    endpoints('SingleLogoutService', at),
    '<NameIDFormat>urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress</NameIDFormat>',
    endpoints('SingleSignOnService', at),
    `<Attribute Name="${CLAIMS}upn" NameFormat="urn:oasis:names:tc:SAML:2.0:attrname-format:uri" FriendlyName="UPN" xmlns="${ASSERTION}"/>`,
    '</IDPSSODescriptor><ContactPerson contactType="support"/></EntityDescriptor>',
  ].join('');
  return `\uFEFF${signElement(document, '_6ba6aee1', key).replace('<Issuer/>', '')}`;
}

/** @param certificates - Entra ID shows the next one months before it signs */
export function entraMetadata(certificates: readonly string[]): string {
  const at = `https://login.microsoftonline.com/${TENANT}/saml2`;
  return [
    `\uFEFF<?xml version="1.0" encoding="utf-8"?><EntityDescriptor ID="_b58ff3a6" entityID="${ENTRA_ENTITY_ID}" xmlns="${METADATA}">`,
    wsRoles(certificates[0] ?? ''),
    `<IDPSSODescriptor protocolSupportEnumeration="${PROTOCOL}">`,
    ...certificates.map((each) => keyDescriptor('signing', each)),
    `<SingleLogoutService Binding="${BINDINGS}HTTP-Redirect" Location="${at}"/>`,
    endpoints('SingleSignOnService', at),
    '</IDPSSODescriptor></EntityDescriptor>',
  ].join('');
}

interface Parts {
  readonly issuer: string;
  readonly nameId: string;
  readonly attributes: Attributes;
  readonly context: string;
}

/** Everything of SAML's in the default namespace; attributes before how somebody signed in. */
function assertion(to: SamlTarget, id: string, { issuer, nameId, attributes, context }: Parts): string {
  const now = instant(to.nowSeconds);
  const values = Object.entries(attributes).map(
    ([name, all]) =>
      `<Attribute Name="${name}">${all.map((value) => `<AttributeValue>${escapeXmlText(value)}</AttributeValue>`).join('')}</Attribute>`,
  );
  return [
    `<Assertion ID="${id}" IssueInstant="${now}" Version="2.0" xmlns="${ASSERTION}"><Issuer>${issuer}</Issuer>`,
    `<Subject>${nameId}<SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer">`,
    `<SubjectConfirmationData NotOnOrAfter="${instant(to.nowSeconds + 300)}" Recipient="${to.assertionConsumerUrl}"/></SubjectConfirmation></Subject>`,
    `<Conditions NotBefore="${now}" NotOnOrAfter="${instant(to.nowSeconds + 3600)}"><AudienceRestriction><Audience>${to.entityId}</Audience></AudienceRestriction></Conditions>`,
    `<AttributeStatement>${values.join('')}</AttributeStatement>`,
    `<AuthnStatement AuthnInstant="${now}" SessionIndex="${id}"><AuthnContext><AuthnContextClassRef>${context}</AuthnContextClassRef></AuthnContext></AuthnStatement>`,
    '</Assertion>',
  ].join('');
}

const response = (to: SamlTarget, id: string, issuer: string, inner: string): string =>
  [
    `<samlp:Response ID="${id}" Version="2.0" IssueInstant="${instant(to.nowSeconds)}" Destination="${to.assertionConsumerUrl}"`,
    ` Consent="urn:oasis:names:tc:SAML:2.0:consent:unspecified" xmlns:samlp="${PROTOCOL}"><Issuer xmlns="${ASSERTION}">${issuer}</Issuer>`,
    `<samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></samlp:Status>${inner}</samlp:Response>`,
  ].join('');

export interface AdfsOptions {
  readonly attributes: Attributes;
  /** Of the relying party's certificate, where assertions are encrypted for it. */
  readonly encryptFor?: string;
  /** `-SamlResponseSignature`. */
  readonly signed?: 'AssertionOnly' | 'MessageAndAssertion' | 'MessageOnly';
}

const newId = (): string => `_${crypto.randomUUID()}`;

/** What AD FS sends for a person with a UPN, and no format of the name unless a rule sets one. */
export function adfsResponse(to: SamlTarget, key: SamlSigningKey, options: AdfsOptions): string {
  const { attributes, encryptFor, signed = 'AssertionOnly' } = options;
  const [id, responseId] = [newId(), newId()];
  const parts = {
    issuer: ADFS_ENTITY_ID,
    nameId: '<NameID>alice@corp.example.com</NameID>',
    attributes: { [`${CLAIMS}upn`]: ['alice@corp.example.com'], ...attributes },
    context: 'urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport',
  };
  const plain = assertion(to, id, parts);
  const inner = signed === 'MessageOnly' ? plain : signElement(plain, id, key);
  const whole = response(
    to,
    responseId,
    ADFS_ENTITY_ID,
    encryptFor === undefined ? inner : adfsEncrypted(inner, encryptFor),
  );
  return signed === 'AssertionOnly' ? whole : signElement(whole, responseId, key);
}

/** Prefixes as .NET chooses them. */
const adfsEncrypted = (xml: string, certificate: string): string =>
  encryptAssertion(xml, certificate, { content: 'aes256-cbc' })
    .replace('<saml:EncryptedAssertion xmlns:saml=', '<EncryptedAssertion xmlns=')
    .replace('</saml:EncryptedAssertion>', '</EncryptedAssertion>')
    .replace(/<xenc:EncryptedKey xmlns:xenc=.*<\/xenc:EncryptedKey>/, (key) =>
      key.replaceAll('xenc:', 'e:').replace('xmlns:xenc', 'xmlns:e'),
    )
    .replace(
      /(<e:EncryptionMethod [^>]*)\/>/,
      '$1><DigestMethod xmlns="http://www.w3.org/2000/09/xmldsig#" Algorithm="http://www.w3.org/2000/09/xmldsig#sha1"/></e:EncryptionMethod>',
    );

/** What Entra ID sends: its own claims first, the signature without a prefix, on the assertion alone. */
export function entraResponse(to: SamlTarget, key: SamlSigningKey, attributes: Attributes): string {
  const id = newId();
  const parts = {
    issuer: ENTRA_ENTITY_ID,
    nameId:
      '<NameID Format="urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress">alice@corp.example.com</NameID>',
    attributes: {
      [`${MICROSOFT}identity/claims/tenantid`]: [TENANT],
      [`${MICROSOFT}identity/claims/objectidentifier`]: ['b1a5d9c4-3f0e-4d2a-8a6b-0c1d2e3f4a5b'],
      [`${MICROSOFT}identity/claims/displayname`]: ['Alice Archer'],
      [`${MICROSOFT}identity/claims/identityprovider`]: [ENTRA_ENTITY_ID],
      [`${MICROSOFT}claims/authnmethodsreferences`]: [
        `${MICROSOFT}ws/2008/06/identity/authenticationmethod/password`,
        `${MICROSOFT}claims/multipleauthn`,
      ],
      [`${CLAIMS}givenname`]: ['Alice'],
      [`${CLAIMS}emailaddress`]: ['alice@example.com'],
      [`${CLAIMS}name`]: ['alice@corp.example.com'],
      ...attributes,
    },
    context: 'urn:oasis:names:tc:SAML:2.0:ac:classes:Password',
  };
  return response(
    to,
    newId(),
    ENTRA_ENTITY_ID,
    signElement(assertion(to, id, parts), id, key, { prefix: '' }),
  );
}
