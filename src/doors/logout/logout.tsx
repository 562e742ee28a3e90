/** Signs a person out because an application asks: at once where it shows an ID token of this very session, else after asking. */
import { nowSecondsOf } from '../../core/context/request-context.ts';
import { Fault } from '../../core/faults.ts';
import { isOfSession, type LogoutRequest, readLogoutRequest } from '../../usecases/logout-request.ts';
import { chargeInVain, refuseExhausted } from '../../usecases/lookups.ts';
import { asFault } from '../../usecases/record.ts';
import { endSignIn } from '../../usecases/sign-in-session.ts';
import { tellDue } from '../../usecases/tell-clients.ts';
import type { DoorRequest } from '../http/door.ts';
import { dropCookie, SESSION_COOKIE } from '../http/page/cookies.ts';
import { formActionOf } from '../http/page/form-action.ts';
import { readForeignForm } from '../http/page/form-post.ts';
import { frameOf, readOwnForm } from '../http/page/own-form.ts';
import { pageAnswer, seeOther } from '../http/page/page-answer.ts';
import { readHeldBackVisitor, type Visitor } from '../http/page/visitor.ts';
import { ConfirmLogout, PassedOn, SignedOut } from './views.tsx';

type Parameters = ReadonlyMap<string, string>;

/** Says in the second form that the first one was passed on: whatever the browser is, there is no third. */
const AGAIN = 'again';

export function askedByLink(door: DoorRequest): Promise<Response> {
  const parameters = new Map<string, string>();
  for (const [name, value] of door.url.searchParams) {
    if (parameters.has(name)) throw new Fault('validation_error', 'the application sent a parameter twice');
    if (value !== '') parameters.set(name, value);
  }
  return proceed(door, parameters);
}

/**
 * The form of another site comes without our cookie, as it should. So it is passed on once, by a page of ours, and not through the address:
 * an ID token is no part of that.
 */
export async function askedByForm(door: DoorRequest): Promise<Response> {
  const given = await readForeignForm(door);
  const parameters = new Map([...given].filter(([, value]) => value !== ''));
  if (parameters.has(AGAIN)) return proceed(door, parameters);
  const { redirectUri } = await readRequest(door, parameters);
  const fields = { ...Object.fromEntries(parameters), [AGAIN]: '1' };
  const formActions = redirectUri === null ? [] : [formActionOf(redirectUri)];
  return pageAnswer(door, 200, <PassedOn frame={door.deps.settings} fields={fields} />, { formActions });
}

async function proceed(door: DoorRequest, parameters: Parameters): Promise<Response> {
  const request = await readRequest(door, parameters);
  const visitor = await readHeldBackVisitor(door);
  if (visitor === null) return goOn(door, request);
  if (isOfSession(request.hint, visitor.session)) return signOut(door, visitor, request);
  const { client, redirectUri, state } = request;
  const hidden = {
    ...(client !== null && { client_id: client.clientId }),
    ...(redirectUri !== null && { post_logout_redirect_uri: redirectUri }),
    ...(state !== null && { state }),
  };
  const name = client?.settings.name ?? null;
  return pageAnswer(
    door,
    200,
    <ConfirmLogout frame={frameOf(door, visitor)} csrf={visitor.csrf} client={name} hidden={hidden} />,
    { formActions: redirectUri === null ? [] : [formActionOf(redirectUri)] },
  );
}

export async function decideLogout(door: DoorRequest): Promise<Response> {
  const visitor = await readHeldBackVisitor(door);
  if (visitor === null) return seeOther(door, '/login');
  const form = await readOwnForm(door, visitor);
  if (form.get('decision') !== 'sign-out') return seeOther(door, '/me');
  return signOut(door, visitor, await readRequest(door, form));
}

async function readRequest(door: DoorRequest, parameters: Parameters): Promise<LogoutRequest> {
  const { facts, deps } = door;
  refuseExhausted(facts, deps);
  try {
    return await readLogoutRequest(parameters, nowSecondsOf(facts), deps);
  } catch (error) {
    chargeInVain(asFault(error), facts, deps);
    throw error;
  }
}

async function signOut(door: DoorRequest, { session }: Visitor, request: LogoutRequest): Promise<Response> {
  const { facts, deps } = door;
  try {
    await endSignIn(session, session.sessionId, facts, deps);
  } catch (error) {
    // Whoever ended it first, it has ended.
    if (asFault(error).code !== 'no_such_entity') throw error;
  }
  // Now rather than within a minute; the cron trigger tells whoever is missed.
  deps.defer(tellDue(deps));
  return goOn(door, request);
}

function goOn(door: DoorRequest, { redirectUri, state }: LogoutRequest): Response | Promise<Response> {
  const gone = dropCookie(SESSION_COOKIE);
  if (redirectUri === null) {
    return pageAnswer(door, 200, <SignedOut frame={door.deps.settings} />, { cookies: [gone] });
  }
  const query =
    state === null ? '' : `${redirectUri.includes('?') ? '&' : '?'}${new URLSearchParams({ state })}`;
  return new Response(null, {
    status: 303,
    headers: {
      location: `${redirectUri}${query}`,
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'x-request-id': door.facts.requestId,
      'set-cookie': gone,
    },
  });
}
