/** Root signs in by its e-mail address. Rarely needed, and said so. */
import { nowSecondsOf } from '../../core/context/request-context.ts';
import { signInAsRoot } from '../../usecases/sign-in-with-password.ts';
import type { DoorRequest } from '../http/door.ts';
import { ErrorSummary, type FieldError, PostForm, TextField } from '../http/page/form.tsx';
import { Layout } from '../http/page/layout.tsx';
import { pageAnswer } from '../http/page/page-answer.ts';
import { afterPassword } from './after-password.ts';
import { PASSWORD_REFUSED } from './sign-in.tsx';
import { readOrBegin, readStep, type UnderWay } from './under-way.ts';

export const showRootSignIn = async (door: DoorRequest): Promise<Response> =>
  rootPage(door, await readOrBegin(door), [], '');

export async function signInRoot(door: DoorRequest): Promise<Response> {
  const underWay = await readStep(door);
  const email = (underWay.form.get('email') ?? '').trim();
  const password = underWay.form.get('password') ?? '';
  const missing: FieldError[] = [];
  if (email === '') missing.push({ field: 'email', message: 'Enter root’s e-mail address' });
  if (password === '') missing.push({ field: 'password', message: 'Enter your password' });
  if (missing.length > 0) return rootPage(door, underWay, missing, email);
  const passed = await signInAsRoot({ email, password }, nowSecondsOf(door.facts), door.facts, door.deps);
  if (passed !== null) return afterPassword(door, underWay, passed);
  return rootPage(door, underWay, [{ field: null, message: PASSWORD_REFUSED }], email);
}

function rootPage(
  door: DoorRequest,
  { csrf, cookie }: UnderWay,
  errors: readonly FieldError[],
  email: string,
): Promise<Response> {
  return pageAnswer(
    door,
    errors.length === 0 ? 200 : 400,
    <Layout frame={door.deps.settings} title="Sign in as root">
      <div class="notice warning">
        <p>
          Root can do everything in its account, and every use is recorded. For daily work, sign in as a user.
        </p>
      </div>
      <div class="card">
        <ErrorSummary errors={errors} />
        <PostForm action="/login/root" csrf={csrf}>
          <TextField
            name="email"
            label="E-mail address"
            type="email"
            inputmode="email"
            autocomplete="username"
            value={email}
            errors={errors}
            focus
          />
          <TextField
            name="password"
            label="Password"
            type="password"
            autocomplete="current-password"
            errors={errors}
          />
          <button class="button primary block" type="submit">
            Sign in as root
          </button>
        </PostForm>
      </div>
      <p class="small">
        <a href="/login">Sign in as a user or with a passkey</a>
      </p>
    </Layout>,
    { cookies: [cookie] },
  );
}
