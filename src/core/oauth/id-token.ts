/** What a client learns about the person who signed in. @see OpenID Connect Core sections 2 and 3.1.3.6 */
import { SignJWT } from 'jose';
import { toBase64Url, utf8 } from '../bytes.ts';
import { loginClaims } from '../credentials/access-token.ts';
import { delegationClaims } from '../credentials/delegation.ts';
import type { Session } from '../credentials/session.ts';
import type { SigningKey } from '../keyring/keyring.ts';
import type { SigningAlgorithm } from '../keyring/signing-algorithm.ts';

/** Keeps it apart from access tokens (`at+jwt`): nothing here accepts one as such. */
export const ID_TOKEN_TYPE = 'JWT';
const ID_TOKEN_SECONDS = 600;

export interface IdTokenFacts {
  readonly issuer: string;
  readonly clientId: string;
  readonly subject: string;
  readonly nonce: string | null;
  readonly authAtSeconds: number;
  readonly acr: string;
  readonly amr: readonly string[];
  /** The browser's session that the person signed in with; absent where a device is given the token. */
  readonly sessionId?: string;
  /** The access token beside it. */
  readonly accessToken: string;
}

/** @param key - of the client's algorithm: `at_hash` is made with its hash */
export async function signIdToken(key: SigningKey, facts: IdTokenFacts, nowSeconds: number): Promise<string> {
  return new SignJWT({
    iss: facts.issuer,
    sub: facts.subject,
    aud: facts.clientId,
    iat: nowSeconds,
    exp: nowSeconds + ID_TOKEN_SECONDS,
    auth_time: facts.authAtSeconds,
    ...(facts.nonce !== null && { nonce: facts.nonce }),
    acr: facts.acr,
    amr: [...facts.amr],
    ...(facts.sessionId !== undefined && { sid: facts.sessionId }),
    at_hash: await halfHash(facts.accessToken, key.algorithm),
  })
    .setProtectedHeader({ alg: key.algorithm, typ: ID_TOKEN_TYPE, kid: key.kid })
    .sign(key.privateKey);
}

/** An ID token that is made of a session, without a browser and without an access token beside it. */
export interface SessionIdTokenFacts {
  readonly issuer: string;
  readonly clientId: string;
  readonly subject: string;
  readonly session: Session;
}

/** It ends with the session at the latest, and says who acts in it. @see RFC 8693 section 2.2.1 */
export function signSessionIdToken(
  key: SigningKey,
  { issuer, clientId, subject, session }: SessionIdTokenFacts,
  nowSeconds: number,
): Promise<string> {
  return new SignJWT({
    iss: issuer,
    sub: subject,
    aud: clientId,
    iat: nowSeconds,
    exp: idTokenEnd(session, nowSeconds),
    ...delegationClaims(session.delegation),
    ...loginClaims(session),
  })
    .setProtectedHeader({ alg: key.algorithm, typ: ID_TOKEN_TYPE, kid: key.kid })
    .sign(key.privateKey);
}

/** When such a token ends. */
export const idTokenEnd = ({ expiresAtSeconds }: Session, nowSeconds: number): number =>
  Math.min(expiresAtSeconds, nowSeconds + ID_TOKEN_SECONDS);

async function halfHash(text: string, algorithm: SigningAlgorithm): Promise<string> {
  const name = algorithm === 'ES384' ? 'SHA-384' : 'SHA-256';
  const hash = new Uint8Array(await crypto.subtle.digest(name, utf8(text)));
  return toBase64Url(hash.subarray(0, hash.length / 2));
}
