/** The code: typed, or brought by the address that the device shows. It is never looked up before the person sends it. */
import { formatUserCode, parseUserCode } from '../../core/oauth/user-code.ts';
import { findWaitingDevice } from '../../usecases/approve-device.ts';
import { asFault } from '../../usecases/record.ts';
import type { DoorRequest } from '../http/door.ts';
import { ErrorSummary, type FieldError, PostForm, TextField } from '../http/page/form.tsx';
import { Layout } from '../http/page/layout.tsx';
import { frameOf, readOwnForm } from '../http/page/own-form.ts';
import { pageAnswer } from '../http/page/page-answer.ts';
import { asSentence } from '../http/page/page-door.ts';
import { readVisitor, toSignIn, type Visitor } from '../http/page/visitor.ts';
import { confirmDevicePage } from './decide.tsx';
import { proveFirst } from './prove-first.tsx';

export async function showCodePage(door: DoorRequest): Promise<Response> {
  const code = parseUserCode(door.url.searchParams.get('user_code') ?? '') ?? '';
  const visitor = await readVisitor(door);
  if (visitor === null) return toSignIn(door, { kind: 'device', id: code });
  return codePage(door, visitor, code === '' ? '' : formatUserCode(code), []);
}

export async function enterCode(door: DoorRequest): Promise<Response> {
  const visitor = await readVisitor(door);
  if (visitor === null) return toSignIn(door, { kind: 'device', id: '' });
  const form = await readOwnForm(door, visitor);
  const typed = (form.get('user_code') ?? '').slice(0, 32);
  const wait = await proveFirst(door, visitor, typed);
  if (wait !== null) return wait;
  try {
    const found = await findWaitingDevice(visitor.session, typed, door.facts, door.deps);
    if (found !== null) return await confirmDevicePage(door, visitor, found, []);
    return await codePage(door, visitor, typed, [{ field: 'user_code', message: UNKNOWN_CODE }]);
  } catch (error) {
    const fault = asFault(error);
    if (fault.code !== 'throttling') throw fault;
    return codePage(door, visitor, '', [{ field: 'user_code', message: asSentence(fault.message) }], 429);
  }
}

const UNKNOWN_CODE =
  'No device waits with this code. Check the letters; a code works for ten minutes and once. If it is too late, let the device show a new one.';

function codePage(
  door: DoorRequest,
  visitor: Visitor,
  code: string,
  errors: readonly FieldError[],
  status = errors.length === 0 ? 200 : 400,
): Promise<Response> {
  return pageAnswer(
    door,
    status,
    <Layout frame={frameOf(door, visitor)} title="Connect a device">
      <div class="card">
        <ErrorSummary errors={errors} />
        <PostForm action="/device" csrf={visitor.csrf}>
          <TextField
            name="user_code"
            label="Code"
            help="Eight letters that the device shows, such as BCDF-GHJK"
            value={code}
            autocomplete="off"
            inputmode="text"
            maxlength={32}
            errors={errors}
            focus
            code
          />
          <button class="button primary block" type="submit">
            Continue
          </button>
        </PostForm>
        <p class="muted small">
          The next page shows what the device asks for. Nothing is allowed before that.
        </p>
      </div>
    </Layout>,
  );
}
