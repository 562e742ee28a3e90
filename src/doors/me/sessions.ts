/** Ending sessions: one, all, or this one. */
import { endAllSignIns, endSignIn } from '../../usecases/sign-in-session.ts';
import { tellDue } from '../../usecases/tell-clients.ts';
import type { DoorRequest } from '../http/door.ts';
import { dropCookie, SESSION_COOKIE } from '../http/page/cookies.ts';
import { readOwnForm } from '../http/page/own-form.ts';
import { seeOther } from '../http/page/page-answer.ts';
import type { Visitor } from '../http/page/visitor.ts';

const SIGNED_OUT = '/login';

export async function endOne(door: DoorRequest, visitor: Visitor): Promise<Response> {
  const form = await readOwnForm(door, visitor);
  const sessionId = form.get('session') ?? '';
  await endSignIn(visitor.session, sessionId, door.facts, door.deps);
  door.deps.defer(tellDue(door.deps));
  return sessionId === visitor.session.sessionId ? signedOut(door) : seeOther(door, '/me?done=ended');
}

export async function endAll(door: DoorRequest, visitor: Visitor): Promise<Response> {
  await readOwnForm(door, visitor);
  await endAllSignIns(visitor.session, door.facts, door.deps);
  door.deps.defer(tellDue(door.deps));
  return signedOut(door);
}

export async function signOut(door: DoorRequest, visitor: Visitor): Promise<Response> {
  await readOwnForm(door, visitor);
  await endSignIn(visitor.session, visitor.session.sessionId, door.facts, door.deps);
  door.deps.defer(tellDue(door.deps));
  return signedOut(door);
}

const signedOut = (door: DoorRequest): Response => seeOther(door, SIGNED_OUT, [dropCookie(SESSION_COOKIE)]);
