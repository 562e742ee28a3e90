/** An authenticator app: a QR code, two codes in a row, done. */
import { Fault } from '../../core/faults.ts';
import { enrolApp, newApp, removeApp } from '../../usecases/own-apps.ts';
import { requireOwnFactorChange } from '../../usecases/own-factors.ts';
import { asFault } from '../../usecases/record.ts';
import { elevateSignIn } from '../../usecases/sign-in-session.ts';
import type { DoorRequest } from '../http/door.ts';
import type { FieldError } from '../http/page/form.tsx';
import { frameOf, readOwnForm } from '../http/page/own-form.ts';
import { pageAnswer, seeOther } from '../http/page/page-answer.ts';
import { sessionCookie, type Visitor } from '../http/page/visitor.ts';
import { AppView, NewAppView } from './app-view.tsx';
import { confirmFirst } from './visitor.ts';

const MAX_APP_NAME = 64;

export async function showNewApp(door: DoorRequest, visitor: Visitor): Promise<Response> {
  const wait = await confirmFirst(door, visitor);
  if (wait !== null) return wait;
  return pageAnswer(
    door,
    200,
    <NewAppView frame={frameOf(door, visitor)} csrf={visitor.csrf} maxName={MAX_APP_NAME} />,
  );
}

/** Makes the device; its seed is shown on this answer and never again. */
export async function makeApp(door: DoorRequest, visitor: Visitor): Promise<Response> {
  const form = await readOwnForm(door, visitor);
  const wait = await confirmFirst(door, visitor);
  if (wait !== null) return wait;
  await requireOwnFactorChange(visitor.session, 'iam:CreateVirtualMFADevice', door.facts, door.deps);
  const label = (form.get('name') ?? '').trim().slice(0, MAX_APP_NAME) || 'Phone';
  const made = await newApp(visitor.session, label, door.facts, door.deps);
  return appPage(door, visitor, made.serialNumber, made, []);
}

export async function addApp(door: DoorRequest, visitor: Visitor): Promise<Response> {
  const form = await readOwnForm(door, visitor);
  const wait = await confirmFirst(door, visitor);
  if (wait !== null) return wait;
  const { facts, deps } = door;
  await requireOwnFactorChange(visitor.session, 'iam:EnableMFADevice', facts, deps);
  const serialNumber = form.get('device') ?? '';
  const code = (name: string): string => (form.get(name) ?? '').replaceAll(/\s/g, '');
  try {
    await enrolApp(visitor.session, serialNumber, [code('first'), code('second')], facts, deps);
  } catch (error) {
    const fault = asFault(error);
    if (fault.code !== 'invalid_authentication_code') throw fault;
    return appPage(door, visitor, serialNumber, null, [{ field: 'first', message: CODES_REFUSED }]);
  }
  const held = await elevateSignIn(visitor, { amr: ['otp'], mfa: true }, facts, deps);
  return seeOther(door, '/me?done=app-added', [sessionCookie(held)]);
}

const CODES_REFUSED = 'These codes were not accepted. Type two codes that the app shows one after the other.';

export async function dropApp(door: DoorRequest, visitor: Visitor): Promise<Response> {
  const form = await readOwnForm(door, visitor);
  const wait = await confirmFirst(door, visitor);
  if (wait !== null) return wait;
  await requireOwnFactorChange(visitor.session, 'iam:DeactivateMFADevice', door.facts, door.deps);
  const serialNumber = form.get('device');
  if (serialNumber === undefined) throw new Fault('validation_error', 'no app was named');
  await removeApp(visitor.session, serialNumber, door.facts, door.deps);
  return seeOther(door, '/me?done=app-removed');
}

/** @param seed - null where it has been shown before */
function appPage(
  door: DoorRequest,
  visitor: Visitor,
  serialNumber: string,
  seed: { readonly seedText: string; readonly uri: string } | null,
  errors: readonly FieldError[],
): Promise<Response> {
  return pageAnswer(
    door,
    errors.length === 0 ? 200 : 400,
    <AppView
      frame={frameOf(door, visitor)}
      csrf={visitor.csrf}
      serialNumber={serialNumber}
      seed={seed}
      errors={errors}
    />,
  );
}
