/** The signed-in visitor of a page, and the way to the sign-in page for everybody else. */
import { formatNextStep, type NextStep } from '../../../core/sign-in/next-step.ts';
import { isHeldBack, type SignInSession } from '../../../core/sign-in/session.ts';
import { csrfOf } from '../../../usecases/login-transaction.ts';
import { type HeldSignIn, readSignIn } from '../../../usecases/sign-in-session.ts';
import type { DoorRequest } from '../door.ts';
import { readCookie, SESSION_COOKIE, setCookie } from './cookies.ts';
import { seeOther } from './page-answer.ts';

/** A visitor who has proved who they are. */
export interface Visitor extends HeldSignIn {
  readonly session: SignInSession;
  /** The session's secret, as the browser sent it. */
  readonly cookie: string;
  /** What each form of this visitor must carry. */
  readonly csrf: string;
}

/**
 * @returns the visitor; null where nobody is signed in, or root has not proved a second factor yet (it may do nothing but enrol
 * one: `readHeldBackVisitor`)
 */
export async function readVisitor(door: DoorRequest): Promise<Visitor | null> {
  const visitor = await readHeldBackVisitor(door);
  return visitor === null || isHeldBack(visitor.session) ? null : visitor;
}

/** As `readVisitor`, for the pages on which root enrols its second factor. */
export async function readHeldBackVisitor({ request, facts, deps }: DoorRequest): Promise<Visitor | null> {
  const cookie = readCookie(request, SESSION_COOKIE);
  const session = await readSignIn(cookie, facts, deps);
  return session === null || cookie === null ? null : { session, cookie, csrf: await csrfOf(cookie) };
}

/**
 * Sends a visitor to sign in, and from there on to a page of ours.
 * @param next - what waits for them afterwards
 */
export const toSignIn = (door: DoorRequest, next: NextStep): Response =>
  seeOther(door, `/login?next=${formatNextStep(next)}`);

/** The `Set-Cookie` value of a session that has begun or changed its secret. It ends with the browser. */
export const sessionCookie = ({ cookie }: HeldSignIn): string => setCookie(SESSION_COOKIE, cookie, null);
