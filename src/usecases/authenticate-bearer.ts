import { nowSecondsOf, type RequestFacts } from '../core/context/request-context.ts';
import {
  parseAccessToken,
  type VerifiedAccessToken,
  verifyAccessToken,
} from '../core/credentials/access-token.ts';
import { MAX_SESSION_SECONDS } from '../core/credentials/limits.ts';
import {
  type OpaqueHeader,
  openAccessToken,
  parseOpaqueHeader,
} from '../core/credentials/opaque-access-token.ts';
import { Fault } from '../core/faults.ts';
import { findKept } from '../core/keyring/keyring.ts';
import { accountOfClientId } from '../core/oauth/client.ts';
import { isCertificateKey } from '../core/oauth/sender-key.ts';
import type { Caller } from './caller.ts';
import type { Deps } from './deps.ts';
import { connectionKey } from './oauth/client-certificate.ts';
import { proveKey, type ShownProof } from './prove-key.ts';
import { findSessionCaller } from './session-caller.ts';

/** An access token of ours and whom it speaks for now. */
export interface BearerCaller {
  readonly caller: Caller;
  readonly token: VerifiedAccessToken;
}

/**
 * Reads an access token of this deployment, whatever its audience.
 * @returns null for one that cannot be believed, or whose session has ended, or whose client is gone
 */
export async function findBearer(text: string, nowSeconds: number, deps: Deps): Promise<BearerCaller | null> {
  const token = await readToken(text, nowSeconds, 0, deps);
  if (token === null) return null;
  const shown = { accessKeyId: null, tokenId: token.tokenId, nowSeconds };
  const [caller, isThere] = await Promise.all([
    findSessionCaller(deps.directory, token.session, shown),
    isClientThere(token, deps),
  ]);
  return caller === null || !isThere ? null : { caller, token };
}

/**
 * Reads an access token that was issued here, whether its session lives or not, for as long after its end as what was made from it may
 * live. It speaks for nobody.
 */
export const findIssuedToken = (
  text: string,
  nowSeconds: number,
  deps: Deps,
): Promise<VerifiedAccessToken | null> => readToken(text, nowSeconds, MAX_SESSION_SECONDS, deps);

function readToken(
  text: string,
  nowSeconds: number,
  endedSeconds: number,
  deps: Deps,
): Promise<VerifiedAccessToken | null> {
  const opaque = parseOpaqueHeader(text);
  return opaque === null
    ? verifyJwt(text, nowSeconds, endedSeconds, deps)
    : openOpaque(opaque, nowSeconds, endedSeconds, deps);
}

/** What a client of the account was given ends with it. Another word in its place is an outside client, which nobody here knows. */
async function isClientThere(
  { clientId, session }: VerifiedAccessToken,
  { directory }: Deps,
): Promise<boolean> {
  if (clientId === null || accountOfClientId(clientId) !== session.accountId) return true;
  return (await directory.oauthClient(session.accountId, clientId)) !== null;
}

async function verifyJwt(
  text: string,
  nowSeconds: number,
  endedSeconds: number,
  { directory, settings }: Deps,
): Promise<VerifiedAccessToken | null> {
  const token = parseAccessToken(text);
  const keyring = token === null ? null : await directory.keyring(token.keyId);
  if (token === null || keyring === null) return null;
  return verifyAccessToken(token, keyring, settings.issuer, nowSeconds, endedSeconds);
}

async function openOpaque(
  header: OpaqueHeader,
  nowSeconds: number,
  endedSeconds: number,
  { directory, settings }: Deps,
): Promise<VerifiedAccessToken | null> {
  const keyring = await directory.keyring(header.keyId);
  const key = keyring === null ? null : findKept(keyring.tokenOpening, header.keyId, nowSeconds);
  return key === null ? null : openAccessToken(header, key.base, settings.issuer, nowSeconds, endedSeconds);
}

/**
 * Believes an access token with the proof that came with it: a token that is bound to a key is worth nothing without one, and no
 * other token is made better by one.
 * @param shown - null where the token came as a plain bearer
 * @throws Fault `missing_authentication`, `invalid_dpop_proof`, `use_dpop_nonce`
 * @see RFC 9449 section 7
 */
export async function believeBearer(
  text: string,
  shown: ShownProof | null,
  facts: RequestFacts,
  deps: Deps,
): Promise<BearerCaller> {
  const bearer = await findBearer(text, nowSecondsOf(facts), deps);
  if (bearer === null) throw notValid();
  const key = shown === null ? null : await proveKey(shown, text, facts, deps);
  const { keyThumbprint } = bearer.token;
  if (keyThumbprint !== (key?.thumbprint ?? (await heldByConnection(keyThumbprint, facts)))) throw notValid();
  await key?.use();
  return bearer;
}

/** A token that is bound to a certificate comes as a bearer, through a connection that has it. @see RFC 8705 section 3 */
const heldByConnection = async (bound: string | null, facts: RequestFacts): Promise<string | null> =>
  bound !== null && isCertificateKey(bound) ? connectionKey(facts) : null;

/**
 * The caller of Daypass's own API by access token. The token must be meant for Daypass: one that was issued for an app would
 * otherwise let that app act here in its user's name.
 * @throws Fault as `believeBearer`
 */
export async function authenticateBearer(
  text: string,
  shown: ShownProof | null,
  facts: RequestFacts,
  deps: Deps,
): Promise<Caller> {
  const { caller, token } = await believeBearer(text, shown, facts, deps);
  if (token.audience === deps.settings.issuer) return caller;
  throw notValid();
}

const notValid = (): Fault => new Fault('missing_authentication', 'the access token is not valid here');
