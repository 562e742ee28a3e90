/** SAML responses by template: what an identity provider would say, each part replaceable. */
import { escapeXmlText } from '../../../src/core/saml/xml-text.ts';
import { formatIso } from '../../../src/core/time.ts';

/** What a response says. */
export interface ResponseContent {
  readonly responseId: string;
  readonly assertionId: string;
  readonly issuer: string;
  /** Of the response; null leaves it out. */
  readonly destination: string | null;
  readonly recipient: string;
  readonly audience: string;
  /** Null for a response that nobody asked for. */
  readonly inResponseTo: string | null;
  readonly nameId: string;
  readonly nameIdFormat: string | null;
  readonly attributes: Readonly<Record<string, readonly string[]>>;
  readonly issuedAtSeconds: number;
  readonly notBeforeSeconds: number;
  readonly notOnOrAfterSeconds: number;
  readonly sessionNotOnOrAfterSeconds: number | null;
  readonly status: string;
}

const SUCCESS = 'urn:oasis:names:tc:SAML:2.0:status:Success';
export const PERSISTENT = 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent';

/** A response that is right in every way, apart from what is given. */
export const responseContent = (
  given: Partial<ResponseContent> &
    Pick<ResponseContent, 'issuer' | 'recipient' | 'audience' | 'issuedAtSeconds'>,
): ResponseContent => ({
  responseId: `_${crypto.randomUUID()}`,
  assertionId: `_${crypto.randomUUID()}`,
  destination: given.recipient,
  inResponseTo: null,
  nameId: 'alice',
  nameIdFormat: PERSISTENT,
  attributes: {},
  notBeforeSeconds: given.issuedAtSeconds - 5,
  notOnOrAfterSeconds: given.issuedAtSeconds + 300,
  sessionNotOnOrAfterSeconds: null,
  status: SUCCESS,
  ...given,
});

const attribute = (name: string, value: string | null): string =>
  value === null ? '' : ` ${name}="${escapeXmlText(value)}"`;

/** The assertion by itself, with its own namespace declarations: it can be encrypted as it is. */
export function assertionXml(content: ResponseContent): string {
  const [issued, notBefore, notAfter] = [
    content.issuedAtSeconds,
    content.notBeforeSeconds,
    content.notOnOrAfterSeconds,
  ].map(formatIso);
  const session = content.sessionNotOnOrAfterSeconds;
  return [
    `<saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="${content.assertionId}" Version="2.0" IssueInstant="${issued}">`,
    `<saml:Issuer>${escapeXmlText(content.issuer)}</saml:Issuer>`,
    '<saml:Subject>',
    `<saml:NameID${attribute('Format', content.nameIdFormat)}>${escapeXmlText(content.nameId)}</saml:NameID>`,
    '<saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer">',
    `<saml:SubjectConfirmationData NotOnOrAfter="${notAfter}"${attribute('Recipient', content.recipient)}${attribute('InResponseTo', content.inResponseTo)}/>`,
    '</saml:SubjectConfirmation></saml:Subject>',
    `<saml:Conditions NotBefore="${notBefore}" NotOnOrAfter="${notAfter}"><saml:AudienceRestriction><saml:Audience>${escapeXmlText(content.audience)}</saml:Audience></saml:AudienceRestriction></saml:Conditions>`,
    `<saml:AuthnStatement AuthnInstant="${issued}" SessionIndex="${content.assertionId}"${attribute('SessionNotOnOrAfter', session === null ? null : formatIso(session))}><saml:AuthnContext><saml:AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport</saml:AuthnContextClassRef></saml:AuthnContext></saml:AuthnStatement>`,
    attributeStatement(content.attributes),
    '</saml:Assertion>',
  ].join('');
}

function attributeStatement(attributes: ResponseContent['attributes']): string {
  const entries = Object.entries(attributes);
  if (entries.length === 0) return '';
  const written = entries.map(([name, values]) => {
    const texts = values.map((value) => `<saml:AttributeValue>${escapeXmlText(value)}</saml:AttributeValue>`);
    return `<saml:Attribute Name="${escapeXmlText(name)}">${texts.join('')}</saml:Attribute>`;
  });
  return `<saml:AttributeStatement>${written.join('')}</saml:AttributeStatement>`;
}

/** @param inner - the assertion, plain or encrypted; empty for an error */
export const responseXml = (content: ResponseContent, inner: string): string =>
  [
    `<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="${content.responseId}" Version="2.0" IssueInstant="${formatIso(content.issuedAtSeconds)}"${attribute('Destination', content.destination)}${attribute('InResponseTo', content.inResponseTo)}>`,
    `<saml:Issuer>${escapeXmlText(content.issuer)}</saml:Issuer>`,
    `<samlp:Status><samlp:StatusCode Value="${escapeXmlText(content.status)}"/></samlp:Status>`,
    inner,
    '</samlp:Response>',
  ].join('');
