/** Proves who signed a request: Signature Version 4 with a long-term key or with temporary credentials. */
import type { AccessKey } from '../core/account.ts';
import { deriveSecretAccessKey } from '../core/credentials/derive.ts';
import { accessKeyBinding } from '../core/credentials/secret-access-key.ts';
import type { Session } from '../core/credentials/session.ts';
import { openSessionToken, parseTokenHeader } from '../core/credentials/session-token.ts';
import { Fault, type FaultCode } from '../core/faults.ts';
import { accountOfAccessKeyId } from '../core/ids.ts';
import { findKept } from '../core/keyring/keyring.ts';
import { sealKeyId, unseal } from '../core/sealing.ts';
import type { SignatureFailure } from '../core/sigv4/failure.ts';
import { parseSignedRequest } from '../core/sigv4/parse.ts';
import type { RequestHead, SignedRequest } from '../core/sigv4/signed-request.ts';
import { deriveSigningKey } from '../core/sigv4/signing-key.ts';
import { checkScopeAndTime, refuseUnknownKey, verifySignature } from '../core/sigv4/verify.ts';
import { type Caller, userCaller } from './caller.ts';
import type { Deps } from './deps.ts';
import { inVain } from './lookups.ts';
import { findSessionCaller, isRevoked } from './session-caller.ts';

export interface SignedInput {
  readonly head: RequestHead;
  readonly payload: Uint8Array;
  /** What the credential scope may name. */
  readonly services: readonly string[];
  readonly nowSeconds: number;
}

/** A believed signature. */
export interface AuthenticatedRequest {
  readonly caller: Caller;
  /** From the credential scope: becomes `aws:RequestedRegion`. */
  readonly region: string;
}

const INVALID_TOKEN = 'the security token included in the request is invalid';

/**
 * @returns the caller, proved
 * @throws Fault: `missing_authentication`, `incomplete_signature`, `signature_does_not_match`, `request_expired`,
 * `invalid_client_token_id`, `expired_token`
 */
export async function authenticateCaller(input: SignedInput, deps: Deps): Promise<AuthenticatedRequest> {
  const parsed = parseSignedRequest(input.head);
  if (!parsed.ok) throw refusal(parsed.failure);
  const signed = parsed.value;
  const timely = checkScopeAndTime(signed, input);
  if (!timely.ok) throw refusal(timely.failure);
  const credential = await findCredential(signed, input.nowSeconds, deps);
  if (credential === null) {
    const { failure } = await refuseUnknownKey({ ...input, signed });
    throw refusal(failure);
  }
  const scopeName = `${signed.scope.date}/${signed.scope.region}/${signed.scope.service}`;
  const held = credential.signingKeys.get(scopeName);
  const signingKey = held ?? (await deriveSigningKey(await credential.secret(), signed.scope));
  const verified = await verifySignature({ ...input, signed, signingKey });
  if (!verified.ok) throw refusal(verified.failure);
  // Only a good signature fills the caches: their keys are the asker's words.
  if (held === undefined) keepSigningKey(credential.signingKeys, scopeName, signingKey);
  return { caller: await credential.believe(), region: signed.scope.region };
}

/** What stands behind an access key id, before the signature is known to be good. */
interface Credential {
  readonly signingKeys: Map<string, CryptoKey>;
  readonly secret: () => Promise<string>;
  /** To be called after a good signature alone. */
  readonly believe: () => Promise<Caller>;
}

const MAX_SCOPES_PER_KEY = 16;

function keepSigningKey(keys: Map<string, CryptoKey>, scopeName: string, key: CryptoKey): void {
  if (keys.size >= MAX_SCOPES_PER_KEY) keys.clear();
  keys.set(scopeName, key);
}

function findCredential(signed: SignedRequest, nowSeconds: number, deps: Deps): Promise<Credential | null> {
  const { accessKeyId, sessionToken } = signed;
  if (sessionToken === null) return findLongTerm(accessKeyId, nowSeconds, deps);
  if (!accessKeyId.startsWith('ASIA')) return Promise.resolve(null);
  return findTemporary(accessKeyId, sessionToken, nowSeconds, deps);
}

/** Signing keys of long-term keys; dropped with the held entry when the key or its user changes. */
const longTermSigningKeys = new WeakMap<AccessKey, Map<string, CryptoKey>>();

