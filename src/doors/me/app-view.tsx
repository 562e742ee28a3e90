import { qrCodePath } from '../../core/mfa/qr-code-path.ts';
import { ErrorSummary, type FieldError, PostForm, TextField } from '../http/page/form.tsx';
import { type Frame, Layout } from '../http/page/layout.tsx';

export function NewAppView(props: {
  readonly frame: Frame;
  readonly csrf: string;
  readonly maxName: number;
}) {
  return (
    <Layout frame={props.frame} title="Add an authenticator app">
      <div class="card">
        <PostForm action="/me/app" csrf={props.csrf}>
          <TextField
            name="name"
            label="Name"
            help="So that you know it again, such as “My phone”"
            value="Phone"
            autocomplete="off"
            maxlength={props.maxName}
            errors={[]}
          />
          <p>
            The next page shows a QR code. Scan it with an app such as Google Authenticator, Aegis or
            1Password.
          </p>
          <button class="button primary block" type="submit">
            Show the QR code
          </button>
        </PostForm>
      </div>
      <p class="small">
        <a href="/me">Back</a>
      </p>
    </Layout>
  );
}

export interface AppViewProps {
  readonly frame: Frame;
  readonly csrf: string;
  readonly serialNumber: string;
  readonly seed: { readonly seedText: string; readonly uri: string } | null;
  readonly errors: readonly FieldError[];
}

export function AppView({ frame, csrf, serialNumber, seed, errors }: AppViewProps) {
  return (
    <Layout frame={frame} title="Add an authenticator app">
      <div class="card">
        <ErrorSummary errors={errors} />
        {seed !== null && (
          <div class="stack">
            <h2>1. Scan this code with the app</h2>
            <QrCode text={seed.uri} />
            <details>
              <summary>Cannot scan it? Type this key instead</summary>
              <p class="row">
                <code id="seed" data-copy-text={seed.seedText}>
                  {seed.seedText.replace(/.{4}(?=.)/g, '$& ')}
                </code>
                <button class="button small" type="button" data-copy="seed" hidden>
                  Copy
                </button>
              </p>
            </details>
          </div>
        )}
        <PostForm action="/me/app/confirm" csrf={csrf} hidden={{ device: serialNumber }}>
          <h2>{seed === null ? 'Type two codes in a row' : '2. Type two codes in a row'}</h2>
          <TextField
            name="first"
            label="First code"
            autocomplete="one-time-code"
            inputmode="numeric"
            maxlength={8}
            errors={errors}
            code
          />
          <TextField
            name="second"
            label="Next code"
            help="Wait until the app shows another one: 30 seconds at most."
            autocomplete="off"
            inputmode="numeric"
            maxlength={8}
            errors={errors}
            code
          />
          <button class="button primary block" type="submit">
            Add the app
          </button>
        </PostForm>
      </div>
      <p class="small">
        <a href="/me">Cancel</a>
      </p>
    </Layout>
  );
}

/** The code as SVG: one path, no inline style. */
function QrCode({ text }: { readonly text: string }) {
  const { size, path } = qrCodePath(text);
  return (
    <div class="qr">
      <svg viewBox={`0 0 ${size} ${size}`} role="img" aria-label="QR code for your authenticator app">
        <rect width={size} height={size} fill="#fff" />
        <path d={path} fill="#000" shape-rendering="crispEdges" />
      </svg>
    </div>
  );
}
