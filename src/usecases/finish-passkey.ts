/** Second halves of passkey ceremonies: every check of the browser's answer. @see Web Authentication Level 3, section 7 */
import {
  type AuthenticationResponseJSON,
  type RegistrationResponseJSON,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
} from '@simplewebauthn/server';
import { parseBase64Url, parseUtf8, toBase32, toBase64Url } from '../core/bytes.ts';
import { nowSecondsOf, type RequestFacts } from '../core/context/request-context.ts';
import { authenticatorName } from '../core/sign-in/authenticator-names.ts';
import { nameOf, ownerOf, type SignInOwner } from '../core/sign-in/identity.ts';
import {
  PASSKEY_SERIAL_BYTES,
  type Passkey,
  parseUserHandle,
  passkeySerial,
} from '../core/sign-in/passkey.ts';
import type { SignInSession } from '../core/sign-in/session.ts';
import { needsUserVerification, PASSKEY_ALGORITHMS, relyingPartyOf } from './begin-passkey.ts';
import { type CeremonyKind, refused, takeCeremony } from './ceremony.ts';
import type { Deps } from './deps.ts';
import { requireAttested } from './require-attested.ts';
import { signInEvent } from './sign-in-session.ts';

/** What the browser sent, and the cookie of the ceremony. */
export interface PasskeyAnswer {
  /** The response as JSON text. */
  readonly response: string;
  readonly cookie: string | null;
  /** The form token of the session or the sign-in under way. */
  readonly holder: string;
}

const MAX_ANSWER_CHARACTERS = 32_768;

/**
 * Registers the passkey that a browser has just made.
 * @param givenName - the person's own name for it; empty takes that of the model
 * @returns the passkey, stored; the enrolment is audited in the same batch
 * @throws Fault `access_denied` for an answer that cannot be believed, `entity_already_exists`, `limit_exceeded`
 */
export async function finishRegistration(
  session: SignInSession,
  givenName: string,
  answer: PasskeyAnswer,
  facts: RequestFacts,
  deps: Deps,
): Promise<Passkey> {
  const nowSeconds = nowSecondsOf(facts);
  const ceremony = await takeCeremony(answer.cookie, { kind: 'register', ...answer }, nowSeconds, deps);
  const response = parseAnswer<RegistrationResponseJSON>(answer.response);
  const { id: expectedRPID, origin: expectedOrigin } = relyingPartyOf(deps.settings.issuer);
  const verified = await verifyRegistrationResponse({
    response,
    expectedChallenge: ceremony.challenge,
    expectedOrigin,
    expectedRPID,
    requireUserVerification: false, // a key without a PIN is a second factor still
    supportedAlgorithmIDs: PASSKEY_ALGORITHMS,
  }).catch(refuse);
  if (!verified.verified) throw refused('registration does not verify');
  const { credential, aaguid, credentialBackedUp } = verified.registrationInfo;
  const policy = await deps.passkeys.attestationPolicy(session.identity.accountId);
  await requireAttested(policy, verified.registrationInfo, nowSeconds);
  const name = givenName || (authenticatorName(aaguid) ?? 'Passkey');
  const owner = ownerOf(session.identity);
  const serial = toBase32(deps.random.bytes(PASSKEY_SERIAL_BYTES));
  const passkey: Passkey = {
    credentialId: credential.id,
    serialNumber: passkeySerial(session.identity.accountId, owner, nameOf(session.identity), serial),
    owner,
    name,
    publicKey: toBase64Url(credential.publicKey),
    counter: credential.counter,
    transports: (credential.transports ?? []).slice(0, 8),
    aaguid,
    backedUp: credentialBackedUp,
    createdAtSeconds: nowSeconds,
    lastUsedAtSeconds: null,
  };
  const parameters = { serialNumber: passkey.serialNumber, name, aaguid };
  const event = await signInEvent(session, 'EnableMFADevice', parameters, facts, deps);
  await deps.passkeys.add(session.identity.accountId, passkey, event);
  return passkey;
}

/** A passkey that has just been proved. */
export interface ProvedPasskey {
  readonly accountId: string;
  readonly passkey: Passkey;
  readonly userVerified: boolean;
}

