/** Signing in with a passkey alone: the authenticator says who comes, and verifies its user. */
import { nowSecondsOf } from '../../core/context/request-context.ts';
import { Fault } from '../../core/faults.ts';
import { passkeyAmr } from '../../core/sign-in/passkey.ts';
import { beginAuthentication } from '../../usecases/begin-passkey.ts';
import { CEREMONY_SECONDS } from '../../usecases/ceremony.ts';
import { finishAuthentication } from '../../usecases/finish-passkey.ts';
import { identityOfOwner } from '../../usecases/identity-of-owner.ts';
import { asFault } from '../../usecases/record.ts';
import { recordRefusedSignIn } from '../../usecases/record-sign-in.ts';
import type { DoorRequest } from '../http/door.ts';
import { CEREMONY_COOKIE, readCookie, setCookie } from '../http/page/cookies.ts';
import { scripted } from '../http/page/page-door.ts';
import { signInPage } from './sign-in.tsx';
import { finish, readStep } from './under-way.ts';

/** The same for everybody: nobody has said who they are. */
export const passkeyOptions = scripted(async (door) => {
  const { csrf } = await readStep(door);
  const nowSeconds = nowSecondsOf(door.facts);
  const { options, cookie } = await beginAuthentication('sign-in', null, csrf, nowSeconds, door.deps);
  return { body: options, cookies: [setCookie(CEREMONY_COOKIE, cookie, CEREMONY_SECONDS)] };
});

export async function signInWithPasskey(door: DoorRequest): Promise<Response> {
  const { request, facts, deps } = door;
  const underWay = await readStep(door);
  const { csrf: holder, form } = underWay;
  const answer = {
    response: form.get('response') ?? '',
    cookie: readCookie(request, CEREMONY_COOKIE),
    holder,
  };
  try {
    const proved = await finishAuthentication('sign-in', null, answer, nowSecondsOf(facts), deps);
    const identity = await identityOfOwner(proved.accountId, proved.passkey.owner, deps);
    if (identity === null)
      throw new Fault('access_denied', 'the passkey was not accepted', { reason: 'owner is gone' });
    return await finish(door, underWay, identity, { amr: passkeyAmr(proved.passkey, true), mfa: true });
  } catch (error) {
    const fault = asFault(error);
    if (fault.code !== 'access_denied') throw fault;
    const accountId = (await deps.directory.setUpAccount()) ?? '';
    await recordRefusedSignIn({ accountId }, 'passkey', fault, facts, deps);
    return signInPage(door, underWay, { errors: [{ field: null, message: PASSKEY_REFUSED }] });
  }
}

const PASSKEY_REFUSED = 'The passkey was not accepted. Try again, or sign in with your password.';
