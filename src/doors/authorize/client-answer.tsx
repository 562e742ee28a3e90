/** The answer to the application, through the browser. */
import type { AuthorizationRequest } from '../../core/oauth/authorization-request.ts';
import type { DoorRequest } from '../http/door.ts';
import { AUTHORIZATION_COOKIE, dropCookie } from '../http/page/cookies.ts';
import { formActionOf } from '../http/page/form-action.ts';
import { Layout } from '../http/page/layout.tsx';
import { pageAnswer } from '../http/page/page-answer.ts';

export type ClientAnswerTo = Pick<AuthorizationRequest, 'redirectUri' | 'responseMode' | 'state'>;

/**
 * Sends the browser to a redirect URI that was checked, with the answer, our own name (RFC 9207), and the state as it came.
 * @param answer - `code`, or `error` with its description
 */
export function clientAnswer(
  door: DoorRequest,
  { redirectUri, responseMode, state }: ClientAnswerTo,
  answer: Readonly<Record<string, string>>,
): Response | Promise<Response> {
  const fields = { ...answer, ...(state !== null && { state }), iss: door.deps.settings.issuer };
  return responseMode === 'form_post'
    ? formPost(door, redirectUri, fields)
    : redirect(door, redirectUri, fields);
}

/** 303, so that nothing that was posted to us is posted on. @see RFC 9700 section 4.12 */
function redirect(
  { facts }: DoorRequest,
  redirectUri: string,
  fields: Readonly<Record<string, string>>,
): Response {
  const query = new URLSearchParams(fields).toString();
  const location = `${redirectUri}${redirectUri.includes('?') ? '&' : '?'}${query}`;
  return new Response(null, {
    status: 303,
    headers: {
      location,
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'x-request-id': facts.requestId,
      'set-cookie': dropCookie(AUTHORIZATION_COOKIE),
    },
  });
}

/** @see OAuth 2.0 Form Post Response Mode */
function formPost(
  door: DoorRequest,
  redirectUri: string,
  fields: Readonly<Record<string, string>>,
): Promise<Response> {
  return pageAnswer(
    door,
    200,
    <Layout frame={door.deps.settings} title="Going back to the application">
      <div class="card">
        <form method="post" action={redirectUri} class="stack" data-send-now>
          {Object.entries(fields).map(([name, value]) => (
            <input type="hidden" name={name} value={value} />
          ))}
          <button class="button primary block" type="submit">
            Continue
          </button>
        </form>
      </div>
    </Layout>,
    { cookies: [dropCookie(AUTHORIZATION_COOKIE)], formActions: [formActionOf(redirectUri)] },
  );
}