/**
 * Checks the answer of a passkey that is there already.
 * @param expected - whose passkey it must be; null where the passkey itself says who comes
 * @throws Fault `access_denied`, the same for every reason
 */
export async function finishAuthentication(
  kind: Exclude<CeremonyKind, 'register'>,
  expected: { readonly accountId: string; readonly owner: SignInOwner } | null,
  answer: PasskeyAnswer,
  nowSeconds: number,
  deps: Deps,
): Promise<ProvedPasskey> {
  const ceremony = await takeCeremony(answer.cookie, { kind, holder: answer.holder }, nowSeconds, deps);
  const response = parseAnswer<AuthenticationResponseJSON>(answer.response);
  const claimed = claimedOwner(response);
  const whose = expected ?? claimed;
  if (whose === null) throw refused('nobody named');
  if (claimed !== null && !isSame(claimed, whose)) throw refused('user handle of somebody else');
  const passkey = await deps.passkeys.find(whose.accountId, response.id);
  // The row decides, not what the answer says of itself.
  if (passkey === null || !isSame({ accountId: whose.accountId, owner: passkey.owner }, whose)) {
    throw refused('unknown credential');
  }
  const { id: expectedRPID, origin: expectedOrigin } = relyingPartyOf(deps.settings.issuer);
  const { verified, authenticationInfo } = await verifyAuthenticationResponse({
    response,
    expectedChallenge: ceremony.challenge,
    expectedOrigin,
    expectedRPID,
    credential: {
      id: passkey.credentialId,
      publicKey: parseBase64Url(passkey.publicKey) ?? new Uint8Array(0),
      // The counter is compared where it is stored, in one statement that a race cannot pass twice.
      counter: 0,
    },
    requireUserVerification: needsUserVerification(kind),
  }).catch(refuse);
  if (!verified) throw refused('signature');
  const { newCounter, userVerified } = authenticationInfo;
  const use = { counter: newCounter, atSeconds: nowSeconds };
  if (!(await deps.passkeys.use(whose.accountId, passkey.credentialId, use))) {
    throw refused('counter has not grown', { serialNumber: passkey.serialNumber });
  }
  return { accountId: whose.accountId, passkey, userVerified };
}

/** Reads an answer's outer shape and what the library does not look at; the library reads the rest. */
function parseAnswer<T extends RegistrationResponseJSON | AuthenticationResponseJSON>(text: string): T {
  if (text.length > MAX_ANSWER_CHARACTERS) throw refused('answer too long');
  const value = parseObject(text);
  const inner: unknown = value?.response;
  const { id } = value ?? {};
  const clientData: unknown = Object(inner).clientDataJSON;
  if (typeof id !== 'string' || parseBase64Url(id) === null || typeof clientData !== 'string') {
    throw refused('answer is malformed');
  }
  const bytes = parseBase64Url(clientData);
  const client = parseObject((bytes === null ? null : parseUtf8(bytes)) ?? '');
  if (client === null) throw refused('client data is malformed');
  // No page of ours stands in another's frame.
  if (client.crossOrigin === true || client.topOrigin !== undefined) throw refused('cross-origin');
  return value as unknown as T; // the library checks each member that it reads
}

function parseObject(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Readonly<Record<string, unknown>>) // an object, as just seen
      : null;
  } catch {
    return null;
  }
}

function claimedOwner({ response }: AuthenticationResponseJSON) {
  const { userHandle } = response;
  if (userHandle === undefined || userHandle === null || userHandle === '') return null;
  const bytes = typeof userHandle === 'string' ? parseBase64Url(userHandle) : null;
  const owner = bytes === null ? null : parseUserHandle(parseUtf8(bytes) ?? '');
  if (owner === null) throw refused('user handle is malformed');
  return owner;
}

interface Whose {
  readonly accountId: string;
  readonly owner: SignInOwner;
}

const isSame = (left: Whose, right: Whose): boolean =>
  left.accountId === right.accountId &&
  left.owner.type === right.owner.type &&
  left.owner.id === right.owner.id;

/** The library says in plain errors what is wrong; that is for the log. */
function refuse(error: unknown): never {
  throw refused('answer does not verify', {
    text: error instanceof Error ? error.message.slice(0, 300) : '',
  });
}
