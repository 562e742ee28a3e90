/**
 * Sign-in sessions: what a browser holds once a person has proved who they are. The cookie is a secret whose hash alone is stored;
 * it changes at each rise of privilege, and a session that has ended is gone on the server.
 */
import { isAccountId, oidcProviderArn, parseIamArn, rootArn } from '../core/arn.ts';
import type { AuditIdentity } from '../core/audit/event.ts';
import { toBase64Url } from '../core/bytes.ts';
import { nowSecondsOf, type RequestFacts } from '../core/context/request-context.ts';
import { digestOf } from '../core/digest.ts';
import { loginMarks, sessionMark } from '../core/revocation/marks.ts';
import {
  auditIdentityOf,
  type FederatedSignIn,
  ownerOf,
  type SignInIdentity,
} from '../core/sign-in/identity.ts';
import { isAlive, limitsUnder, type SignInSession } from '../core/sign-in/session.ts';
import type { Deps } from './deps.ts';
import { eventOf, type Operation, type OperationResult } from './record.ts';
import { isRevoked } from './session-caller.ts';
import { signInElements } from './session-elements.ts';
import { sessionOfSignIn } from './sign-in-caller.ts';

/** How a person proved who they are. */
export interface SignInProof {
  /** @see RFC 8176: `pwd`, `otp`, `hwk`, `user`, `mfa`, … */
  readonly amr: readonly string[];
  /** Whether it took two factors, or a passkey that verified its user. */
  readonly mfa: boolean;
  /** When the person did so; now unless a provider says otherwise. */
  readonly authAtSeconds?: number;
  /** The moment past which the provider's login itself ends; absent or null where it names none. */
  readonly notAfterSeconds?: number | null;
  /** The outside login that stood in for a user's password: one that the user has linked to itself. */
  readonly through?: { readonly provider: string; readonly subject: string };
}

/** A session and the secret that goes into its cookie. */
export interface HeldSignIn {
  readonly session: SignInSession;
  readonly cookie: string;
}

/** What CloudTrail calls the source of console sign-ins. */
export const SIGN_IN_SOURCE = 'signin.amazonaws.com';
const SECRET_BYTES = 32;
const SESSION_ID_BYTES = 16;
const MAX_USER_AGENT = 256;
/** A session seen this recently is not written again. */
const TOUCH_SECONDS = 30;

/**
 * Begins a session. Who may have one is the caller's question: passwords, passkeys and providers have been checked by then.
 * @returns the session and its cookie; the login is audited in the same batch
 */
export async function beginSignIn(
  identity: SignInIdentity,
  proof: SignInProof,
  facts: RequestFacts,
  deps: Deps,
): Promise<HeldSignIn> {
  const nowSeconds = nowSecondsOf(facts);
  const authAtSeconds = Math.min(proof.authAtSeconds ?? nowSeconds, nowSeconds);
  const { maxSeconds } = deps.settings.signIn;
  const notAfter = identity.type === 'federated' ? identity.notAfterSeconds : (proof.notAfterSeconds ?? null);
  const session: SignInSession = {
    sessionId: `sis_${toBase64Url(deps.random.bytes(SESSION_ID_BYTES))}`,
    identity,
    amr: proof.amr,
    authAtSeconds,
    mfaAtSeconds: proof.mfa ? authAtSeconds : null,
    createdAtSeconds: nowSeconds,
    lastSeenAtSeconds: nowSeconds,
    expiresAtSeconds: Math.min(nowSeconds + maxSeconds, notAfter ?? Number.MAX_SAFE_INTEGER),
    sourceIp: facts.sourceIp,
    userAgent: facts.userAgent?.slice(0, MAX_USER_AGENT) ?? null,
  };
  const cookie = newSecret(identity.accountId, deps);
  const makeEvent = await signInEvent(
    session,
    'ConsoleLogin',
    { mfaUsed: proof.mfa, amr: proof.amr, ...(proof.through !== undefined && { through: proof.through }) },
    facts,
    deps,
  );
  const told = signInElements(session, (await arnOf(identity, deps)) ?? '');
  await deps.signInSessions.begin(session, await digestOf(cookie), (elements) =>
    makeEvent({ ...told, ...elements }),
  );
  return { session, cookie };
}

/**
 * Reads the session that a cookie stands for.
 * @param cookie - its value as the browser sent it, or null
 * @returns null where it has ended, was idle too long or revoked, or its person is gone
 */
export async function readSignIn(
  cookie: string | null,
  facts: RequestFacts,
  deps: Deps,
): Promise<SignInSession | null> {
  const accountId = cookie === null ? null : accountOf(cookie);
  if (cookie === null || accountId === null) return null;
  const found = await deps.signInSessions.find(accountId, await digestOf(cookie));
  const nowSeconds = nowSecondsOf(facts);
  if (found === null) return null;
  const { session, preset } = found;
  if (!isAlive(session, nowSeconds, limitsUnder(preset, deps.settings.signIn))) return null;
  if ((await arnOf(session.identity, deps)) === null || (await isRevokedSignIn(session, deps))) return null;
  if (nowSeconds - session.lastSeenAtSeconds >= TOUCH_SECONDS) {
    await deps.signInSessions.touch(accountId, session.sessionId, nowSeconds);
  }
  return session;
}

