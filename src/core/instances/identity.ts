/** By what an instance is recognised: its own public key, a certificate under a trust anchor, or a workload's OIDC subject. */
import { calculateJwkThumbprint, type JWK } from 'jose';
import { failure, type Result, success } from '../result.ts';

/** Signature algorithms of instance keys; a key has exactly one. */
export type InstanceKeyAlgorithm = 'ES256' | 'ES384' | 'EdDSA' | 'RS256';

/** A public key, by its RFC 7638 thumbprint. */
export interface KeyIdentity {
  readonly type: 'key';
  readonly algorithm: InstanceKeyAlgorithm;
  readonly thumbprint: string;
  /** Public members alone. */
  readonly jwk: Readonly<Record<string, string>>;
}

/** The subject of a certificate that chains up to a trust anchor. */
export interface CertificateIdentity {
  readonly type: 'certificate';
  readonly trustAnchorId: string;
  /** The subject's distinguished name, as `core/x509` writes it. */
  readonly subject: string;
}

/** The subject of a registered OIDC provider's tokens, compared exactly. */
export interface WorkloadIdentity {
  readonly type: 'workload';
  /** The issuer without its scheme, as IAM names the provider. */
  readonly providerUrl: string;
  readonly subject: string;
}

export type InstanceIdentity = KeyIdentity | CertificateIdentity | WorkloadIdentity;

/** @returns the identity as one text; two identities share it only when they are the same */
export function identityKeyOf(identity: InstanceIdentity): string {
  // No thumbprint, anchor id or issuer holds a line break, so the first one ends it.
  switch (identity.type) {
    case 'key':
      return `key\n${identity.thumbprint}`;
    case 'certificate':
      return `certificate\n${identity.trustAnchorId}\n${identity.subject}`;
    case 'workload':
      return `workload\n${identity.providerUrl}\n${identity.subject}`;
  }
}

const MIN_RSA_BITS = 2048;
const MAX_RSA_BITS = 4096;

/** The members of each type of key, in the order of RFC 7638, and the one algorithm that it signs with. */
const KINDS: ReadonlyMap<string, { members: readonly string[]; algorithm: InstanceKeyAlgorithm }> = new Map([
  ['EC P-256', { members: ['crv', 'kty', 'x', 'y'], algorithm: 'ES256' }],
  ['EC P-384', { members: ['crv', 'kty', 'x', 'y'], algorithm: 'ES384' }],
  ['OKP Ed25519', { members: ['crv', 'kty', 'x'], algorithm: 'EdDSA' }],
  ['RSA ', { members: ['e', 'kty', 'n'], algorithm: 'RS256' }],
]);

const PRIVATE_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'];
/** A base64url text, or the name of a type or a curve. */
const MEMBER = /^[A-Za-z0-9_-]{1,700}$/;

/**
 * Reads a public key that an instance shall be recognised by.
 * @param value - a JWK, as parsed JSON
 * @returns the identity, or a sentence saying what is wrong; a private key is refused, for it is no secret any more
 * @see RFC 7517, RFC 7518 section 6, RFC 7638
 */
export async function readKeyIdentity(value: unknown): Promise<Result<KeyIdentity, string>> {
  const jwk: Readonly<Record<string, unknown>> = Object(value); // any value, boxed
  if (PRIVATE_MEMBERS.some((name) => Object.hasOwn(jwk, name)))
    return failure('the key is a private or a secret one: give the public key alone');
  const kind = KINDS.get(`${jwk.kty} ${jwk.kty === 'RSA' ? '' : jwk.crv}`);
  if (kind === undefined) return failure('the key must be EC P-256, EC P-384, Ed25519 or RSA');
  if (jwk.use !== undefined && jwk.use !== 'sig') return failure('the key is not for signatures');
  if (jwk.alg !== undefined && jwk.alg !== kind.algorithm)
    return failure(`the key must be for ${kind.algorithm}`);
  const members = kind.members.map((name) => [name, jwk[name]] as const);
  if (!members.every(isMember)) return failure('the key lacks a member, or has one in another form');
  if (jwk.kty === 'RSA' && !isRsaSize(String(jwk.n)))
    return failure(`an RSA key must have ${MIN_RSA_BITS} to ${MAX_RSA_BITS} bits`);
  const own = Object.fromEntries(members);
  const thumbprint = await calculateJwkThumbprint(own as JWK, 'sha256'); // its members were just checked
  return success({ type: 'key', algorithm: kind.algorithm, thumbprint, jwk: own });
}

const isMember = (member: readonly [string, unknown]): member is readonly [string, string] =>
  typeof member[1] === 'string' && MEMBER.test(member[1]);

function isRsaSize(n: string): boolean {
  const bits = Math.floor((n.length * 6) / 8) * 8;
  return bits >= MIN_RSA_BITS && bits <= MAX_RSA_BITS;
}
