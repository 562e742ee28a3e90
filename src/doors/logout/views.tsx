import { PostForm } from '../http/page/form.tsx';
import { type Frame, Layout } from '../http/page/layout.tsx';

export interface ConfirmLogoutProps {
  readonly frame: Frame;
  readonly csrf: string;
  /** Who asks, as it calls itself; null where that is not said. */
  readonly client: string | null;
  readonly hidden: Readonly<Record<string, string>>;
}

export function ConfirmLogout({ frame, csrf, client, hidden }: ConfirmLogoutProps) {
  return (
    <Layout frame={frame} title="Sign out?">
      <div class="card">
        <p>
          {client === null ? 'A page' : <bdi>{client}</bdi>} asks to sign you out of Daypass, here in this
          browser.
        </p>
        <PostForm action="/oauth/logout/decide" csrf={csrf} hidden={hidden}>
          <button class="button primary block" type="submit" name="decision" value="sign-out">
            Sign out
          </button>
          <button class="button block" type="submit" name="decision" value="stay">
            Stay signed in
          </button>
        </PostForm>
      </div>
    </Layout>
  );
}

export function SignedOut({ frame }: { readonly frame: Frame }) {
  return (
    <Layout frame={frame} title="You are signed out">
      <div class="card">
        <p>You are not signed in to Daypass in this browser any more.</p>
        <p>
          <a class="button block" href="/login">
            Sign in again
          </a>
        </p>
      </div>
    </Layout>
  );
}

/** Sends a form of another site once more, as our own. It changes nothing: what it asks is decided after it. */
export function PassedOn(props: {
  readonly frame: Frame;
  readonly fields: Readonly<Record<string, string>>;
}) {
  return (
    <Layout frame={props.frame} title="Signing out">
      <div class="card">
        <form method="post" action="/oauth/logout" class="stack" data-send-now>
          {Object.entries(props.fields).map(([name, value]) => (
            <input type="hidden" name={name} value={value} />
          ))}
          <button class="button primary block" type="submit">
            Continue
          </button>
        </form>
      </div>
    </Layout>
  );
}
