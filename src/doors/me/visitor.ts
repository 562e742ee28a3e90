/** What the pages of a signed-in person have in common. */
import { DEFAULT_NEXT, type NextStep } from '../../core/sign-in/next-step.ts';
import { needsStepUp } from '../../usecases/own-factors.ts';
import type { DoorHandler, DoorRequest } from '../http/door.ts';
import { seeOther } from '../http/page/page-answer.ts';
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

/** @returns the way to the page that asks who they are, where a change must wait for that; null where it need not */
export async function confirmFirst(door: DoorRequest, { session }: Visitor): Promise<Response | null> {
  return (await needsStepUp(session, door.facts, door.deps)) ? seeOther(door, '/me/confirm') : null;
}
