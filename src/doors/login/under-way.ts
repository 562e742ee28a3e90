/** The sign-in that this browser has under way, between two pages. */
import { nowSecondsOf } from '../../core/context/request-context.ts';
import { Fault } from '../../core/faults.ts';
import type { SignInIdentity } from '../../core/sign-in/identity.ts';
import { DEFAULT_NEXT, type NextStep, parseNextStep, pathOf } from '../../core/sign-in/next-step.ts';
import { isHeldBack } from '../../core/sign-in/session.ts';
import {
  csrfOf,
  LOGIN_SECONDS,
  type LoginTransaction,
  newTransaction,
  openTransaction,
  type PassedPassword,
  sealTransaction,
} from '../../usecases/login-transaction.ts';
import { beginSignIn, type SignInProof } from '../../usecases/sign-in-session.ts';
import type { DoorRequest } from '../http/door.ts';
import { CEREMONY_COOKIE, dropCookie, LOGIN_COOKIE, readCookie, setCookie } from '../http/page/cookies.ts';
import { CSRF_FIELD } from '../http/page/form.tsx';
import { type Form, readPostedForm } from '../http/page/form-post.ts';
import { seeOther } from '../http/page/page-answer.ts';
import { requireCsrf } from '../http/page/same-origin.ts';
import { sessionCookie } from '../http/page/visitor.ts';

export interface UnderWay {
  readonly transaction: LoginTransaction;
  readonly csrf: string;
  /** The `Set-Cookie` value that keeps it. */
  readonly cookie: string;
}

/** @returns the sign-in of this browser, or a new one with what the query says comes afterwards */
export async function readOrBegin(door: DoorRequest): Promise<UnderWay> {
  const { deps, facts, url } = door;
  const asked = url.searchParams.get('next');
  const next = asked === null ? null : parseNextStep(asked);
  const open = await openOf(door);
  if (open !== null && next === null) return keep(door, open);
  return keep(door, newTransaction(nowSecondsOf(facts), deps, next ?? DEFAULT_NEXT));
}

/**
 * Reads a form of the sign-in under way.
 * @throws Fault `access_denied` where this browser has none, or the form is not its own: a sign-in begun in one browser cannot be
 * finished in another
 */
export async function readStep(door: DoorRequest): Promise<UnderWay & { readonly form: Form }> {
  const form = await readPostedForm(door);
  const transaction = await openOf(door);
  if (transaction === null) throw new Fault('access_denied', 'this sign-in took too long; begin again');
  const underWay = await keep(door, transaction);
  requireCsrf(form.get(CSRF_FIELD), underWay.csrf);
  return { ...underWay, form };
}

/** The person who has shown the right password, or null. */
export const passedOf = ({ transaction }: UnderWay): PassedPassword | null => transaction.passed;

/** Keeps what has been shown so far, under a new id: what somebody knew before is worth nothing. */
export function pass(
  door: DoorRequest,
  { transaction }: UnderWay,
  passed: PassedPassword,
): Promise<UnderWay> {
  const fresh = newTransaction(nowSecondsOf(door.facts), door.deps, transaction.next);
  return keep(door, { ...fresh, startedAtSeconds: transaction.startedAtSeconds, passed });
}

/** Everything has been shown: the session begins, and the browser goes where it wanted to. */
export async function finish(
  door: DoorRequest,
  { transaction }: UnderWay,
  identity: SignInIdentity,
  proof: SignInProof,
): Promise<Response> {
  const held = await beginSignIn(identity, proof, door.facts, door.deps);
  const cookies = [sessionCookie(held), dropCookie(LOGIN_COOKIE), dropCookie(CEREMONY_COOKIE)];
  return seeOther(door, isHeldBack(held.session) ? '/me/first-factor' : onward(transaction.next), cookies);
}

/** An authorization request ends at another site; a form may not lead there, so a page of ours comes between. */
const onward = (next: NextStep): string =>
  next.kind === 'oauth' ? `/login/continue?request=${next.id}` : pathOf(next);

const openOf = ({ request, facts, deps }: DoorRequest): Promise<LoginTransaction | null> =>
  openTransaction(readCookie(request, LOGIN_COOKIE), nowSecondsOf(facts), deps);

async function keep({ deps }: DoorRequest, transaction: LoginTransaction): Promise<UnderWay> {
  const value = await sealTransaction(transaction, deps);
  const cookie = setCookie(LOGIN_COOKIE, value, LOGIN_SECONDS);
  return { transaction, csrf: await csrfOf(transaction.id), cookie };
}
