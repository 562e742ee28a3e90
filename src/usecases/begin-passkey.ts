/** First halves of passkey ceremonies: what the browser is asked to do. @see Web Authentication Level 3, section 7 */
import { generateAuthenticationOptions, generateRegistrationOptions } from '@simplewebauthn/server';
import { parseBase64Url, utf8 } from '../core/bytes.ts';
import { nameOf, ownerOf, type SignInIdentity } from '../core/sign-in/identity.ts';
import { type Passkey, userHandleOf } from '../core/sign-in/passkey.ts';
import { beginCeremony, CEREMONY_SECONDS, type CeremonyKind } from './ceremony.ts';
import type { Deps } from './deps.ts';

/** COSE numbers of the algorithms that we ask for and accept: ES256, EdDSA, RS256. */
export const PASSKEY_ALGORITHMS = [-7, -8, -257];

/** The host of the issuer: from configuration, never from the Host header. */
export const relyingPartyOf = (issuer: string): { readonly id: string; readonly origin: string } => ({
  id: new URL(issuer).hostname,
  origin: issuer,
});

/** What the page's script hands to the browser, and the cookie that goes with it. */
export interface PasskeyRequest {
  readonly options: unknown;
  readonly cookie: string;
}

/**
 * Asks for a new passkey.
 * @param held - the person's passkeys: an authenticator that has one of them is not registered twice
 * @param holder - the form token of the session
 */
export async function beginRegistration(
  identity: SignInIdentity,
  held: readonly Passkey[],
  holder: string,
  nowSeconds: number,
  deps: Deps,
): Promise<PasskeyRequest> {
  const { ceremony, cookie } = await beginCeremony('register', holder, nowSeconds, deps);
  const { attestation } = await deps.passkeys.attestationPolicy(identity.accountId);
  const { id } = relyingPartyOf(deps.settings.issuer);
  const options = await generateRegistrationOptions({
    rpName: 'Daypass',
    rpID: id,
    userID: utf8(userHandleOf(identity.accountId, ownerOf(identity))),
    userName: `${nameOf(identity)} (${identity.accountId})`,
    userDisplayName: nameOf(identity),
    challenge: bytesOf(ceremony.challenge),
    timeout: CEREMONY_SECONDS * 1000,
    attestationType: attestation === 'required' ? 'direct' : 'none',
    excludeCredentials: held.map(reference),
    authenticatorSelection: { residentKey: 'preferred', userVerification: 'preferred' },
    supportedAlgorithmIDs: PASSKEY_ALGORITHMS,
  });
  return { options, cookie };
}

/**
 * Asks for a passkey that is there already.
 * @param allowed - the person's passkeys; null where nobody has said who they are, and the authenticator offers what it has
 */
export async function beginAuthentication(
  kind: Exclude<CeremonyKind, 'register'>,
  allowed: readonly Passkey[] | null,
  holder: string,
  nowSeconds: number,
  deps: Deps,
): Promise<PasskeyRequest> {
  const { ceremony, cookie } = await beginCeremony(kind, holder, nowSeconds, deps);
  const options = await generateAuthenticationOptions({
    rpID: relyingPartyOf(deps.settings.issuer).id,
    challenge: bytesOf(ceremony.challenge),
    timeout: CEREMONY_SECONDS * 1000,
    // After a password the key is the second factor; alone it must be both.
    userVerification: needsUserVerification(kind) ? 'required' : 'preferred',
    ...(allowed !== null && { allowCredentials: allowed.map(reference) }),
  });
  return { options, cookie };
}

/** A passkey that stands alone must verify its user: possession is one factor only. */
export const needsUserVerification = (kind: CeremonyKind): boolean =>
  kind === 'sign-in' || kind === 'step-up';

const reference = ({ credentialId, transports }: Passkey) => ({
  id: credentialId,
  transports: [...transports],
});

const bytesOf = (challenge: string) => parseBase64Url(challenge) ?? new Uint8Array(0);
