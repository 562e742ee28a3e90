/** A page as an answer, with the headers that keep it to itself. */
import type { JSX } from 'hono/jsx/jsx-runtime';
import type { DoorRequest } from '../door.ts';
import { answerHeaders } from '../headers.ts';

export interface PageOptions {
  /** `Set-Cookie` values; see cookies.ts. */
  readonly cookies?: readonly string[];
  /** Origins, beside our own, that a form of this page may end up at, such as that of a registered redirect URI. */
  readonly formActions?: readonly string[];
}

/**
 * Renders a document.
 * @param element - a `Layout`
 * @returns an answer that is not stored, not framed, sends no referrer, and runs nothing but our own scripts
 */
export async function pageAnswer(
  door: DoorRequest,
  status: number,
  element: JSX.Element | Promise<JSX.Element>,
  { cookies = [], formActions = [] }: PageOptions = {},
): Promise<Response> {
  const html = `<!doctype html>${String(await element)}`;
  const headers = pageHeaders(door, formActions);
  for (const cookie of cookies) headers.append('set-cookie', cookie);
  return new Response(html, { status, headers });
}

/**
 * Sends the browser on after a form: 303, so that what was posted is not posted again.
 * @param path - of ours, beginning with one slash
 */
export function seeOther({ facts }: DoorRequest, path: string, cookies: readonly string[] = []): Response {
  if (!isOwnPath(path)) throw new TypeError('a page leads to paths of its own alone');
  const headers = new Headers({
    location: path,
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer',
    'x-request-id': facts.requestId,
  });
  for (const cookie of cookies) headers.append('set-cookie', cookie);
  return new Response(null, { status: 303, headers });
}

/** Whether a text is a path of ours: `//host` and `/\host` lead elsewhere. */
export const isOwnPath = (path: string): boolean => /^\/(?![/\\])[\x21-\x7e]*$/.test(path);

function pageHeaders({ facts }: DoorRequest, formActions: readonly string[]): Headers {
  const headers = new Headers(answerHeaders(facts.requestId, 'text/html; charset=utf-8'));
  headers.set(
    'content-security-policy',
    [
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self'",
      "img-src 'self' data:",
      "connect-src 'self'",
      `form-action ${["'self'", ...formActions].join(' ')}`,
      "base-uri 'none'",
      "frame-ancestors 'none'",
    ].join('; '),
  );
  headers.set('referrer-policy', 'no-referrer');
  headers.set('x-frame-options', 'DENY');
  headers.set('cross-origin-opener-policy', 'same-origin');
  headers.set('cross-origin-resource-policy', 'same-origin');
  if (facts.secureTransport) headers.set('strict-transport-security', 'max-age=31536000');
  return headers;
}
