/** The made-up services that recordings are for: one for each thing that identity providers do differently. */
import { writeSpMetadata } from '../../src/core/saml/metadata-document.ts';
import { type SamlAddresses, samlAddresses, samlProviderId } from '../../src/core/saml/provider.ts';
import type { Party } from './party.ts';

export const ISSUER = 'https://broker.example.com';
export const ACCOUNT = '111122223333';

export interface Variant {
  readonly name: string;
  readonly user: 'alice' | 'anne' | 'bob';
  /** Whether the login begins at the identity provider. */
  readonly unsolicited?: true;
  /** Asks that nobody is bothered; where nobody is signed in, that fails. */
  readonly passive?: true;
  /** Without AWS's attributes: mapping rules choose. */
  readonly withoutRole?: true;
  /** Null where the product cannot do it. */
  readonly simplesamlphp: Readonly<Record<string, unknown>> | null;
  readonly lemonldap: Readonly<Record<string, unknown>> | null;
  readonly keycloak: Readonly<Record<string, string>> | null;
}

export type Product = 'simplesamlphp' | 'lemonldap' | 'keycloak';

const PLAIN = { 'saml.encrypt': 'false' };

export const variants: readonly Variant[] = [
  { name: 'signed twice', user: 'alice', simplesamlphp: {}, lemonldap: {}, keycloak: PLAIN },
  { name: 'letters of other languages', user: 'anne', simplesamlphp: {}, lemonldap: {}, keycloak: PLAIN },
  { name: 'no role', user: 'bob', simplesamlphp: {}, lemonldap: {}, keycloak: null },
  {
    name: 'groups alone',
    user: 'alice',
    withoutRole: true,
    simplesamlphp: {},
    lemonldap: {},
    keycloak: PLAIN,
  },
  {
    name: 'unsolicited',
    user: 'alice',
    unsolicited: true,
    simplesamlphp: {},
    lemonldap: { EnableIDPInitiatedURL: 1 },
    keycloak: PLAIN,
  },
  {
    name: 'assertion signed',
    user: 'alice',
    simplesamlphp: { 'saml20.sign.response': false },
    lemonldap: { SignSSOMessage: 0 },
    keycloak: { ...PLAIN, 'saml.server.signature': 'false' },
  },
  {
    name: 'response signed',
    user: 'alice',
    simplesamlphp: { 'saml20.sign.assertion': false },
    lemonldap: null,
    keycloak: { ...PLAIN, 'saml.assertion.signature': 'false' },
  },
  {
    name: 'nothing signed',
    user: 'alice',
    simplesamlphp: { 'saml20.sign.response': false, 'saml20.sign.assertion': false },
    lemonldap: null,
    keycloak: { ...PLAIN, 'saml.assertion.signature': 'false', 'saml.server.signature': 'false' },
  },
  {
    name: 'sha512',
    user: 'alice',
    simplesamlphp: { 'signature.algorithm': 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha512' },
    lemonldap: { SignatureMethod: 'RSA_SHA512' },
    keycloak: { ...PLAIN, 'saml.signature.algorithm': 'RSA_SHA512' },
  },
  {
    name: 'sha1',
    user: 'alice',
    simplesamlphp: { 'signature.algorithm': 'http://www.w3.org/2000/09/xmldsig#rsa-sha1' },
    lemonldap: { SignatureMethod: 'RSA_SHA1' },
    keycloak: { ...PLAIN, 'saml.signature.algorithm': 'RSA_SHA1' },
  },
  {
    name: 'encrypted',
    user: 'anne',
    simplesamlphp: { 'assertion.encryption': true },
    lemonldap: { EncryptionMode: 'assertion' },
    keycloak: { 'saml.encrypt': 'true' },
  },
  {
    name: 'encrypted, response not signed',
    user: 'alice',
    simplesamlphp: { 'assertion.encryption': true, 'saml20.sign.response': false },
    lemonldap: null,
    keycloak: { 'saml.encrypt': 'true', 'saml.server.signature': 'false' },
  },
  {
    name: 'name encrypted',
    user: 'alice',
    simplesamlphp: { 'nameid.encryption': true },
    lemonldap: { EncryptionMode: 'nameid' },
    keycloak: null,
  },
  {
    name: 'one time use',
    user: 'alice',
    simplesamlphp: null,
    lemonldap: { OneTimeUse: 1 },
    keycloak: { ...PLAIN, 'saml.onetimeuse.condition': 'true' },
  },
  {
    name: 'short session',
    user: 'alice',
    simplesamlphp: null,
    lemonldap: { SessionNotOnOrAfterTimeout: 600, NotOnOrAfterTimeout: 60 },
    keycloak: null,
  },
  { name: 'failed', user: 'alice', passive: true, simplesamlphp: {}, lemonldap: null, keycloak: PLAIN },
];

export interface Service extends Party {
  readonly variant: Variant;
  readonly providerId: string;
  readonly addresses: SamlAddresses;
}

/** @param certificate - of the key that signs requests and opens what is encrypted */
export const servicesFor = (product: Product, certificate: string): readonly Service[] =>
  variants.flatMap((variant, at) => (variant[product] === null ? [] : [serviceOf(variant, at, certificate)]));

function serviceOf(variant: Variant, at: number, certificate: string): Service {
  const providerId = samlProviderId(ACCOUNT, new Uint8Array(10).fill(at + 1));
  const addresses = samlAddresses(ISSUER, providerId);
  const { simplesamlphp, lemonldap, keycloak } = variant;
  return {
    variant,
    providerId,
    addresses,
    name: `service-${at + 1}`,
    entityId: addresses.entityId,
    metadata: writeSpMetadata({ ...addresses, certificates: [certificate], signsRequests: true }),
    role: variant.withoutRole === true ? null : { group: 'everybody-reads', value: roleValue },
    ...(simplesamlphp !== null && { simplesamlphp }),
    ...(lemonldap !== null && { lemonldap }),
    ...(keycloak !== null && { keycloak }),
  };
}

/** One provider and one role for all of them. */
const roleValue = `arn:aws:iam::${ACCOUNT}:role/reader,arn:aws:iam::${ACCOUNT}:saml-provider/corp`;
