import { DEFAULT_NEXT, formatNextStep, type NextStep } from '../../core/sign-in/next-step.ts';
import type { Factors } from '../../usecases/factors.ts';
import { ErrorSummary, type FieldError, PasskeyForm, PostForm, TextField } from '../http/page/form.tsx';
import { type Frame, Layout } from '../http/page/layout.tsx';

export interface ConfirmProps {
  readonly frame: Frame;
  readonly csrf: string;
  readonly factors: Factors;
  /** What waits for the confirmation; null where a change of factors does. */
  readonly next: NextStep | null;
  /** False for people from outside: their provider has their password. */
  readonly withPassword: boolean;
  /** Where they sign in anew; null for everybody else. */
  readonly anewAt: string | null;
  readonly errors: readonly FieldError[];
}

/** The passkey stands first where there is one: it is both factors. */
export function ConfirmView({ frame, csrf, factors, next, withPassword, anewAt, errors }: ConfirmProps) {
  const hidden: Readonly<Record<string, string>> = next === null ? {} : { next: formatNextStep(next) };
  const { passkeys, virtualDevices } = factors;
  const hasKeys = passkeys.length > 0;
  const hasApp = virtualDevices.length > 0;
  // With passkeys alone, a password would be one factor of two.
  const passwordDoes = withPassword && (hasApp || !hasKeys);
  return (
    <Layout frame={frame} title="Confirm it is you" passkeys={hasKeys}>
      <p>
        {next === null ? 'You are about to change how you sign in.' : 'You are about to give away access.'}{' '}
        This keeps others from doing so at a screen you left open.
      </p>
      <div class="card">
        <ErrorSummary errors={errors} />
        {hasKeys && (
          <PasskeyForm
            action="/me/confirm/passkey"
            options="/me/confirm/options"
            csrf={csrf}
            ceremony="authenticate"
            hidden={hidden}
          >
            <button class="button primary block" type="submit" disabled>
              Confirm with a passkey
            </button>
          </PasskeyForm>
        )}
        {hasKeys && passwordDoes && <p class="or">or</p>}
        {passwordDoes && (
          <PostForm action="/me/confirm" csrf={csrf} hidden={hidden}>
            <TextField
              name="password"
              label="Password"
              type="password"
              autocomplete="current-password"
              errors={errors}
              focus={!hasKeys}
            />
            {hasApp && (
              <TextField
                name="code"
                label="Code from your authenticator app"
                autocomplete="one-time-code"
                inputmode="numeric"
                maxlength={8}
                errors={errors}
                code
              />
            )}
            <button class={hasKeys ? 'button block' : 'button primary block'} type="submit">
              Confirm
            </button>
          </PostForm>
        )}
        {!hasKeys && !passwordDoes && (
          <p>Sign in again through your provider; then you have five minutes for changes.</p>
        )}
        {!hasKeys && !passwordDoes && anewAt !== null && (
          <a
            class="button primary block"
            href={`${anewAt}?anew=1&next=${formatNextStep(next ?? DEFAULT_NEXT)}`}
          >
            Sign in again
          </a>
        )}
      </div>
      <p class="small">
        <a href="/me">Cancel</a>
      </p>
    </Layout>
  );
}
