/** A new password that is due before anything else: after a reset, at first use, or past its age. */
import { Fault } from '../../core/faults.ts';
import { asFault } from '../../usecases/record.ts';
import { replaceDuePassword } from '../../usecases/replace-due-password.ts';
import type { DoorRequest } from '../http/door.ts';
import { ErrorSummary, type FieldError, PostForm, TextField } from '../http/page/form.tsx';
import { Layout } from '../http/page/layout.tsx';
import { pageAnswer, seeOther } from '../http/page/page-answer.ts';
import { asSentence } from '../http/page/page-door.ts';
import { goOn } from './after-password.ts';
import { passedOf, readOrBegin, readStep, type UnderWay } from './under-way.ts';

/** Due, and the second factor behind us where there is one. */
const isDue = (underWay: UnderWay): boolean => {
  const passed = passedOf(underWay);
  return passed?.changeRequired === true && passed.secondFactor !== 'owed';
};

export async function showNewPassword(door: DoorRequest): Promise<Response> {
  const underWay = await readOrBegin(door);
  return isDue(underWay) ? newPasswordPage(door, underWay, []) : seeOther(door, '/login');
}

export async function changePassword(door: DoorRequest): Promise<Response> {
  const step = await readStep(door);
  const passed = passedOf(step);
  if (passed === null || !isDue(step))
    throw new Fault('access_denied', 'this sign-in took too long; begin again');
  const [old, first, second] = ['old', 'new', 'again'].map((name) => step.form.get(name) ?? '');
  if (old === undefined || first === undefined || first !== second) {
    return newPasswordPage(door, step, [{ field: 'again', message: 'The two new passwords differ' }]);
  }
  try {
    await replaceDuePassword(passed.identity, { old, next: first }, door.facts, door.deps);
  } catch (error) {
    const fault = asFault(error);
    if (!SAID.has(fault.code)) throw fault;
    const field = fault.code === 'access_denied' ? 'old' : 'new';
    return newPasswordPage(door, step, [{ field, message: asSentence(fault.message) }]);
  }
  return goOn(door, step, { ...passed, changeRequired: false });
}

const SAID: ReadonlySet<string> = new Set([
  'access_denied',
  'password_policy_violation',
  'entity_temporarily_unmodifiable',
  'invalid_input',
]);

function newPasswordPage(
  door: DoorRequest,
  { csrf, cookie }: UnderWay,
  errors: readonly FieldError[],
): Promise<Response> {
  return pageAnswer(
    door,
    errors.length === 0 ? 200 : 400,
    <Layout frame={door.deps.settings} title="Choose a new password">
      <p>Your password was set by an administrator or has reached its age. Choose one that only you know.</p>
      <div class="card">
        <ErrorSummary errors={errors} />
        <PostForm action="/login/new-password" csrf={csrf}>
          <TextField
            name="old"
            label="Current password"
            type="password"
            autocomplete="current-password"
            errors={errors}
            focus
          />
          <TextField
            name="new"
            label="New password"
            help="Long is strong: a few words that you do not use elsewhere. Spaces and any characters are fine."
            type="password"
            autocomplete="new-password"
            errors={errors}
          />
          <TextField
            name="again"
            label="New password again"
            type="password"
            autocomplete="new-password"
            errors={errors}
          />
          <button class="button primary block" type="submit">
            Change password
          </button>
        </PostForm>
      </div>
    </Layout>,
    { cookies: [cookie] },
  );
}
