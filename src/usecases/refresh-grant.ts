/**
 * A client asks for new tokens of what a person let it keep. Everything is decided anew: the person as they had signed in, the role
 * and its trust, the scopes, and whether anything that the first session came from has been revoked. @see RFC 6749 section 6
 */
import { nowSecondsOf, type RequestFacts } from '../core/context/request-context.ts';
import type { Session } from '../core/credentials/session.ts';
import { digestOf } from '../core/digest.ts';
import { Fault } from '../core/faults.ts';
import { type AuthorizationDetails, areSameDetails } from '../core/oauth/authorization-details.ts';
import type { OAuthClient } from '../core/oauth/client.ts';
import { personalClientOf } from '../core/oauth/personal-client.ts';
import type { PersonalGrant } from '../core/oauth/personal-grant.ts';
import type { RefreshFamily } from '../core/oauth/refresh-family.ts';
import {
  decideRefresh,
  openSuccessor,
  parseRefreshToken,
  REFRESH_SECRET_BYTES,
  refreshEnd,
  refreshTokenOf,
  sealSuccessor,
} from '../core/oauth/refresh-token.ts';
import { parseScope, withoutUntold } from '../core/oauth/scope.ts';
import type { SignInSession } from '../core/sign-in/session.ts';
import { refreshLimitsOf } from './begin-refresh-family.ts';
import { requireLineage } from './begin-session.ts';
import type { Deps } from './deps.ts';
import { endReplayedFamily, isRevokedFamily } from './end-refresh-family.ts';
import { inVain } from './lookups.ts';
import { type BegunGrant, beginPersonalGrant } from './personal-grant.ts';
import { asFault } from './record.ts';
import { arnOf } from './sign-in-session.ts';
import { onTrialElements } from './trust-trial.ts';

export interface RefreshWish {
  readonly token: string;
  /** The parameter `scope`: null for everything that was granted. */
  readonly scope: string | null;
  /** RFC 8707; null for the one that was granted. */
  readonly audience: string | null;
  /** The parameter `authorization_details`: null for those that were granted. */
  readonly details: AuthorizationDetails | null;
  /** Of the key that the request proves; null where it proves none. */
  readonly keyThumbprint: string | null;
}

export interface RefreshedGrant {
  /** With a session of its own. */
  readonly grant: PersonalGrant;
  readonly refreshToken: string;
  /** For the trail. */
  readonly elements: Readonly<Record<string, unknown>>;
}

/** A token that is shown, and the family it is of. */
interface Shown {
  readonly family: RefreshFamily;
  readonly token: string;
  readonly handle: string;
  readonly tokenHash: string;
}

/**
 * @throws Fault `invalid_grant` for a token that is none, another client's, not shown with its key, late, or used up; a used one ends
 * the family. Also where what was granted would not be given now. `invalid_scope`, `invalid_target` for more than was granted
 */
export async function refreshGrant(
  wish: RefreshWish,
  client: OAuthClient,
  facts: RequestFacts,
  deps: Deps,
): Promise<RefreshedGrant> {
  const shown = await findShown(wish, client, facts, deps);
  const { grant, onTrial } = await beginAnew(shown.family, wish, client, facts, deps);
  const refreshToken = await successorOf(shown, grant.session, client, facts, deps);
  const elements = { familyId: shown.family.familyId, ...onTrialElements(onTrial) };
  return { grant, refreshToken, elements };
}

const invalid = (): Fault => new Fault('invalid_grant', 'the refresh token is not valid', { ...inVain });

async function findShown(
  wish: RefreshWish,
  client: OAuthClient,
  facts: RequestFacts,
  deps: Deps,
): Promise<Shown> {
  const parts = parseRefreshToken(wish.token);
  if (parts === null || parts.accountId !== client.accountId) throw invalid();
  const { handle, text: token } = parts;
  const family = await deps.refreshFamilies.find(client.accountId, await digestOf(handle));
  if (family === null || family.clientId !== client.clientId) throw invalid();
  if (family.keyThumbprint !== null && family.keyThumbprint !== wish.keyThumbprint) throw invalid();
  const shown = { family, token, handle, tokenHash: await digestOf(token) };
  await requireUsable(shown, client, facts, deps);
  return shown;
}

/** @throws Fault `invalid_grant`, after ending the family of a token that was used up */
async function requireUsable(
  { family, tokenHash }: Shown,
  client: OAuthClient,
  facts: RequestFacts,
  deps: Deps,
): Promise<void> {
  switch (decideRefresh(family, tokenHash, nowSecondsOf(facts))) {
    case 'current':
    case 'repeat':
      return;
    case 'replayed':
      await endReplayedFamily(family, client, facts, deps);
      throw invalid();
    case 'expired':
      throw invalid();
  }
}

