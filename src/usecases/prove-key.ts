/** Whether the sender of a request holds a key, by the proof that came with it. @see RFC 9449 */
import { nowSecondsOf, type RequestFacts } from '../core/context/request-context.ts';
import { digestOf } from '../core/digest.ts';
import { Fault } from '../core/faults.ts';
import { type ProvedRequest, verifyDpopProof } from '../core/oauth/dpop-proof.ts';
import type { Deps } from './deps.ts';
import { inVain } from './lookups.ts';
import { giveNonce, readNonce } from './proof-nonce.ts';

/** A proof as it came, with the request that it came with. */
export interface ShownProof extends ProvedRequest {
  /** The header, whole. */
  readonly text: string;
}

/** A key whose holder sent the request. */
export interface ProvedKey {
  readonly thumbprint: string;
  /** Uses the proof up. @throws Fault `invalid_dpop_proof` for every use but the first, whoever races */
  readonly use: () => Promise<void>;
}

/** The proof would do, but for its nonce: the answer brings one. @see RFC 9449 section 8 */
export class NonceWanted extends Fault {
  readonly nonce: string;

  constructor(nonce: string) {
    super('use_dpop_nonce', 'the DPoP proof needs a nonce of this server');
    this.name = 'NonceWanted';
    this.nonce = nonce;
  }
}

/**
 * Checks everything of a proof but its one use, which writes and so comes when the request has been believed otherwise.
 * @param accessToken - the token that the request shows with it; null where it asks for one
 * @throws Fault `invalid_dpop_proof`, `use_dpop_nonce` (a `NonceWanted`)
 */
export async function proveKey(
  shown: ShownProof,
  accessToken: string | null,
  facts: RequestFacts,
  deps: Deps,
): Promise<ProvedKey> {
  const nowSeconds = nowSecondsOf(facts);
  const proof = await verifyDpopProof(shown.text, shown, nowSeconds);
  if (proof === null) throw notBelieved('form, key, request or time');
  if (accessToken !== null && proof.accessTokenHash !== (await digestOf(accessToken)))
    throw notBelieved('made for another token');
  const { nonce, thumbprint, proofId, expiresAtSeconds } = proof;
  // A proof can be made ahead, for a thief to use later; a nonce cannot.
  if (nonce === null || (await readNonce('dpop', nonce, nowSeconds, deps)) === null)
    throw new NonceWanted(await giveNonce('dpop', nowSeconds, deps));
  return {
    thumbprint,
    use: async () => {
      // Two keys may choose the same jti. A thumbprint holds no line feed, so no two pairs are one text.
      const valueHash = await digestOf(`${thumbprint}\n${proofId}`);
      const value = { purpose: 'dpop', valueHash, expiresAtSeconds };
      if (!(await deps.oneTime.use(DEPLOYMENT, value))) throw notBelieved('replayed');
    },
  };
}

/** Proofs are of the deployment: one that came to one account's client must not come again to another's. */
const DEPLOYMENT = 'deployment';

const notBelieved = (reason: string): Fault =>
  new Fault('invalid_dpop_proof', 'the DPoP proof is not valid', { reason, ...inVain });
