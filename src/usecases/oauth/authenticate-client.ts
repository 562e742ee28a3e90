/** Believes a client, or refuses it with one word. */
import { nowSecondsOf, type RequestFacts } from '../../core/context/request-context.ts';
import { digestOf } from '../../core/digest.ts';
import { Fault } from '../../core/faults.ts';
import { CERTIFICATE_METHODS, type ClientGrantType, type OAuthClient } from '../../core/oauth/client.ts';
import { isSecretOf, type ShownClient, verifyAssertion } from '../../core/oauth/client-proof.ts';
import type { Deps } from '../deps.ts';
import { inVain } from '../lookups.ts';
import { type ClientProof, provedByCertificate } from './client-certificate.ts';
import { isFederatedProof } from './federated-assertion.ts';
import { findClientById } from './find-client.ts';

/**
 * @returns the client that has proved itself by the one method it is registered with
 * @throws Fault `invalid_client`: which check failed is not told
 */
export async function authenticateClient(
  shown: ShownClient,
  facts: RequestFacts,
  deps: Deps,
): Promise<ProvedClient> {
  const client = await findClientById(shown.clientId, deps);
  if (client === null) throw refusal('no such client');
  if (isCertificateMethod(client.settings.authenticationMethod)) return certified(client, shown, facts, deps);
  if (client.settings.authenticationMethod !== shown.method) throw refusal('another method');
  if (!(await isProved(client, shown, nowSecondsOf(facts), deps))) throw refusal('not proved');
  return { ...client, provedBy: null };
}

/** A client that has proved itself. */
export interface ProvedClient extends OAuthClient {
  /** The certificate that proved it, with which all that this proof gives ends; or null. */
  readonly provedBy: ClientProof | null;
}

/** Its request says no more than who it is; the connection proves it. @see RFC 8705 section 2 */
async function certified(
  client: OAuthClient,
  { method }: ShownClient,
  facts: RequestFacts,
  deps: Deps,
): Promise<ProvedClient> {
  if (method !== 'none') throw refusal('another method');
  const provedBy = await provedByCertificate(client, facts, deps);
  if (provedBy === null) throw refusal('not proved');
  return { ...client, provedBy };
}

const isCertificateMethod = (method: string): boolean =>
  CERTIFICATE_METHODS.some((known) => known === method);

async function isProved(
  client: OAuthClient,
  { method, proof }: ShownClient,
  nowSeconds: number,
  deps: Deps,
): Promise<boolean> {
  switch (method) {
    // No request shows one of these: it shows who it is of, as with `none`.
    case 'tls_client_auth':
    case 'self_signed_tls_client_auth':
      return false;
    case 'none':
      return true;
    case 'client_secret_basic':
    case 'client_secret_post':
      return isSecretOf(client, proof, nowSeconds);
    case 'federated_jwt':
      return isFederatedProof(client, proof, nowSeconds, deps);
    case 'private_key_jwt': {
      const believed = await verifyAssertion(client, proof, deps.settings.issuer, nowSeconds);
      if (believed === null) return false;
      const { assertionId, expiresAtSeconds } = believed;
      // Two clients may choose the same jti. Neither of the parts can hold a line feed and still be another pair.
      const valueHash = await digestOf(`${client.clientId}\n${assertionId}`);
      return deps.oneTime.use(client.accountId, { purpose: 'client-assertion', valueHash, expiresAtSeconds });
    }
  }
}

/** Whoever tries ids and secrets is slowed down like whoever asks for what does not exist. */
const refusal = (reason: string): Fault =>
  new Fault('invalid_client', 'client authentication failed', { reason, ...inVain });

/** @throws Fault `unauthorized_client` for a grant that the client is not registered for */
export function requireGrant({ settings, clientId }: OAuthClient, grant: ClientGrantType): void {
  if (settings.grantTypes.includes(grant)) return;
  throw new Fault('unauthorized_client', 'the client is not registered for this grant', { clientId, grant });
}