async function findLongTerm(accessKeyId: string, nowSeconds: number, deps: Deps): Promise<Credential | null> {
  const accountId = accessKeyId.startsWith('AKIA') ? accountOfAccessKeyId(accessKeyId) : null;
  if (accountId === null) return null;
  const [key, keyring] = await Promise.all([
    deps.directory.accessKey(accountId, accessKeyId),
    deps.directory.keyring(),
  ]);
  if (key === null || keyring === null || !key.active) return null;
  // Asked each time, also where a signing key is held: what a forgotten key sealed is gone with it.
  const storageKey = findKept(keyring.storageOpening, sealKeyId(key.sealedSecret), nowSeconds);
  if (storageKey === null) return null;
  const signingKeys = longTermSigningKeys.get(key) ?? new Map<string, CryptoKey>();
  longTermSigningKeys.set(key, signingKeys);
  return {
    signingKeys,
    secret: async () => {
      const binding = accessKeyBinding(accountId, accessKeyId);
      const bytes = await unseal(storageKey.key, binding, key.sealedSecret);
      if (bytes === null)
        throw new Fault('internal_failure', 'internal failure', { accessKeyId, reason: 'sealed secret' });
      return new TextDecoder().decode(bytes);
    },
    believe: () => Promise.resolve(userCaller(key)),
  };
}

interface OpenedToken {
  readonly accessKeyId: string;
  readonly keyId: string;
  readonly session: Session;
  readonly secret: string;
  readonly signingKeys: Map<string, CryptoKey>;
}

/** Opened tokens by their text, after a good signature alone; oldest out first. */
const openedTokens = new Map<string, OpenedToken>();
const MAX_OPENED_TOKENS = 4000;

async function findTemporary(
  accessKeyId: string,
  token: string,
  nowSeconds: number,
  deps: Deps,
): Promise<Credential | null> {
  const held = openedTokens.get(token);
  const header = held === undefined ? parseTokenHeader(token) : null;
  const keyId = held?.keyId ?? header?.keyId;
  if (keyId === undefined) return null;
  const keyring = await deps.directory.keyring(keyId);
  const sealingKey = keyring === null ? null : findKept(keyring.tokenOpening, keyId, nowSeconds);
  if (sealingKey === null) return null;
  const opened =
    held ??
    (header === null ? null : await openToken(header, accessKeyId, sealingKey.keyId, sealingKey.base));
  if (opened === null || opened.accessKeyId !== accessKeyId) return null;
  return {
    signingKeys: opened.signingKeys,
    secret: () => Promise.resolve(opened.secret),
    believe: async () => {
      keepOpened(token, opened);
      if (opened.session.expiresAtSeconds <= nowSeconds) {
        throw new Fault('expired_token', 'the security token included in the request is expired');
      }
      const shown = { accessKeyId, tokenId: null, nowSeconds };
      const caller = await findSessionCaller(deps.directory, opened.session, shown);
      if (caller !== null) return caller;
      const revoked = await isRevoked(deps.directory, opened.session, shown);
      // As a token past its time: what fetches credentials by itself then fetches new ones.
      if (revoked)
        throw new Fault('expired_token', 'the security token included in the request is expired', {
          reason: 'revoked',
          sessionId: opened.session.sessionId,
        });
      throw new Fault('invalid_client_token_id', INVALID_TOKEN, { reason: 'role, user or instance is gone' });
    },
  };
}

async function openToken(
  header: NonNullable<ReturnType<typeof parseTokenHeader>>,
  accessKeyId: string,
  keyId: string,
  base: CryptoKey,
): Promise<OpenedToken | null> {
  const [session, secret] = await Promise.all([
    openSessionToken(header, accessKeyId, base),
    deriveSecretAccessKey(base, header.credentialId),
  ]);
  return session.ok ? { accessKeyId, keyId, session: session.value, secret, signingKeys: new Map() } : null;
}

function keepOpened(token: string, opened: OpenedToken): void {
  openedTokens.delete(token);
  for (const oldest of openedTokens.keys()) {
    if (openedTokens.size < MAX_OPENED_TOKENS) break;
    openedTokens.delete(oldest);
  }
  openedTokens.set(token, opened);
}

const REFUSALS: Readonly<Record<SignatureFailure['why'], readonly [FaultCode, string]>> = {
  missing: ['missing_authentication', 'request is missing authentication token'],
  malformed: ['incomplete_signature', 'the signature of the request is incomplete or malformed'],
  scope: [
    'signature_does_not_match',
    'the credential should be scoped to the called service and the date of the request',
  ],
  skew: ['request_expired', 'the date of the request is too far from the current time'],
  expired: ['request_expired', 'the presigned request has expired'],
  'unsigned-header': [
    'signature_does_not_match',
    'host and every x-amz-* header of the request must be signed',
  ],
  'absent-header': ['signature_does_not_match', 'a signed header is missing in the request'],
  payload: ['signature_does_not_match', 'the signature does not match the body of the request'],
  signature: [
    'signature_does_not_match',
    'the signature calculated for the request is not the one provided; check your key and signing method',
  ],
  'unknown-key': ['invalid_client_token_id', INVALID_TOKEN],
};

function refusal(failure: SignatureFailure): Fault {
  const [code, message] = REFUSALS[failure.why];
  return new Fault(code, message, { ...failure, ...(failure.why === 'unknown-key' && inVain) });
}
