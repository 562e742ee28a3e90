/** A SAML identity provider that an account trusts. */
import { parseBase32, toBase32 } from '../bytes.ts';
import type { SealBinding } from '../sealing.ts';
import type { IdpMetadata } from './metadata.ts';

export interface SamlCertificate {
  /** Base64. */
  readonly der: string;
  readonly notBeforeSeconds: number;
  readonly notAfterSeconds: number;
}

/** A private key that opens encrypted assertions and signs our requests. */
export interface SamlPrivateKey {
  readonly keyId: string;
  readonly addedAtSeconds: number;
  /** Base64 PKCS#8, sealed; see `samlKeyBinding`. */
  readonly sealed: string;
  /** Base64 DER of the certificate that shows its public half. */
  readonly certificate: string;
}

/** What metadata says, its certificates read. */
export interface SamlProviderMetadata extends Omit<IdpMetadata, 'certificates'> {
  readonly certificates: readonly SamlCertificate[];
}

export interface SamlProvider extends SamlProviderMetadata {
  readonly accountId: string;
  /** The `SAMLProviderUUID` of IAM. */
  readonly providerId: string;
  readonly name: string;
  readonly arn: string;
  /** Whether a plain assertion is refused. */
  readonly requiresEncryption: boolean;
  /** Whether a response that answers no request of ours may begin a browser login. */
  readonly admitsUnsolicited: boolean;
  /** Authentication context classes that count as a second factor; none unless the account says so. */
  readonly mfaContextClasses: readonly string[];
  /** The newest first. */
  readonly privateKeys: readonly SamlPrivateKey[];
}

const ID_PREFIX = 'SAMLSP';
const KEY_ID_PREFIX = 'SAMLKY';
const ACCOUNT_BYTES = 5;
/** Random bytes that an id consumes. */
export const SAML_ID_RANDOM_BYTES = 10;
export const SAML_KEY_ID_RANDOM_BYTES = 15;
const ID = /^SAMLSP[A-Z2-7]{24}$/;

/** Makes a provider's id, which carries the account: a path that names it needs no search through accounts. */
export function samlProviderId(accountId: string, random: Uint8Array): string {
  const bytes = new Uint8Array(ACCOUNT_BYTES + SAML_ID_RANDOM_BYTES);
  let rest = Number(accountId);
  for (let index = ACCOUNT_BYTES - 1; index >= 0; index -= 1) {
    bytes[index] = rest % 256;
    rest = Math.floor(rest / 256);
  }
  bytes.set(random.subarray(0, SAML_ID_RANDOM_BYTES), ACCOUNT_BYTES);
  return ID_PREFIX + toBase32(bytes);
}

/** @returns the account that an id names, or null where it is no id; it proves nothing */
export function accountOfSamlProviderId(id: string): string | null {
  const bytes = ID.test(id) ? parseBase32(id.slice(ID_PREFIX.length)) : null;
  if (bytes === null) return null;
  const account = bytes.subarray(0, ACCOUNT_BYTES).reduce((sum, byte) => sum * 256 + byte, 0);
  return account > 999_999_999_999 ? null : String(account).padStart(12, '0');
}

export const samlKeyId = (random: Uint8Array): string =>
  KEY_ID_PREFIX + toBase32(random.subarray(0, SAML_KEY_ID_RANDOM_BYTES));

/** Where a private key is sealed to: it opens for no other provider and under no other id. */
export const samlKeyBinding = (accountId: string, providerId: string, keyId: string): SealBinding => ({
  table: 'saml_providers',
  account: accountId,
  row: `${providerId}/${keyId}`,
  purpose: 'private-key',
});

/** The moment from which on no response can verify any more, as far as is known now. */
export function samlProviderEnd({ certificates, validUntilSeconds }: SamlProviderMetadata): number {
  const last = Math.max(...certificates.map(({ notAfterSeconds }) => notAfterSeconds));
  return Math.min(last, validUntilSeconds ?? Number.MAX_SAFE_INTEGER);
}

/** Certificates that count at a moment: none at all once the metadata has run out. */
export const currentCertificates = (
  { certificates, validUntilSeconds }: SamlProviderMetadata,
  nowSeconds: number,
): readonly string[] =>
  validUntilSeconds !== null && validUntilSeconds <= nowSeconds
    ? []
    : certificates
        .filter((each) => each.notBeforeSeconds <= nowSeconds && nowSeconds < each.notAfterSeconds)
        .map(({ der }) => der);

/**
 * Whether our messages are signed. Wherever there is a key: many products ask for signatures in a setting of theirs, and their metadata
 * does not say so.
 */
export const signsMessages = ({ privateKeys }: Pick<SamlProvider, 'privateKeys'>): boolean =>
  privateKeys.length > 0;

/** Our side of a provider: what its messages must be addressed to. */
export interface SamlAddresses {
  /** Our entity id, and where our metadata stands. */
  readonly entityId: string;
  readonly assertionConsumerUrl: string;
  readonly logoutUrl: string;
}

/** @param issuer - the origin of this deployment */
export const samlAddresses = (issuer: string, providerId: string): SamlAddresses => ({
  entityId: `${issuer}/saml/${providerId}/metadata`,
  assertionConsumerUrl: `${issuer}/saml/${providerId}/acs`,
  logoutUrl: `${issuer}/saml/${providerId}/logout`,
});