/**
 * What revokes the sessions of a user, of an outside login, or of everybody before a moment, ends browser sessions too: else one
 * would begin new sessions, younger than the revocation.
 */
export async function isRevokedSignIn(signIn: SignInSession, deps: Deps): Promise<boolean> {
  const { identity, createdAtSeconds: issuedAtSeconds } = signIn;
  const session = sessionOfSignIn(signIn);
  if (session !== null) return isRevoked(deps.directory, session, { accessKeyId: null, tokenId: null });
  const marks = new Set([sessionMark(signIn.sessionId)]);
  if (identity.type === 'federated') {
    const { federation, asked } = identity;
    for (const mark of loginMarks({ ...asked, federation })) marks.add(mark);
  }
  const revocations = await deps.directory.revocations(identity.accountId);
  return revocations.touches(marks, { issuedAtSeconds, chained: false });
}

/**
 * The person proved more, or proved it again: the session gets a new secret, and the old cookie is worth nothing.
 * @param cookie - the one that the session was read from
 * @throws Fault `concurrent_modification` where another request has elevated it meanwhile
 */
export async function elevateSignIn(
  { session, cookie }: HeldSignIn,
  proof: SignInProof,
  facts: RequestFacts,
  deps: Deps,
): Promise<HeldSignIn> {
  const nowSeconds = nowSecondsOf(facts);
  const elevation = {
    amr: [...new Set([...session.amr, ...proof.amr])],
    authAtSeconds: nowSeconds,
    mfaAtSeconds: proof.mfa ? nowSeconds : session.mfaAtSeconds,
  };
  const secrets = newSecret(session.identity.accountId, deps);
  const makeEvent = await signInEvent(
    session,
    'ReAuthenticate',
    { mfaUsed: proof.mfa, amr: proof.amr },
    facts,
    deps,
  );
  await deps.signInSessions.elevate(
    session,
    elevation,
    { oldHash: await digestOf(cookie), newHash: await digestOf(secrets) },
    makeEvent,
  );
  return { session: { ...session, ...elevation, lastSeenAtSeconds: nowSeconds }, cookie: secrets };
}

/**
 * Ends one session of the person.
 * @param sessionId - the session's own, or another of theirs
 * @throws Fault `no_such_entity` where it is not a session of theirs
 */
export async function endSignIn(
  session: SignInSession,
  sessionId: string,
  facts: RequestFacts,
  deps: Deps,
): Promise<void> {
  const { identity } = session;
  const makeEvent = await signInEvent(session, 'SignOut', { sessionId }, facts, deps);
  await deps.signInSessions.end(identity.accountId, ownerOf(identity), sessionId, makeEvent);
}

/** Ends all sessions of the person, this one too. */
export async function endAllSignIns(session: SignInSession, facts: RequestFacts, deps: Deps): Promise<void> {
  const { identity } = session;
  const makeEvent = await signInEvent(session, 'SignOutEverywhere', {}, facts, deps);
  await deps.signInSessions.endAll(identity.accountId, ownerOf(identity), makeEvent);
}

/**
 * The ARN of whoever signed in; for a federated person, that of the provider.
 * @returns null where a user is gone, or was recreated under the same name; and where the provider is gone
 */
export async function arnOf(identity: SignInIdentity, deps: Deps): Promise<string | null> {
  switch (identity.type) {
    case 'user': {
      const user = await deps.directory.user(identity.accountId, identity.userName);
      return user?.userId === identity.userId ? user.arn : null;
    }
    case 'root':
      return rootArn(identity.accountId);
    case 'federated':
      return (await isProviderThere(identity, deps)) ? identity.federation.provider : null;
  }
}

async function isProviderThere(
  { accountId, providerArn }: FederatedSignIn,
  { directory }: Deps,
): Promise<boolean> {
  const ofOidc = oidcProviderArn(accountId, '');
  const provider = providerArn.startsWith(ofOidc)
    ? await directory.oidcProvider(accountId, providerArn.slice(ofOidc.length))
    : await directory.samlProviderByName(accountId, parseIamArn(providerArn)?.name ?? '');
  return provider?.arn === providerArn;
}

/** What the trail calls the person of a session. */
export async function signInAuditIdentity(session: SignInSession, deps: Deps): Promise<AuditIdentity> {
  const arn = (await arnOf(session.identity, deps)) ?? '';
  return auditIdentityOf(session.identity, arn, session.sessionId);
}

/** Makes the event of something that the person of a session did to their own sign-in. */
export async function signInEvent(
  session: SignInSession,
  name: string,
  parameters: Operation['parameters'],
  facts: RequestFacts,
  deps: Deps,
) {
  const identity = await signInAuditIdentity(session, deps);
  const { accountId } = session.identity;
  const operation: Operation = {
    accountId,
    source: SIGN_IN_SOURCE,
    name,
    identity,
    readOnly: false,
    parameters,
  };
  return (elements?: OperationResult['elements']) =>
    eventOf(operation, { elements: elements ?? null }, facts, deps.random);
}

/** The account is no secret; it leads to the row. */
const newSecret = (accountId: string, deps: Deps): string =>
  `${accountId}.${toBase64Url(deps.random.bytes(SECRET_BYTES))}`;

function accountOf(cookie: string): string | null {
  const [, accountId] = /^(\d{12})\.[\w-]{43}$/.exec(cookie) ?? [];
  return accountId !== undefined && isAccountId(accountId) ? accountId : null;
}
