/** The person's word about a device. */

import { nowSecondsOf } from '../../core/context/request-context.ts';
import { Fault } from '../../core/faults.ts';
import { DEVICE_CODE_GRANT } from '../../core/oauth/device-authorization.ts';
import { approveDevice, findWaitingDevice, refuseDevice } from '../../usecases/approve-device.ts';
import { findPersonalClient } from '../../usecases/personal-client.ts';
import { asFault } from '../../usecases/record.ts';
import { scopesInWords } from '../../usecases/scopes-in-words.ts';
import { rolesToTake } from '../../usecases/take-role.ts';
import type { DoorRequest } from '../http/door.ts';
import type { FieldError } from '../http/page/form.tsx';
import { Layout } from '../http/page/layout.tsx';
import { frameOf, readOwnForm } from '../http/page/own-form.ts';
import { pageAnswer } from '../http/page/page-answer.ts';
import { asSentence } from '../http/page/page-door.ts';
import { readVisitor, toSignIn, type Visitor } from '../http/page/visitor.ts';
import { ConfirmDeviceView } from './confirm-view.tsx';
import { proveFirst } from './prove-first.tsx';

type Found = NonNullable<Awaited<ReturnType<typeof findWaitingDevice>>>;

export async function confirmDevicePage(
  door: DoorRequest,
  visitor: Visitor,
  { device, userCode }: Found,
  errors: readonly FieldError[],
): Promise<Response> {
  const client = await requireClient(door, device.accountId, device.clientId);
  const roles = await rolesToTake(visitor.session, door.facts, door.deps);
  const scopes = await scopesInWords(device.accountId, device.scope, door.deps);
  const { csrf } = visitor;
  const nowSeconds = nowSecondsOf(door.facts);
  const props = {
    frame: frameOf(door, visitor),
    csrf,
    device,
    userCode,
    client,
    roles,
    scopes,
    errors,
    nowSeconds,
  };
  return pageAnswer(door, errors.length === 0 ? 200 : 400, <ConfirmDeviceView {...props} />);
}

export async function decideDevice(door: DoorRequest): Promise<Response> {
  const visitor = await readVisitor(door);
  if (visitor === null) return toSignIn(door, { kind: 'device', id: '' });
  const form = await readOwnForm(door, visitor);
  const { session } = visitor;
  const { facts, deps } = door;
  const typed = form.get('user_code') ?? '';
  const found = await findWaitingDevice(session, typed, facts, deps);
  if (found === null) return donePage(door, visitor, 'late');
  // Refusing needs no proof: a wrong refusal costs a new code.
  if (form.get('decision') !== 'allow') {
    await refuseDevice(session, found, facts, deps);
    return donePage(door, visitor, 'refused');
  }
  const wait = await proveFirst(door, visitor, typed);
  if (wait !== null) return wait;
  const client = await requireClient(door, found.device.accountId, found.device.clientId);
  try {
    await approveDevice(session, found, client, form.get('role') ?? '', facts, deps);
    return await donePage(door, visitor, 'allowed');
  } catch (error) {
    const fault = asFault(error);
    if (fault.code === 'concurrent_modification') return donePage(door, visitor, 'late');
    if (fault.code !== 'access_denied' && fault.code !== 'validation_error') throw fault;
    return confirmDevicePage(door, visitor, found, [{ field: null, message: asSentence(fault.message) }]);
  }
}

async function requireClient({ deps }: DoorRequest, accountId: string, clientId: string) {
  const client = await findPersonalClient(accountId, clientId, DEVICE_CODE_GRANT, deps);
  if (client === null) throw new Fault('access_denied', 'this application is not registered any more');
  return client;
}

const WORDS = {
  allowed: {
    status: 200,
    title: 'The device is connected',
    text: 'It fetches its access by itself within a few seconds. You may close this page.',
  },
  refused: {
    status: 200,
    title: 'The device was refused',
    text: 'It gets nothing. You may close this page.',
  },
  late: {
    status: 400,
    title: 'This code is not waiting any more',
    text: 'It was decided upon already, or ten minutes have passed. Nothing was changed now; let the device show a new code.',
  },
} as const;

function donePage(door: DoorRequest, visitor: Visitor, how: keyof typeof WORDS): Promise<Response> {
  const { status, title, text } = WORDS[how];
  return pageAnswer(
    door,
    status,
    <Layout frame={frameOf(door, visitor)} title={title}>
      <div class="card">
        <p>{text}</p>
        <p class="row">
          <a class="button" href="/device">
            Enter another code
          </a>
          <a class="button" href="/me">
            Go to your security page
          </a>
        </p>
      </div>
    </Layout>,
  );
}
