/** Who stands behind a SAML response to a registered provider. */
import { parseUtf8 } from '../core/bytes.ts';
import { digestOf } from '../core/digest.ts';
import { Fault } from '../core/faults.ts';
import { findKept, type Keyring } from '../core/keyring/keyring.ts';
import type { ProfileExpectation } from '../core/saml/check-profile.ts';
import { type OaepHash, type OpenPrivateKeys, parseBase64 } from '../core/saml/decrypt.ts';
import type { SamlFailure } from '../core/saml/failure.ts';
import {
  currentCertificates,
  type SamlPrivateKey,
  type SamlProvider,
  samlAddresses,
  samlKeyBinding,
} from '../core/saml/provider.ts';
import { type VerifiedAssertion, verifyResponse } from '../core/saml/verify-response.ts';
import { sealKeyId, unseal } from '../core/sealing.ts';
import type { Deps } from './deps.ts';
import { requireKeyring } from './issue.ts';
import { inVain } from './lookups.ts';

/** What the caller knows about the response apart from its provider. */
export interface SamlOccasion {
  readonly nowSeconds: number;
  /** As in `ProfileExpectation`. */
  readonly inResponseTo?: string | null;
}

/**
 * Decodes a message as forms and APIs carry it.
 * @param encoded - base64, broken into lines or not
 * @throws Fault `invalid_identity_token`
 */
export function decodeSaml(encoded: string): string {
  const bytes = parseBase64(encoded);
  const text = bytes === null ? null : parseUtf8(bytes);
  if (text === null)
    throw new Fault('invalid_identity_token', UNVERIFIED, { reason: 'not base64 of UTF-8', ...inVain });
  return text;
}

/**
 * @param text - the response's XML, or a signed assertion's by itself
 * @throws Fault `invalid_identity_token`, `expired_identity_token`, `idp_rejected_claim`
 */
export async function proveSaml(
  provider: SamlProvider,
  text: string,
  occasion: SamlOccasion,
  deps: Deps,
): Promise<VerifiedAssertion> {
  const { entityId, assertionConsumerUrl } = samlAddresses(deps.settings.issuer, provider.providerId);
  const trust = {
    certificates: currentCertificates(provider, occasion.nowSeconds),
    requiresEncryption: provider.requiresEncryption,
    openKeys: privateKeysOf(provider, occasion.nowSeconds, deps),
    cryptography: deps.saml,
  };
  const expected: ProfileExpectation = {
    issuer: provider.entityId,
    audience: entityId,
    recipient: assertionConsumerUrl,
    ...occasion,
  };
  const verified = await verifyResponse(text, trust, expected);
  if (!verified.ok) throw samlFault(verified.failure, provider);
  return verified.value;
}

const privateKeysOf =
  (provider: SamlProvider, nowSeconds: number, deps: Deps): OpenPrivateKeys =>
  async (hash) => {
    const keyring = await requireKeyring(deps);
    return Promise.all(
      provider.privateKeys.map((key) =>
        openPrivateKey(provider, key, keyring, nowSeconds, { name: 'RSA-OAEP', hash }, 'decrypt'),
      ),
    );
  };

type PrivateKeyUse = { readonly name: 'RSA-OAEP' | 'RSASSA-PKCS1-v1_5'; readonly hash: OaepHash };

/**
 * Opens a provider's private key for one use.
 * @throws Fault `internal_failure` for one that the keyring cannot open any more
 */
export async function openPrivateKey(
  { accountId, providerId }: SamlProvider,
  { keyId, sealed }: SamlPrivateKey,
  keyring: Keyring,
  nowSeconds: number,
  use: PrivateKeyUse,
  usage: 'decrypt' | 'sign',
): Promise<CryptoKey> {
  const key = findKept(keyring.storageOpening, sealKeyId(sealed), nowSeconds);
  const binding = samlKeyBinding(accountId, providerId, keyId);
  const opened = key === null ? null : await unseal(key.key, binding, sealed);
  const pkcs8 = opened === null ? null : parseBase64(parseUtf8(opened) ?? '');
  if (pkcs8 === null) {
    throw new Fault('internal_failure', 'internal failure', { providerId, keyId, reason: 'sealed key' });
  }
  return crypto.subtle.importKey('pkcs8', pkcs8, use, false, [usage]);
}

type PlainRefusal = Exclude<SamlFailure['why'], 'expired' | 'status'>;

/** What fails before the signature has been verified is one thing to the caller: a forger learns nothing of how far it got. */
const UNVERIFIED = 'the SAML response could not be verified';
const MESSAGES: Readonly<Record<PlainRefusal, string>> = {
  malformed: UNVERIFIED,
  signature: UNVERIFIED,
  encryption: UNVERIFIED,
  issuer: 'the issuer of the SAML response is not that of the provider',
  audience: 'the SAML response is for another audience',
  recipient: 'the SAML response is for another recipient',
  destination: 'the SAML response is for another destination',
  request: 'the SAML response does not answer the request',
  subject: 'the SAML response has no usable subject',
  condition: 'the SAML response has a condition that is not met',
  not_yet_valid: 'the SAML response is not valid yet',
};

/** @returns the refusal; its detail never holds the response */
export function samlFault(failure: SamlFailure, { arn }: Pick<SamlProvider, 'arn'>): Fault {
  const detail = { ...failure, provider: arn };
  switch (failure.why) {
    case 'expired':
      return new Fault(
        'expired_identity_token',
        'the SAML response has expired: it must be redeemed within 5 minutes of issuance',
        detail,
      );
    case 'status':
      return new Fault('idp_rejected_claim', 'the identity provider reported that the login failed', detail);
    default:
      return new Fault('invalid_identity_token', MESSAGES[failure.why], {
        ...detail,
        // Anybody can send what no provider signed: whoever sends much of it is slowed down.
        ...(MESSAGES[failure.why] === UNVERIFIED && inVain),
      });
  }
}

/** Nothing of SAML is accepted for longer than this after it was first seen: its age and the clocks' difference bound it. */
const KEPT_SECONDS = 1200;

/**
 * Uses something up: the ids of two providers are not the same id.
 * @throws Fault `invalid_identity_token` where it was used before
 */
export async function useSamlOnce(
  { accountId, providerId, arn }: SamlProvider,
  value: string,
  purpose: 'saml-assertion' | 'saml-login' | 'saml-request' | 'saml-logout',
  nowSeconds: number,
  deps: Deps,
): Promise<void> {
  const valueHash = await digestOf(`${providerId} ${value}`); // neither has a space in front of its own
  const use = { purpose, valueHash, expiresAtSeconds: nowSeconds + KEPT_SECONDS };
  if (await deps.oneTime.use(accountId, use)) return;
  throw new Fault('invalid_identity_token', 'the SAML response has been used before', { provider: arn });
}
