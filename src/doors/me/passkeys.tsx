/** Adding, renaming and removing passkeys. */
import { nowSecondsOf } from '../../core/context/request-context.ts';
import { Fault } from '../../core/faults.ts';
import { ownerOf } from '../../core/sign-in/identity.ts';
import { MAX_PASSKEY_NAME, passkeyAmr } from '../../core/sign-in/passkey.ts';
import { beginRegistration } from '../../usecases/begin-passkey.ts';
import { CEREMONY_SECONDS } from '../../usecases/ceremony.ts';
import { finishRegistration } from '../../usecases/finish-passkey.ts';
import { requireOwnFactorChange } from '../../usecases/own-factors.ts';
import { asFault } from '../../usecases/record.ts';
import { elevateSignIn, signInEvent } from '../../usecases/sign-in-session.ts';
import type { DoorRequest } from '../http/door.ts';
import { CEREMONY_COOKIE, dropCookie, readCookie, setCookie } from '../http/page/cookies.ts';
import { ErrorSummary, type FieldError, PasskeyForm, TextField } from '../http/page/form.tsx';
import { Layout } from '../http/page/layout.tsx';
import { frameOf, readOwnForm } from '../http/page/own-form.ts';
import { pageAnswer, seeOther } from '../http/page/page-answer.ts';
import { asSentence, scripted } from '../http/page/page-door.ts';
import { readHeldBackVisitor, sessionCookie, type Visitor } from '../http/page/visitor.ts';
import { confirmFirst } from './visitor.ts';

export async function showAddPasskey(door: DoorRequest, visitor: Visitor): Promise<Response> {
  return (await confirmFirst(door, visitor)) ?? addPage(door, visitor, []);
}

export const registrationOptions = scripted(async (door) => {
  const { deps, facts } = door;
  const visitor = await readHeldBackVisitor(door);
  if (visitor === null) throw new Fault('access_denied', 'your session has ended; sign in again');
  await readOwnForm(door, visitor);
  const { identity } = visitor.session;
  await requireOwnFactorChange(visitor.session, 'iam:EnableMFADevice', facts, deps);
  const held = await deps.passkeys.list(identity.accountId, ownerOf(identity));
  const { options, cookie } = await beginRegistration(
    identity,
    held,
    visitor.csrf,
    nowSecondsOf(facts),
    deps,
  );
  return { body: options, cookies: [setCookie(CEREMONY_COOKIE, cookie, CEREMONY_SECONDS)] };
});

export async function addPasskey(door: DoorRequest, visitor: Visitor): Promise<Response> {
  const { request, facts, deps } = door;
  const form = await readOwnForm(door, visitor);
  const name = (form.get('name') ?? '').trim().slice(0, MAX_PASSKEY_NAME);
  const cookie = readCookie(request, CEREMONY_COOKIE);
  const answer = { response: form.get('response') ?? '', cookie, holder: visitor.csrf };
  try {
    await requireOwnFactorChange(visitor.session, 'iam:EnableMFADevice', facts, deps);
    const passkey = await finishRegistration(visitor.session, name, answer, facts, deps);
    // Whoever has just made a passkey has just used it: root goes on from here with two factors.
    const proof = { amr: passkeyAmr(passkey, false), mfa: true };
    const held = await elevateSignIn(visitor, proof, facts, deps);
    return seeOther(door, '/me?done=passkey-added', [sessionCookie(held), dropCookie(CEREMONY_COOKIE)]);
  } catch (error) {
    const fault = asFault(error);
    if (!SAID_ON_THE_PAGE.has(fault.code)) throw fault;
    return addPage(door, visitor, [{ field: null, message: asSentence(fault.message) }]);
  }
}

const SAID_ON_THE_PAGE: ReadonlySet<string> = new Set([
  'access_denied',
  'entity_already_exists',
  'limit_exceeded',
]);

export async function renamePasskey(door: DoorRequest, visitor: Visitor): Promise<Response> {
  const form = await readOwnForm(door, visitor);
  const { session } = visitor;
  const name = (form.get('name') ?? '').trim().slice(0, MAX_PASSKEY_NAME);
  if (name === '') throw new Fault('validation_error', 'a passkey needs a name');
  const event = await signInEvent(session, 'RenamePasskey', { name }, door.facts, door.deps);
  const { accountId } = session.identity;
  const credential = form.get('credential') ?? '';
  await door.deps.passkeys.rename(accountId, ownerOf(session.identity), credential, name, event);
  return seeOther(door, '/me?done=renamed');
}

export async function removePasskey(door: DoorRequest, visitor: Visitor): Promise<Response> {
  const form = await readOwnForm(door, visitor);
  const wait = await confirmFirst(door, visitor);
  if (wait !== null) return wait;
  const { session } = visitor;
  await requireOwnFactorChange(session, 'iam:DeactivateMFADevice', door.facts, door.deps);
  const { accountId } = session.identity;
  const credential = form.get('credential') ?? '';
  const passkey = await door.deps.passkeys.find(accountId, credential);
  const parameters = { serialNumber: passkey?.serialNumber ?? null };
  const event = await signInEvent(session, 'DeactivateMFADevice', parameters, door.facts, door.deps);
  await door.deps.passkeys.remove(accountId, ownerOf(session.identity), credential, event);
  return seeOther(door, '/me?done=passkey-removed');
}

function addPage(door: DoorRequest, visitor: Visitor, errors: readonly FieldError[]): Promise<Response> {
  const { csrf } = visitor;
  return pageAnswer(
    door,
    errors.length === 0 ? 200 : 400,
    <Layout frame={frameOf(door, visitor)} title="Add a passkey" passkeys>
      <div class="card">
        <ErrorSummary errors={errors} />
        <PasskeyForm action="/me/passkeys" options="/me/passkeys/options" csrf={csrf} ceremony="register">
          <TextField
            name="name"
            label="Name (optional)"
            optional
            help="So that you know it again, such as “Work laptop” or “Blue key”"
            autocomplete="off"
            maxlength={MAX_PASSKEY_NAME}
            errors={errors}
          />
          <p>
            Your browser asks next where to keep the passkey: on this device, on your phone, or on a security
            key that you plug in.
          </p>
          <button class="button primary block" type="submit" disabled>
            Create passkey
          </button>
        </PasskeyForm>
      </div>
      <p class="small">
        <a href="/me">Back</a>
      </p>
    </Layout>,
  );
}
