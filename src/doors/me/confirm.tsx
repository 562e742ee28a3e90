/** Step-up: who changes how they sign in proves first that it is them, with every factor they have. */
import { nowSecondsOf } from '../../core/context/request-context.ts';
import { Fault } from '../../core/faults.ts';
import { ownerOf } from '../../core/sign-in/identity.ts';
import { type NextStep, parseNextStep, pathOf } from '../../core/sign-in/next-step.ts';
import { passkeyAmr } from '../../core/sign-in/passkey.ts';
import { beginAuthentication } from '../../usecases/begin-passkey.ts';
import { CEREMONY_SECONDS } from '../../usecases/ceremony.ts';
import { confirmPassword } from '../../usecases/confirm-password.ts';
import { factorsOf } from '../../usecases/factors.ts';
import { finishAuthentication } from '../../usecases/finish-passkey.ts';
import { asFault } from '../../usecases/record.ts';
import { recordRefusedSignIn } from '../../usecases/record-sign-in.ts';
import { signInAnewAt } from '../../usecases/sign-in-anew.ts';
import { elevateSignIn, type SignInProof } from '../../usecases/sign-in-session.ts';
import type { DoorRequest } from '../http/door.ts';
import { CEREMONY_COOKIE, dropCookie, readCookie, setCookie } from '../http/page/cookies.ts';
import type { FieldError } from '../http/page/form.tsx';
import type { Form } from '../http/page/form-post.ts';
import { frameOf, readOwnForm } from '../http/page/own-form.ts';
import { pageAnswer, seeOther } from '../http/page/page-answer.ts';
import { scripted } from '../http/page/page-door.ts';
import { readHeldBackVisitor, sessionCookie, type Visitor } from '../http/page/visitor.ts';
import { ConfirmView } from './confirm-view.tsx';

export const showConfirm = (door: DoorRequest, visitor: Visitor): Promise<Response> =>
  confirmPage(door, visitor, nextOf(door.url.searchParams.get('next')), []);

/** What waits for the confirmation: one of our own pages, or the security page. */
const nextOf = (text: string | null | undefined): NextStep | null => parseNextStep(text ?? '');

export const confirmOptions = scripted(async (door) => {
  const visitor = await readHeldBackVisitor(door);
  if (visitor === null) throw new Fault('access_denied', 'your session has ended; sign in again');
  await readOwnForm(door, visitor);
  const { passkeys } = await factorsOf(visitor.session.identity, door.deps);
  const nowSeconds = nowSecondsOf(door.facts);
  const { options, cookie } = await beginAuthentication(
    'step-up',
    passkeys,
    visitor.csrf,
    nowSeconds,
    door.deps,
  );
  return { body: options, cookies: [setCookie(CEREMONY_COOKIE, cookie, CEREMONY_SECONDS)] };
});

export const confirmByPasskey = (door: DoorRequest, visitor: Visitor): Promise<Response> =>
  confirm(door, visitor, 'passkey', async (form) => {
    const { identity } = visitor.session;
    const whose = { accountId: identity.accountId, owner: ownerOf(identity) };
    const cookie = readCookie(door.request, CEREMONY_COOKIE);
    const answer = { response: form.get('response') ?? '', cookie, holder: visitor.csrf };
    const proved = await finishAuthentication('step-up', whose, answer, nowSecondsOf(door.facts), door.deps);
    return { amr: passkeyAmr(proved.passkey, true), mfa: true };
  });

export const confirmByPassword = (door: DoorRequest, visitor: Visitor): Promise<Response> =>
  confirm(door, visitor, 'password', (form) => {
    const shown = {
      password: form.get('password') ?? '',
      code: (form.get('code') ?? '').replaceAll(/\s/g, ''),
      device: form.get('device') ?? null,
    };
    return confirmPassword(visitor.session, shown, door.facts, door.deps);
  });

async function confirm(
  door: DoorRequest,
  visitor: Visitor,
  factor: 'passkey' | 'password',
  prove: (form: Form) => Promise<SignInProof>,
): Promise<Response> {
  const form = await readOwnForm(door, visitor);
  const next = nextOf(form.get('next'));
  try {
    const held = await elevateSignIn(visitor, await prove(form), door.facts, door.deps);
    const path = next === null ? '/me?done=confirmed' : onward(next);
    return seeOther(door, path, [sessionCookie(held), dropCookie(CEREMONY_COOKIE)]);
  } catch (error) {
    const fault = asFault(error);
    if (fault.code !== 'access_denied') throw fault;
    await recordRefusedSignIn(visitor.session.identity, factor, fault, door.facts, door.deps);
    return confirmPage(door, visitor, next, [{ field: null, message: REFUSED }]);
  }
}

/** An authorization request ends at another site; a form may not lead there, so a page of ours comes between. */
const onward = (next: NextStep): string =>
  next.kind === 'oauth' ? `/login/continue?request=${next.id}` : pathOf(next);

const REFUSED =
  'This was not accepted. Check it and try again. After ten wrong tries, none is accepted for 30 minutes.';

async function confirmPage(
  door: DoorRequest,
  visitor: Visitor,
  next: NextStep | null,
  errors: readonly FieldError[],
): Promise<Response> {
  const factors = await factorsOf(visitor.session.identity, door.deps);
  const { type } = visitor.session.identity;
  return pageAnswer(
    door,
    errors.length === 0 ? 200 : 400,
    <ConfirmView
      frame={frameOf(door, visitor)}
      csrf={visitor.csrf}
      factors={factors}
      next={next}
      withPassword={type !== 'federated'}
      anewAt={await signInAnewAt(visitor.session.identity, door.deps)}
      errors={errors}
    />,
  );
}
