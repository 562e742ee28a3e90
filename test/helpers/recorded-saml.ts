/** What real identity providers sent when `dev/idps/record.ts` asked them, and how to verify it as of then. */

import type { ProfileExpectation } from '../../src/core/saml/check-profile.ts';
import type { OpenPrivateKeys } from '../../src/core/saml/decrypt.ts';
import { type IdpMetadata, parseMetadata } from '../../src/core/saml/metadata.ts';
import { samlAddresses } from '../../src/core/saml/provider.ts';
import { type SamlTrust, verifyResponse } from '../../src/core/saml/verify-response.ts';
import { createSamlCryptography } from '../../src/platform/saml.ts';
import keycloak from '../fixtures/saml/keycloak.json' with { type: 'json' };
import lemonldap from '../fixtures/saml/lemonldap.json' with { type: 'json' };
import opensaml from '../fixtures/saml/opensaml.json' with { type: 'json' };
import simplesamlphp from '../fixtures/saml/simplesamlphp.json' with { type: 'json' };

export interface Recording {
  readonly name: string;
  readonly user: string;
  readonly providerId: string;
  readonly requestId: string | null;
  readonly recordedAtSeconds: number;
  readonly response: string;
  readonly logout: string | null;
}

export interface RecordedIdp {
  readonly product: 'simplesamlphp' | 'lemonldap' | 'keycloak' | 'opensaml';
  readonly entityId: string;
  readonly metadata: IdpMetadata;
  readonly openKeys: OpenPrivateKeys;
  readonly recordings: readonly Recording[];
}

const ISSUER = 'https://broker.example.com';
export const cryptography = createSamlCryptography();

export const addressesOf = ({ providerId }: Recording) => samlAddresses(ISSUER, providerId);

const opening =
  (pem: string): OpenPrivateKeys =>
  async (hash) => {
    const der = Buffer.from(pem.replace(/-----[^-]*-----|\s/g, ''), 'base64');
    return [await crypto.subtle.importKey('pkcs8', der, { name: 'RSA-OAEP', hash }, false, ['decrypt'])];
  };

export const recordedIdps: readonly RecordedIdp[] = [
  idpOf('simplesamlphp', simplesamlphp),
  idpOf('lemonldap', lemonldap),
];

/** It makes people's names up, one for each service. */
export const recordedKeycloak: RecordedIdp = idpOf('keycloak', keycloak);

/** Not a product: what OpenSAML writes, signed and encrypted by xmlsec1. */
export const recordedOpenSaml: RecordedIdp = idpOf('opensaml', opensaml);

function idpOf(
  product: RecordedIdp['product'],
  recorded: typeof simplesamlphp | typeof lemonldap | typeof keycloak | typeof opensaml,
): RecordedIdp {
  // The endpoints are on the machine that recorded, so as in local mode.
  const metadata = parseMetadata(recorded.metadata, 'local');
  if (!metadata.ok) throw new Error(metadata.failure);
  const { entityId, recordings } = recorded;
  return {
    product,
    entityId,
    recordings,
    metadata: metadata.value,
    openKeys: opening(recorded.serviceKey.privateKey),
  };
}

export function recordingOf({ recordings, product }: RecordedIdp, name: string): Recording {
  const found = recordings.find((each) => each.name === name);
  if (found === undefined) throw new Error(`${product} has no recording \`${name}\``);
  return found;
}

export const xmlOf = ({ response }: Recording): string => Buffer.from(response, 'base64').toString('utf8');

export interface Differently {
  readonly xml?: string;
  readonly trust?: Partial<SamlTrust>;
  readonly expected?: Partial<ProfileExpectation>;
}

/** Verifies a recording at the moment when it was made, for the service that it was made for, unless something else is said. */
export function verifyRecording(idp: RecordedIdp, recording: Recording, differently: Differently = {}) {
  const { entityId: audience, assertionConsumerUrl: recipient } = addressesOf(recording);
  return verifyResponse(
    differently.xml ?? xmlOf(recording),
    {
      certificates: idp.metadata.certificates,
      requiresEncryption: false,
      openKeys: idp.openKeys,
      cryptography,
      ...differently.trust,
    },
    {
      issuer: idp.entityId,
      audience,
      recipient,
      inResponseTo: recording.requestId,
      nowSeconds: recording.recordedAtSeconds,
      ...differently.expected,
    },
  );
}
