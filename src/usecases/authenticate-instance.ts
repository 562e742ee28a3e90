/** Which instance asks: by a proof of its key, by a token that such a proof was changed for, or by its workload's OIDC token. */
import { nowSecondsOf, type RequestFacts } from '../core/context/request-context.ts';
import { Fault } from '../core/faults.ts';
import { identityKeyOf } from '../core/instances/identity.ts';
import type { Instance } from '../core/instances/instance.ts';
import {
  parseInstanceArn,
  parseProof,
  provesCertificate,
  provesKey,
  type UnverifiedProof,
} from '../core/instances/proof.ts';
import type { Certificate } from '../core/x509/certificate.ts';
import type { CertificateName } from '../core/x509/chain.ts';
import { isSameName, parseDistinguishedName } from '../core/x509/distinguished-name.ts';
import { pathToAnchor, readSentCertificate } from '../core/x509/sent-chain.ts';
import type { SessionCertificate } from '../core/x509/session-certificate.ts';
import { nameUnderAnchor, readTlsClient } from '../core/x509/tls-client.ts';
import type { Deps } from './deps.ts';
import { findByInstanceToken, isInstanceToken } from './instance-token.ts';
import { inVain } from './lookups.ts';
import { readNonce } from './proof-nonce.ts';
import { type ProvedLogin, readIdTokenAssertion } from './prove-identity.ts';

export interface AuthenticatedInstance {
  readonly instance: Instance;
  /** What its workload's token proved; null for an instance with a key or a certificate. */
  readonly login: ProvedLogin | null;
  /** The certificate that proved it; its fields are tags of the session. */
  readonly certificate: Certificate | null;
  /** The moment that ends all that this proof gives, or null. */
  readonly notAfterSeconds: number | null;
  /** What of the certificate can end it early; absent where none proved it. */
  readonly bound?: SessionCertificate;
}

/** Where proofs are sent, which is what they must be made for. */
export const proofAudience = ({ settings }: Pick<Deps, 'settings'>): string =>
  `${settings.issuer}/credentials`;

/**
 * @param shown - the Authorization header, without a scheme or with `Bearer`
 * @param accountId - the account asked; a workload's token does not say
 * @throws Fault `invalid_client` for every proof or token that cannot be believed, which tells not why; those of OIDC tokens
 */
export async function authenticateInstance(
  shown: string,
  accountId: string,
  facts: RequestFacts,
  deps: Deps,
): Promise<AuthenticatedInstance> {
  const nowSeconds = nowSecondsOf(facts);
  if (isInstanceToken(shown)) {
    const instance = await findByInstanceToken(shown, nowSeconds, deps);
    if (instance === null) throw notBelieved('token');
    return { instance, login: null, certificate: null, notAfterSeconds: null };
  }
  const proof = parseProof(shown);
  if (proof?.type === 'daypass-proof+jwt') return authenticateProof(proof, nowSeconds, deps);
  return authenticateWorkload(shown, accountId, nowSeconds, deps);
}

/**
 * By a proof: audience, nonce, instance, key, then the nonce's one use, in this order.
 * @throws Fault `invalid_client`
 */
export async function authenticateProof(
  proof: UnverifiedProof,
  nowSeconds: number,
  deps: Deps,
): Promise<AuthenticatedInstance> {
  if (proof.type !== 'daypass-proof+jwt' || proof.audience !== proofAudience(deps))
    throw notBelieved('audience');
  const named = parseInstanceArn(proof.subject);
  const use = named === null ? null : await readNonce('instance-proof', proof.nonce, nowSeconds, deps);
  if (named === null || use === null) throw notBelieved('nonce');
  const instance = await deps.directory.instance(named.accountId, named.instanceId);
  const believed = instance === null ? null : await believe(proof, instance, nowSeconds, deps);
  if (instance === null || believed === null) throw notBelieved('key', named);
  // Last: only who holds the key can use a nonce up, and so write.
  if (!(await deps.oneTime.use(named.accountId, use))) throw notBelieved('replayed', named);
  return { instance, login: null, ...believed };
}

