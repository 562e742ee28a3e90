/**
 * What pages of other origins may ask and read: what an application that lives in a browser needs, and nothing else. None of these
 * endpoints looks at a cookie, so any origin may, and none may send any.
 * @see Fetch Standard, "HTTP-CORS protocol"; RFC 9700 section 2.6 asks for none at the authorization endpoint
 */
import type { DoorRequest } from '../http/door.ts';

interface Shared {
  /** In the order in which the preflight names them. */
  readonly methods: readonly ('GET' | 'POST')[];
  /** Whether a request comes with a client's or a token's proof, and its refusal with a challenge. */
  readonly proves: boolean;
}

const PUBLISHED: Shared = { methods: ['GET'], proves: false };
const ASKED: Shared = { methods: ['POST'], proves: true };

/**
 * THE LIST of what is shared, by path. Introspection and registration are for servers; the pages of people hold cookies. The apps of
 * televisions are pages too, so device authorization is shared.
 */
const SHARED: ReadonlyMap<string, Shared> = new Map<string, Shared>([
  ['/.well-known/openid-configuration', PUBLISHED],
  ['/.well-known/oauth-authorization-server', PUBLISHED],
  ['/.well-known/jwks.json', PUBLISHED],
  ['/oauth/token', ASKED],
  ['/oauth/par', ASKED],
  ['/oauth/device_authorization', ASKED],
  ['/oauth/revoke', ASKED],
  ['/oauth/userinfo', { methods: ['GET', 'POST'], proves: true }],
]);

const ANY_ORIGIN = ['access-control-allow-origin', '*'] as const;
/** Beside those that every page may send and read. `*` would not stand for `authorization`. */
const REQUEST_HEADERS = 'authorization, content-type, dpop';
const ANSWER_HEADERS = 'dpop-nonce, www-authenticate, x-request-id';
/** As long as browsers keep one: two hours in Chromium. */
const PREFLIGHT_SECONDS = 7200;

/**
 * The answer to a browser that asks whether a page may send its request.
 * @returns null for what is no preflight, and for what is not shared: an answer without these headers forbids it
 */
export function preflightAnswer({ request, address, facts }: DoorRequest): Response | null {
  const shared = SHARED.get(address.path);
  const asks = request.method === 'OPTIONS' && request.headers.has('access-control-request-method');
  if (shared === undefined || !asks) return null;
  const headers = new Headers([
    ANY_ORIGIN,
    ['access-control-allow-methods', shared.methods.join(', ')],
    ['access-control-max-age', String(PREFLIGHT_SECONDS)],
    ['x-request-id', facts.requestId],
  ]);
  if (shared.proves) headers.set('access-control-allow-headers', REQUEST_HEADERS);
  return new Response(null, { status: 204, headers });
}

/** Lets pages read an answer, also one that refuses, where its path is shared. */
export function shareAnswer({ address, request }: DoorRequest, response: Response): Response {
  const shared = SHARED.get(address.path);
  if (shared === undefined) return response;
  // Only what nobody keeps may differ by who asks: a page's request says its origin, a server's says none.
  if (shared.proves && !request.headers.has('origin')) return response;
  response.headers.set(...ANY_ORIGIN);
  if (shared.proves) response.headers.set('access-control-expose-headers', ANSWER_HEADERS);
  return response;
}
