/**
 * Proofs with which an instance shows that it holds its key: a JWT over a nonce that this broker gave. The nonce alone makes
 * it fresh, so that a device without a clock can make one.
 */
import { compactVerify, importJWK } from 'jose';
import { isAccountId, parseArn } from '../arn.ts';
import { parseBase64Url, parseUtf8 } from '../bytes.ts';
import type { CertificateKey } from '../x509/certificate.ts';
import type { KeyIdentity } from './identity.ts';

/** The types of proofs; one made for the one purpose is good for no other. @see RFC 8725 section 3.11 */
export type ProofType = 'daypass-proof+jwt' | 'daypass-enrolment+jwt';

/** Room for a chain of certificates in the header. */
export const MAX_PROOF_CHARACTERS = 32_768;

/** A proof taken apart, not yet believed. */
export interface UnverifiedProof {
  readonly text: string;
  readonly type: string;
  readonly algorithm: string;
  readonly header: Readonly<Record<string, unknown>>;
  readonly audience: string;
  readonly nonce: string;
  readonly subject: string;
}

/** @returns a proof taken apart, or null for what is none. Cheap, without cryptography, safe on any text */
export function parseProof(text: string): UnverifiedProof | null {
  if (text.length > MAX_PROOF_CHARACTERS) return null;
  const parts = text.split('.', 4);
  const [head = '', body = '', signature = ''] = parts;
  const header = parseObject(head);
  const payload = parseObject(body);
  if (parts.length !== 3 || header === null || payload === null) return null;
  // One spelling per proof, and nothing in the header that changes what the rest means.
  if (parseBase64Url(signature) === null || header.crit !== undefined || header.b64 !== undefined)
    return null;
  const { typ, alg } = header;
  const { aud, nonce, sub } = payload;
  if (typeof typ !== 'string' || typeof alg !== 'string') return null;
  if (typeof aud !== 'string' || typeof nonce !== 'string' || typeof sub !== 'string') return null;
  return { text, type: typ, algorithm: alg, header, audience: aud, nonce, subject: sub };
}

function parseObject(part: string): Readonly<Record<string, unknown>> | null {
  const bytes = parseBase64Url(part);
  const text = bytes === null ? null : parseUtf8(bytes);
  try {
    const value: unknown = text === null ? null : JSON.parse(text);
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? (value as Readonly<Record<string, unknown>>) : null; // just checked
  } catch {
    return null;
  }
}

/** Checks a proof's signature with a key, under that key's one algorithm. */
export async function provesKey(
  { text, algorithm }: UnverifiedProof,
  identity: Pick<KeyIdentity, 'algorithm' | 'jwk'>,
): Promise<boolean> {
  if (algorithm !== identity.algorithm) return false;
  try {
    const key = await importJWK(identity.jwk, identity.algorithm);
    await compactVerify(text, key, { algorithms: [identity.algorithm] });
    return true;
  } catch {
    return false; // jose says why; the caller must not
  }
}

/** WebCrypto's names of the algorithms that a certificate's key may sign a proof with. */
const SPKI_ALGORITHMS: ReadonlyMap<
  string,
  { readonly name: string; readonly namedCurve?: string; readonly hash?: string }
> = new Map([
  ['ES256', { name: 'ECDSA', namedCurve: 'P-256' }],
  ['ES384', { name: 'ECDSA', namedCurve: 'P-384' }],
  ['RS256', { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }],
  ['EdDSA', { name: 'Ed25519' }],
]);

/** As `provesKey`, with the key of a certificate. */
export async function provesCertificate(
  { text, algorithm }: UnverifiedProof,
  certificateKey: CertificateKey,
): Promise<boolean> {
  const named = SPKI_ALGORITHMS.get(certificateKey.algorithm);
  if (named === undefined || algorithm !== certificateKey.algorithm) return false;
  try {
    const key = await crypto.subtle.importKey('spki', certificateKey.spki, named, false, ['verify']);
    await compactVerify(text, key, { algorithms: [algorithm] });
    return true;
  } catch {
    return false; // jose says why; the caller must not
  }
}

const INSTANCE = /^instance\/(i-[0-9a-f]{17})$/;

/** @returns whom an instance's ARN names, or null */
export function parseInstanceArn(
  text: string,
): { readonly accountId: string; readonly instanceId: string } | null {
  const arn = text.length > 200 ? null : parseArn(text);
  if (arn?.partition !== 'aws' || arn.service !== 'daypass' || arn.region !== '') return null;
  const instanceId = INSTANCE.exec(arn.resource)?.[1];
  return instanceId === undefined || !isAccountId(arn.accountId)
    ? null
    : { accountId: arn.accountId, instanceId };
}