type Believed = Pick<AuthenticatedInstance, 'certificate' | 'notAfterSeconds' | 'bound'>;

/** @returns null unless the key of the instance, or of a certificate with its subject, made the proof */
async function believe(
  proof: UnverifiedProof,
  { identity, accountId }: Instance,
  nowSeconds: number,
  deps: Deps,
): Promise<Believed | null> {
  if (identity.type === 'key')
    return (await provesKey(proof, identity)) ? { certificate: null, notAfterSeconds: null } : null;
  if (identity.type !== 'certificate') return null;
  const [first, ...sent]: readonly unknown[] = Array.isArray(proof.header.x5c) ? proof.header.x5c : [];
  const certificate = readSentCertificate(first);
  if (certificate?.subject !== identity.subject || !(await provesCertificate(proof, certificate.key)))
    return null;
  const anchor = await deps.directory.trustAnchor(accountId, identity.trustAnchorId);
  if (anchor?.enabled !== true) return null;
  const path = await pathToAnchor(certificate, sent, anchor, nowSeconds);
  if (!path.ok) return null;
  const { notAfterSeconds, path: names } = path.value;
  return { certificate, notAfterSeconds, bound: boundTo(identity.trustAnchorId, names) };
}

const boundTo = (trustAnchorId: string, path: readonly CertificateName[]): SessionCertificate => ({
  trustAnchorId,
  profileId: null,
  path,
});

/**
 * By the certificate of the connection itself, as Cloudflare tells it.
 * @param told - `request.cf.tlsClientAuth`
 * @param instanceArn - whom the request says it is: the certificate must have that instance's subject
 * @throws Fault `invalid_client`
 */
export async function authenticateTlsClient(
  told: unknown,
  instanceArn: string,
  facts: RequestFacts,
  deps: Deps,
): Promise<AuthenticatedInstance> {
  const nowSeconds = nowSecondsOf(facts);
  const client = readTlsClient(told);
  const named = parseInstanceArn(instanceArn);
  if (client === null || named === null) throw notBelieved('client certificate');
  const instance = await deps.directory.instance(named.accountId, named.instanceId);
  if (instance?.identity.type !== 'certificate') throw notBelieved('identity', named);
  const { trustAnchorId, subject } = instance.identity;
  if (!isSameName(parseDistinguishedName(subject), client.subject)) throw notBelieved('subject', named);
  const anchor = await deps.directory.trustAnchor(named.accountId, trustAnchorId);
  const name = anchor?.enabled === true ? nameUnderAnchor(client, anchor, nowSeconds) : null;
  if (name === null) throw notBelieved('anchor', named);
  const { notAfterSeconds } = client;
  return { instance, login: null, certificate: null, notAfterSeconds, bound: boundTo(trustAnchorId, [name]) };
}

/** A workload's token is good until it expires, as with AssumeRoleWithWebIdentity. */
async function authenticateWorkload(
  token: string,
  accountId: string,
  nowSeconds: number,
  deps: Deps,
): Promise<AuthenticatedInstance> {
  const assertion = readIdTokenAssertion(token);
  const trusted = await assertion.find(accountId, deps);
  const login = { ...trusted, ...(await assertion.verify(trusted, nowSeconds, deps)) };
  const { subject, claims } = login.identity;
  // Whoever acts for the workload is not the workload, and the instance's session could not say so.
  if (claims.act !== undefined) throw notBelieved('somebody acts for the workload');
  const identityKey = identityKeyOf({ type: 'workload', providerUrl: login.provider.url, subject });
  const instance = await deps.directory.instanceByIdentity(accountId, identityKey);
  if (instance === null) throw notBelieved('no instance has this subject', { subject });
  return { instance, login, certificate: null, notAfterSeconds: null };
}

/** One thing to say, whatever is wrong with a proof. */
const notBelieved = (reason: string, detail: Readonly<Record<string, unknown>> = {}): Fault =>
  new Fault('invalid_client', 'the proof or token of the instance is not valid', {
    reason,
    ...detail,
    ...inVain,
  });
