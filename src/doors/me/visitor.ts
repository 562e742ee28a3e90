/** What the pages of a signed-in person have in common. */
import { nameOf } from '../../core/sign-in/identity.ts';
import { DEFAULT_NEXT, type NextStep } from '../../core/sign-in/next-step.ts';
import { needsStepUp } from '../../usecases/own-factors.ts';
import type { DoorHandler, DoorRequest } from '../http/door.ts';
import { CSRF_FIELD } from '../http/page/form.tsx';
import { type Form, readPostedForm } from '../http/page/form-post.ts';
import type { Frame } from '../http/page/layout.tsx';
import { seeOther } from '../http/page/page-answer.ts';
import { requireCsrf } from '../http/page/same-origin.ts';
import { readHeldBackVisitor, readVisitor, toSignIn, type Visitor } from '../http/page/visitor.ts';

/** A page that only a signed-in person sees; everybody else is sent to sign in, and comes back. */
export const signedIn =
  (
    page: (door: DoorRequest, visitor: Visitor) => Promise<Response>,
    next: NextStep = DEFAULT_NEXT,
  ): DoorHandler =>
  async (door) => {
    const visitor = await readVisitor(door);
    return visitor === null ? toSignIn(door, next) : page(door, visitor);
  };

/** As `signedIn`, also for root that has no second factor yet. */
export const signedInAtAll =
  (page: (door: DoorRequest, visitor: Visitor) => Promise<Response>): DoorHandler =>
  async (door) => {
    const visitor = await readHeldBackVisitor(door);
    return visitor === null ? toSignIn(door, DEFAULT_NEXT) : page(door, visitor);
  };

/** Reads a form of the visitor's own pages. @throws Fault `access_denied` for anybody else's */
export async function readOwnForm(door: DoorRequest, { csrf }: Visitor): Promise<Form> {
  const form = await readPostedForm(door);
  requireCsrf(form.get(CSRF_FIELD), csrf);
  return form;
}

/** @returns the way to the page that asks who they are, where a change must wait for that; null where it need not */
export async function confirmFirst(door: DoorRequest, { session }: Visitor): Promise<Response | null> {
  return (await needsStepUp(session, door.facts, door.deps)) ? seeOther(door, '/me/confirm') : null;
}

export const frameOf = ({ deps }: DoorRequest, { session }: Visitor): Frame => ({
  issuer: deps.settings.issuer,
  mode: deps.settings.mode,
  signedInAs: nameOf(session.identity),
});
