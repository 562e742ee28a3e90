/** Whether an account takes a new authenticator: its model, and what proves that it is of that model. */
import { type AttestationStatement, decodeAttestationObject } from '@simplewebauthn/server/helpers';
import type { AttestationPolicy } from '../core/repositories/passkeys.ts';
import { readBundle } from '../core/x509/bundle.ts';
import { readCertificate } from '../core/x509/certificate.ts';
import { reachesAnchor } from '../core/x509/chain.ts';
import { refused } from './ceremony.ts';

/** What a registration says that has been verified: the statement's signature is good. */
export interface VerifiedRegistration {
  readonly aaguid: string;
  readonly fmt: string;
  readonly attestationObject: Uint8Array<ArrayBuffer>;
}

const MAX_CERTIFICATES = 5;

/**
 * Where the account names root certificates, the statement's own must chain up to one of them: a key that vouches for itself, or is
 * vouched for by somebody else, is refused. No list of revoked ones is fetched.
 * @throws Fault `access_denied` where the account wants models that attest themselves, and this one is none of them
 * @see Web Authentication Level 3, section 7.1, steps on attestation trustworthiness
 */
export async function requireAttested(
  { attestation, aaguids, rootCertificates }: AttestationPolicy,
  { aaguid, fmt, attestationObject }: VerifiedRegistration,
  nowSeconds: number,
): Promise<void> {
  if (attestation === 'none') return;
  if (fmt === 'none' || (aaguids.length > 0 && !aaguids.includes(aaguid))) {
    throw refused('authenticator model is not accepted', { aaguid, fmt });
  }
  if (rootCertificates === '') return;
  const statement = decodeAttestationObject(attestationObject).get('attStmt');
  if (!(await isTrusted(statement, rootCertificates, nowSeconds))) {
    throw refused('attestation leads to no root certificate of the account', { aaguid, fmt });
  }
}

async function isTrusted(
  statement: AttestationStatement,
  rootCertificates: string,
  nowSeconds: number,
): Promise<boolean> {
  const anchors = readBundle(rootCertificates);
  const sent = statement.get('x5c') ?? [];
  if (!anchors.ok || sent.length > MAX_CERTIFICATES) return false;
  const [leaf, ...others] = sent.map((der) => readCertificate(Uint8Array.from(der)));
  const intermediates = others.filter((each) => each !== null);
  if (leaf === undefined || leaf === null || intermediates.length < others.length) return false;
  return reachesAnchor({ leaf, intermediates, anchors: anchors.value, nowSeconds });
}
