/** Whether a certificate chains up to a trust anchor. No network: what is missing is missing. @see RFC 5280 section 6 */
import { failure, type Result, success } from '../result.ts';
import { type Certificate, fingerprintOf, isSignedBy } from './certificate.ts';

/** From the first certificate to the anchor, both included. */
export const MAX_CHAIN = 5;

const CLIENT_AUTHENTICATION = '1.3.6.1.5.5.7.3.2';
const ANY_USAGE = '2.5.29.37.0';

export type ChainFailure =
  | { readonly why: 'validity'; readonly subject: string }
  | { readonly why: 'not_for_clients' }
  | { readonly why: 'no_path' }
  | { readonly why: 'revoked'; readonly serial: string };

/** Serial numbers that an authority has revoked. */
export interface Revocations {
  readonly issuer: string;
  readonly serials: ReadonlySet<string>;
}

/** A certificate as lists of revoked ones name it. */
export interface CertificateName {
  readonly issuer: string;
  readonly serial: string;
}

/** A path that holds. */
export interface CertificatePath {
  /** The moment that the first of the path ends. */
  readonly notAfterSeconds: number;
  /** From the client's certificate up; the anchor's own is left out. */
  readonly path: readonly CertificateName[];
}

export interface ChainInput {
  readonly leaf: Certificate;
  /** What came with it, in any order. */
  readonly intermediates: readonly Certificate[];
  readonly anchors: readonly Certificate[];
  readonly revocations: readonly Revocations[];
  readonly nowSeconds: number;
}

/**
 * Validates a client's certificate: its validity and purpose, then a path of authorities to an anchor, each allowed to sign
 * certificates, none longer than an authority allows; then that nothing on it is revoked.
 */
export async function validateChain(input: ChainInput): Promise<Result<CertificatePath, ChainFailure>> {
  const { leaf, nowSeconds } = input;
  if (!isValidAt(leaf, nowSeconds)) return failure({ why: 'validity', subject: leaf.subject });
  if (leaf.authority !== null || !leaf.maySign.data || !isForClients(leaf)) {
    return failure({ why: 'not_for_clients' });
  }
  const path = await findPath(input, [leaf]);
  if (path === null) return failure({ why: 'no_path' });
  const revoked = path.find(({ issuer, serial }) =>
    input.revocations.some((list) => list.issuer === issuer && list.serials.has(serial)),
  );
  if (revoked !== undefined) return failure({ why: 'revoked', serial: revoked.serial });
  return success({
    notAfterSeconds: Math.min(...path.map(({ notAfterSeconds }) => notAfterSeconds)),
    path: path.slice(0, -1).map(({ issuer, serial }) => ({ issuer, serial })),
  });
}

/**
 * Whether a certificate of any purpose leads to an anchor, by the same rules: what it is for is the caller's question.
 * @see FIDO Metadata Statement section 4, "attestationRootCertificates"
 */
export async function reachesAnchor(input: Omit<ChainInput, 'revocations'>): Promise<boolean> {
  const { leaf, nowSeconds } = input;
  if (!isValidAt(leaf, nowSeconds) || leaf.authority !== null || !leaf.maySign.data) return false;
  return (await findPath(input, [leaf])) !== null;
}

const isValidAt = ({ notBeforeSeconds, notAfterSeconds }: Certificate, nowSeconds: number): boolean =>
  notBeforeSeconds <= nowSeconds && nowSeconds < notAfterSeconds;

const isForClients = ({ usages }: Certificate): boolean =>
  usages === null || usages.includes(CLIENT_AUTHENTICATION) || usages.includes(ANY_USAGE);

/** Depth first; a certificate stands on a path once, so that no circle of authorities goes on for ever. */
async function findPath(
  input: Omit<ChainInput, 'revocations'>,
  path: readonly [Certificate, ...Certificate[]],
): Promise<readonly Certificate[] | null> {
  const last = path[path.length - 1] ?? path[0];
  const below = path.length - 1;
  for (const anchor of input.anchors) {
    if (mayIssue(anchor, last, below, input.nowSeconds) && (await isSignedBy(last, anchor))) {
      return [...path, anchor];
    }
  }
  if (path.length >= MAX_CHAIN - 1) return null;
  const used = new Set(path.map(fingerprintOf));
  for (const authority of input.intermediates) {
    if (used.has(fingerprintOf(authority)) || !mayIssue(authority, last, below, input.nowSeconds)) continue;
    if (!(await isSignedBy(last, authority))) continue;
    const found = await findPath(input, [...path, authority]);
    if (found !== null) return found;
  }
  return null;
}

/** @param below - authorities between the issued certificate's and the client's, itself included when it is one */
const mayIssue = (authority: Certificate, issued: Certificate, below: number, nowSeconds: number): boolean =>
  authority.subject === issued.issuer &&
  authority.authority !== null &&
  (authority.authority.pathLength === null || authority.authority.pathLength >= below) &&
  authority.maySign.certificates &&
  isValidAt(authority, nowSeconds);
