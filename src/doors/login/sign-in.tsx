/** The first page of a sign-in: as an IAM user by password, with a passkey, or through a provider. */
import { nowSecondsOf } from '../../core/context/request-context.ts';
import type { LoginProvider } from '../../core/repositories/sign-in-accounts.ts';
import { formatNextStep } from '../../core/sign-in/next-step.ts';
import { openAuthorization } from '../../usecases/authorization-under-way.ts';
import { providersOf } from '../../usecases/login-providers.ts';
import { signInAsUser } from '../../usecases/sign-in-with-password.ts';
import type { DoorRequest } from '../http/door.ts';
import { AUTHORIZATION_COOKIE, readCookie } from '../http/page/cookies.ts';
import { ErrorSummary, type FieldError, PasskeyForm, PostForm, TextField } from '../http/page/form.tsx';
import type { Form } from '../http/page/form-post.ts';
import { Layout } from '../http/page/layout.tsx';
import { pageAnswer } from '../http/page/page-answer.ts';
import { providerName } from '../http/page/provider-name.ts';
import { afterPassword } from './after-password.ts';
import { readOrBegin, readStep, type UnderWay } from './under-way.ts';

/** What the page shows again after a refusal; never the password. */
interface Shown {
  readonly errors?: readonly FieldError[];
  readonly account?: string;
  readonly userName?: string;
}

export async function showSignIn(door: DoorRequest): Promise<Response> {
  const underWay = await readOrBegin(door);
  const named = door.url.searchParams.get('account');
  const expected = await expectedVisitor(door, underWay);
  const account = named ?? expected?.account ?? (await localAccount(door));
  return signInPage(door, underWay, { account: account.slice(0, 64), userName: expected?.userName ?? '' });
}

/** Whom the application expects that sent this browser here: its own account, and the name that it hints at. Both are only filled in. */
async function expectedVisitor(
  { request, facts, deps }: DoorRequest,
  { transaction: { next } }: UnderWay,
): Promise<{ readonly account: string; readonly userName: string } | null> {
  if (next.kind !== 'oauth') return null;
  const cookie = readCookie(request, AUTHORIZATION_COOKIE);
  const waiting = await openAuthorization(cookie, next.id, nowSecondsOf(facts), deps);
  return waiting === null ? null : { account: waiting.accountId, userName: waiting.request.loginHint ?? '' };
}

/** On a local broker there is one account, and its id is no secret to whoever runs it. */
const localAccount = async ({ deps }: DoorRequest): Promise<string> =>
  deps.settings.mode === 'local' ? ((await deps.directory.setUpAccount()) ?? '') : '';

/** The same sentence for every reason, also for a user who does not exist. */
export const PASSWORD_REFUSED =
  'These details were not accepted. Check them and try again. After ten wrong tries, passwords are not accepted for 30 minutes.';

export async function signIn(door: DoorRequest): Promise<Response> {
  const underWay = await readStep(door);
  const { account, userName, password, errors } = readFields(underWay.form);
  if (errors.length > 0) return signInPage(door, underWay, { errors, account, userName });
  const input = { account, userName, password };
  const passed = await signInAsUser(input, nowSecondsOf(door.facts), door.facts, door.deps);
  if (passed !== null) return afterPassword(door, underWay, passed);
  return signInPage(door, underWay, {
    errors: [{ field: null, message: PASSWORD_REFUSED }],
    account,
    userName,
  });
}

function readFields(form: Form) {
  const account = (form.get('account') ?? '').trim();
  const userName = (form.get('username') ?? '').trim();
  const password = form.get('password') ?? '';
  const errors: FieldError[] = [];
  if (account === '') errors.push({ field: 'account', message: 'Enter your account id or alias' });
  if (userName === '') errors.push({ field: 'username', message: 'Enter your user name' });
  if (password === '') errors.push({ field: 'password', message: 'Enter your password' });
  return { account, userName, password, errors };
}

export async function signInPage(
  door: DoorRequest,
  { csrf, cookie, transaction }: UnderWay,
  shown: Shown,
): Promise<Response> {
  const { errors = [], account = '', userName = '' } = shown;
  const providers = await providersOf(account.trim().toLowerCase(), door.deps);
  return pageAnswer(
    door,
    errors.length === 0 ? 200 : 400,
    <Layout frame={door.deps.settings} title="Sign in" passkeys>
      <div class="card">
        <ErrorSummary errors={errors} />
        <PostForm action="/login" csrf={csrf}>
          <TextField
            name="account"
            label="Account"
            help="Its alias or its 12-digit id"
            autocomplete="organization"
            value={account}
            errors={errors}
            focus={account === ''}
          />
          <TextField
            name="username"
            label="User name"
            autocomplete="username webauthn"
            value={userName}
            errors={errors}
            focus={account !== '' && userName === ''}
          />
          <TextField
            name="password"
            label="Password"
            type="password"
            autocomplete="current-password"
            errors={errors}
            focus={account !== '' && userName !== ''}
          />
          <button class="button primary block" type="submit">
            Sign in
          </button>
        </PostForm>
        <p class="or">or</p>
        <PasskeyForm
          action="/login/passkey"
          options="/login/passkey/options"
          csrf={csrf}
          ceremony="authenticate"
          autofill
        >
          <button class="button block" type="submit" disabled>
            Sign in with a passkey
          </button>
          <p class="muted small">
            Your browser asks for your fingerprint, face or PIN. No user name or password is needed.
          </p>
        </PasskeyForm>
        <ProviderLinks providers={providers} next={formatNextStep(transaction.next)} />
      </div>
      <p class="small">
        <a href="/login/root">Sign in as root</a>
      </p>
    </Layout>,
    { cookies: [cookie] },
  );
}

/** One button each; none where nobody signs in from outside. */
function ProviderLinks(props: { readonly providers: readonly LoginProvider[]; readonly next: string }) {
  return (
    <>
      {props.providers.map((provider) => (
        <a class="button block" href={`${pathOfProvider(provider)}?next=${props.next}`}>
          Continue with&nbsp;<bdi>{providerName(provider.name)}</bdi>
        </a>
      ))}
    </>
  );
}

const pathOfProvider = ({ kind, providerId }: LoginProvider): string =>
  kind === 'saml' ? `/saml/${providerId}/login` : `/login/${providerId}`;
