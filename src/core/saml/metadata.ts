/** What an identity provider's metadata says, as far as logins need it. @see SAML 2.0 Metadata, sections 2.3 to 2.4.3 */
import { failure, type Result, success } from '../result.ts';
import { parseInstant } from './instant.ts';
import { parseXml, type XmlElement, type XmlLimits } from './xml.ts';
import { attributeOf, childrenOf, isNamed, NS, onlyChild, textOf } from './xml-query.ts';

/** Where messages go, by SAML binding. */
export interface SamlEndpoint {
  readonly binding: string;
  readonly location: string;
  /** Where answers go, if not to the location. */
  readonly responseLocation?: string;
}

export interface IdpMetadata {
  readonly entityId: string;
  /** Base64 DER without white space, in order, each once. */
  readonly certificates: readonly string[];
  readonly signOnEndpoints: readonly SamlEndpoint[];
  readonly logoutEndpoints: readonly SamlEndpoint[];
  readonly wantsSignedRequests: boolean;
  /** The earliest moment that entity or role names; null where neither does. */
  readonly validUntilSeconds: number | null;
}

/** Metadata is an administrator's, and AD FS and federations write long documents. */
export const METADATA_LIMITS: XmlLimits = { maxCharacters: 1024 * 1024, maxDepth: 64, maxNodes: 50_000 };

const MAX_ENTITY_ID = 1024;
const MAX_CERTIFICATES = 10;
const MAX_ENDPOINTS = 20;
const MAX_LOCATION = 2048;

/**
 * @param mode - local mode alone admits endpoints on this machine without TLS
 * @returns what is kept, or a sentence saying what is wrong with the document
 */
export function parseMetadata(text: string, mode: 'production' | 'local'): Result<IdpMetadata, string> {
  const read = parseXml(text, METADATA_LIMITS);
  if (!read.ok) return failure(`the document is not XML that is admitted: ${read.failure}`);
  const entity = read.value;
  if (!isNamed(entity, NS.metadata, 'EntityDescriptor')) return failure('the root is no EntityDescriptor');
  const entityId = attributeOf(entity, 'entityID') ?? '';
  if (entityId === '' || entityId.length > MAX_ENTITY_ID || /\s/.test(entityId)) {
    return failure('the entityID is missing or too long');
  }
  const role = onlyChild(entity, NS.metadata, 'IDPSSODescriptor');
  if (role === null) return failure('there is not exactly one IDPSSODescriptor');
  if (!(attributeOf(role, 'protocolSupportEnumeration') ?? '').split(/\s+/).includes(NS.protocol)) {
    return failure('the identity provider does not speak SAML 2.0');
  }
  const certificates = readCertificates(role);
  if (certificates === null) return failure('a signing certificate is not base64, or there are too many');
  if (certificates.length === 0) return failure('there is no signing certificate');
  const signOn = readEndpoints(role, 'SingleSignOnService', mode);
  if (signOn === null || signOn.length === 0) return failure('a SingleSignOnService is missing or not https');
  const logout = readEndpoints(role, 'SingleLogoutService', mode);
  if (logout === null) return failure('a SingleLogoutService is not https');
  const validUntil = readValidUntil([entity, role]);
  if (validUntil === undefined) return failure('validUntil is no UTC instant');
  return success({
    entityId,
    certificates,
    signOnEndpoints: signOn,
    logoutEndpoints: logout,
    wantsSignedRequests: /^(?:true|1)$/.test(attributeOf(role, 'WantAuthnRequestsSigned') ?? ''),
    validUntilSeconds: validUntil,
  });
}

/** A key whose use is not said is for signing too. */
function readCertificates(role: XmlElement): readonly string[] | null {
  const texts = childrenOf(role, NS.metadata, 'KeyDescriptor')
    .filter((key) => (attributeOf(key, 'use') ?? 'signing') === 'signing')
    .flatMap((key) => childrenOf(key, NS.signature, 'KeyInfo'))
    .flatMap((info) => childrenOf(info, NS.signature, 'X509Data'))
    .flatMap((data) => childrenOf(data, NS.signature, 'X509Certificate'))
    .map((certificate) => textOf(certificate)?.replace(/\s/g, '') ?? '');
  const certificates = [...new Set(texts)];
  return certificates.length <= MAX_CERTIFICATES && certificates.every(isBase64) ? certificates : null;
}

const isBase64 = (text: string): boolean =>
  text.length % 4 === 0 && text.length <= 16_384 && /^[A-Za-z0-9+/]+={0,2}$/.test(text);

function readEndpoints(
  role: XmlElement,
  name: string,
  mode: 'production' | 'local',
): readonly SamlEndpoint[] | null {
  const endpoints = childrenOf(role, NS.metadata, name).map(readEndpoint);
  const admitted = ({ binding, location, responseLocation = location }: SamlEndpoint) =>
    binding !== '' &&
    binding.length <= MAX_LOCATION &&
    isAdmittedLocation(location, mode) &&
    isAdmittedLocation(responseLocation, mode);
  return endpoints.length <= MAX_ENDPOINTS && endpoints.every(admitted) ? endpoints : null;
}

function readEndpoint(service: XmlElement): SamlEndpoint {
  const responseLocation = attributeOf(service, 'ResponseLocation');
  return {
    binding: attributeOf(service, 'Binding') ?? '',
    location: attributeOf(service, 'Location') ?? '',
    ...(responseLocation !== null && { responseLocation }),
  };
}

/** A browser is sent there, so nothing but a plain https address will do. */
function isAdmittedLocation(location: string, mode: 'production' | 'local'): boolean {
  const url = location.length <= MAX_LOCATION ? URL.parse(location) : null;
  if (url === null || url.username !== '' || url.password !== '' || url.hash !== '') return false;
  if (url.protocol === 'https:') return true;
  return (
    mode === 'local' && url.protocol === 'http:' && /^(?:localhost|127\.0\.0\.1|\[::1\])$/.test(url.hostname)
  );
}

/** @returns the earliest of them; undefined for one that cannot be read */
function readValidUntil(elements: readonly XmlElement[]): number | null | undefined {
  let earliest: number | null = null;
  for (const element of elements) {
    const text = attributeOf(element, 'validUntil');
    if (text === null) continue;
    const seconds = parseInstant(text);
    if (seconds === null) return undefined;
    earliest = Math.min(earliest ?? seconds, seconds);
  }
  return earliest;
}