const ended = (detail: Readonly<Record<string, unknown>> = {}): Fault =>
  new Fault('invalid_grant', 'what was granted has ended', detail);

async function beginAnew(
  family: RefreshFamily,
  wish: RefreshWish,
  client: OAuthClient,
  facts: RequestFacts,
  deps: Deps,
): Promise<BegunGrant> {
  const { grant: first, roleArn } = family;
  const personal = personalClientOf(client);
  const scope = scopeOf(wish.scope, first);
  if (wish.audience !== null && wish.audience !== first.audience) {
    throw new Fault('invalid_target', 'the refresh token is for another audience');
  }
  if (wish.details !== null && !areSameDetails(wish.details, first.authorizationDetails ?? [])) {
    throw new Fault('invalid_authorization_details', 'the refresh token has not these authorization_details');
  }
  // The scopes bounded the first session: a client that has lost all of its own must not be bounded by none.
  const ofDetails = first.authorizationDetails?.length ?? 0;
  if (first.session.scopes.length > ofDetails && personal.scopes.length === 0) throw ended();
  if (await isRevokedFamily(family, deps)) throw ended();
  if ((await arnOf(family.signIn.identity, deps)) === null) throw ended();
  try {
    const signIn = signInOf(family);
    const authorizationDetails = first.authorizationDetails ?? null;
    const asked = { roleArn, scope, audience: first.audience, authorizationDetails };
    const { grant, onTrial } = await beginPersonalGrant(signIn, personal, asked, facts, deps);
    const { offline: _, ...rest } = grant;
    const session = continued(grant.session, first.session);
    return { grant: { ...rest, session, ...signInIdOf(first) }, onTrial };
  } catch (error) {
    const fault = asFault(error);
    throw fault.code === 'access_denied' ? ended({ why: fault.message, ...fault.detail }) : fault;
  }
}

/** The ID token names the browser's session that the first one did. */
const signInIdOf = ({ signInId }: PersonalGrant) => (signInId === undefined ? {} : { signInId });

/** @throws Fault `invalid_scope` for what was not granted. @see RFC 6749 section 6 */
function scopeOf(asked: string | null, { scope: granted }: PersonalGrant): readonly string[] {
  if (asked === null) return granted;
  const scope = withoutUntold(parseScope(asked) ?? []);
  if (scope.length === 0 || !scope.every((each) => granted.includes(each))) {
    throw new Fault('invalid_scope', 'the refresh token does not have this scope');
  }
  return scope;
}

/** The sign-in as it was: a second factor that was proved then has aged since. */
const signInOf = ({ signIn, expiresAtSeconds, rotatedAtSeconds }: RefreshFamily): SignInSession => ({
  ...signIn,
  ...{ expiresAtSeconds, lastSeenAtSeconds: rotatedAtSeconds, sourceIp: null, userAgent: null },
});

/**
 * A session that goes on from the first: with that, and with all that it came from, it ends; and it may no more.
 * @throws Fault `invalid_grant` where the role is another one by now
 */
function continued(session: Session, first: Session): Session {
  const [now, then] = [session.identity, first.identity];
  if (now.type !== 'role' || then.type !== 'role' || now.roleId !== then.roleId) throw ended();
  return { ...session, policies: first.policies, lineage: requireLineage(first, null) };
}

/** The token that takes the place of the one shown: of many requests at once all that get one get the same. */
async function successorOf(
  shown: Shown,
  { sessionId }: Session,
  client: OAuthClient,
  facts: RequestFacts,
  deps: Deps,
): Promise<string> {
  const { family, token, handle, tokenHash } = shown;
  const nowSeconds = nowSecondsOf(facts);
  const { accountId, expiresAtSeconds } = family;
  if (decideRefresh(family, tokenHash, nowSeconds) === 'current') {
    const successor = refreshTokenOf(accountId, handle, deps.random.bytes(REFRESH_SECRET_BYTES));
    const rotation = {
      ...{ tokenHash, sessionId },
      successorHash: await digestOf(successor),
      sealedSuccessor: await sealSuccessor(token, successor),
      endsAtSeconds: refreshEnd(expiresAtSeconds, refreshLimitsOf(client), nowSeconds),
    };
    if (await deps.refreshFamilies.rotate(family, rotation, nowSeconds)) return successor;
  }
  return repeated(shown, client, facts, deps);
}

/** What somebody else was given for the same token a moment ago. */
async function repeated(shown: Shown, client: OAuthClient, facts: RequestFacts, deps: Deps): Promise<string> {
  const { accountId, handleHash } = shown.family;
  const family = await deps.refreshFamilies.find(accountId, handleHash);
  if (family === null) throw invalid();
  await requireUsable({ ...shown, family }, client, facts, deps);
  const successor =
    family.sealedSuccessor === null ? null : await openSuccessor(shown.token, family.sealedSuccessor);
  if (successor === null) throw invalid();
  return successor;
}
