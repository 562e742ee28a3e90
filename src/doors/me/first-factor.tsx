/** Root without a second factor sees this page and nothing else. */
import type { DoorRequest } from '../http/door.ts';
import { PostForm } from '../http/page/form.tsx';
import { Layout } from '../http/page/layout.tsx';
import { frameOf } from '../http/page/own-form.ts';
import { pageAnswer } from '../http/page/page-answer.ts';
import type { Visitor } from '../http/page/visitor.ts';

export function showFirstFactor(door: DoorRequest, visitor: Visitor): Promise<Response> {
  return pageAnswer(
    door,
    200,
    <Layout frame={frameOf(door, visitor)} title="Protect root first">
      <div class="card">
        <p>
          Root can do everything in this account, so a password alone is not enough. Add a second factor now;
          nothing else is possible before.
        </p>
        <a class="button primary block" href="/me/passkeys/add">
          Add a passkey or security key
        </a>
        <a class="button block" href="/me/app">
          Use an authenticator app instead
        </a>
        <p class="muted small">A passkey or security key is the stronger of the two: it cannot be phished.</p>
      </div>
      <PostForm action="/logout" csrf={visitor.csrf}>
        <button class="link-button" type="submit">
          Sign out
        </button>
      </PostForm>
    </Layout>,
  );
}
