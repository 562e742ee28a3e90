/** What the pages of a signed-in visitor have in common. */
import { nameOf } from '../../../core/sign-in/identity.ts';
import type { DoorRequest } from '../door.ts';
import { CSRF_FIELD } from './form.tsx';
import { type Form, readPostedForm } from './form-post.ts';
import type { Frame } from './layout.tsx';
import { requireCsrf } from './same-origin.ts';
import type { Visitor } from './visitor.ts';

/** Reads a form of the visitor's own pages. @throws Fault `access_denied` for anybody else's */
export async function readOwnForm(door: DoorRequest, { csrf }: Visitor): Promise<Form> {
  const form = await readPostedForm(door);
  requireCsrf(form.get(CSRF_FIELD), csrf);
  return form;
}

export const frameOf = ({ deps }: DoorRequest, { session }: Visitor): Frame => ({
  issuer: deps.settings.issuer,
  mode: deps.settings.mode,
  signedInAs: nameOf(session.identity),
});
