import type { Factors } from '../../usecases/factors.ts';
import { ErrorSummary, type FieldError, PasskeyForm, PostForm, TextField } from '../http/page/form.tsx';
import { type Frame, Layout } from '../http/page/layout.tsx';

export interface SecondFactorProps {
  readonly frame: Frame;
  readonly csrf: string;
  readonly factors: Factors;
  readonly errors: readonly FieldError[];
}

/** One primary action: the strongest factor that the person has. The others stand below it. */
export function SecondFactorView({ frame, csrf, factors, errors }: SecondFactorProps) {
  const { passkeys, virtualDevices } = factors;
  const hasKeys = passkeys.length > 0;
  const hasApp = virtualDevices.length > 0;
  return (
    <Layout frame={frame} title="Confirm it is you" passkeys={hasKeys}>
      <div class="card">
        <ErrorSummary errors={errors} />
        {hasKeys && (
          <PasskeyForm
            action="/mfa/passkey"
            options="/mfa/passkey/options"
            csrf={csrf}
            ceremony="authenticate"
          >
            <p>Use a passkey or security key that you have registered. Your browser asks for it next.</p>
            <button class="button primary block" type="submit" disabled>
              Use passkey or security key
            </button>
          </PasskeyForm>
        )}
        {hasKeys && hasApp && <p class="or">or</p>}
        {hasApp && <CodeForm csrf={csrf} devices={virtualDevices} errors={errors} primary={!hasKeys} />}
      </div>
      <details class="stack" open={errors.some(({ field }) => field === 'recovery')}>
        <summary>Lost your device? Use a recovery code</summary>
        <PostForm action="/mfa/recovery" csrf={csrf} class="stack card">
          <TextField
            name="recovery"
            label="Recovery code"
            help="16 letters and digits. Each code works once."
            autocomplete="off"
            errors={errors}
            maxlength={40}
          />
          <button class="button block" type="submit">
            Use recovery code
          </button>
          <p class="muted small">
            No code left? Ask an administrator of your account to reset your second factor.
          </p>
        </PostForm>
      </details>
      <p class="small">
        <a href="/login?next=me">Sign in as somebody else</a>
      </p>
    </Layout>
  );
}

interface CodeFormProps {
  readonly csrf: string;
  readonly devices: readonly string[];
  readonly errors: readonly FieldError[];
  readonly primary: boolean;
}

function CodeForm({ csrf, devices, errors, primary }: CodeFormProps) {
  return (
    <PostForm action="/mfa/code" csrf={csrf}>
      {devices.length > 1 && <DeviceChoice devices={devices} />}
      <TextField
        name="code"
        label="Code from your authenticator app"
        help="Six digits; they change every 30 seconds."
        autocomplete="one-time-code"
        inputmode="numeric"
        maxlength={8}
        errors={errors}
        focus={primary}
        code
      />
      <button class={primary ? 'button primary block' : 'button block'} type="submit">
        Confirm code
      </button>
    </PostForm>
  );
}

function DeviceChoice({ devices }: { readonly devices: readonly string[] }) {
  return (
    <fieldset class="stack-tight">
      <legend class="label">Which app</legend>
      {devices.map((serial, index) => (
        <label class="choice">
          <input type="radio" name="device" value={serial} checked={index === 0} />
          <bdi>{serial.slice(serial.lastIndexOf('/') + 1)}</bdi>
        </label>
      ))}
    </fieldset>
  );
}
