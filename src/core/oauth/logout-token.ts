/** What a client is told when a person's sign-in has ended. @see OpenID Connect Back-Channel Logout 1.0 section 2.4 */
import { SignJWT } from 'jose';
import type { SigningKey } from '../keyring/keyring.ts';

/** Nobody takes it for an ID token. */
const LOGOUT_TOKEN_TYPE = 'logout+jwt';
const LOGOUT_EVENT = 'http://schemas.openid.net/event/backchannel-logout';
/** "Preferably at most two minutes in the future", so that a captured one is of no use. */
const LOGOUT_TOKEN_SECONDS = 120;

export interface LogoutFacts {
  readonly issuer: string;
  readonly clientId: string;
  readonly subject: string;
  /** As the ID tokens of the session have it. */
  readonly sessionId: string;
  /** Unique per token. */
  readonly tokenId: string;
}

/** It has no `nonce`, which would make it an ID token. */
export const signLogoutToken = (key: SigningKey, facts: LogoutFacts, nowSeconds: number): Promise<string> =>
  new SignJWT({
    iss: facts.issuer,
    sub: facts.subject,
    aud: facts.clientId,
    iat: nowSeconds,
    exp: nowSeconds + LOGOUT_TOKEN_SECONDS,
    jti: facts.tokenId,
    sid: facts.sessionId,
    events: { [LOGOUT_EVENT]: {} },
  })
    .setProtectedHeader({ alg: key.algorithm, typ: LOGOUT_TOKEN_TYPE, kid: key.kid })
    .sign(key.privateKey);
