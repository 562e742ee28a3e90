/** `/oauth/authorize`: an application sends a person here, and gets a code back. @see RFC 6749 section 4.1, RFC 9700 */
import { type PageRoute, pageDoor } from '../http/page/page-door.ts';
import { postAuthorize, showAuthorize } from './authorize.ts';
import { decideAuthorization } from './consent.tsx';

const ROUTES: ReadonlyMap<string, PageRoute> = new Map<string, PageRoute>([
  ['/oauth/authorize', { GET: showAuthorize, POST: postAuthorize }],
  ['/oauth/authorize/decide', { POST: decideAuthorization }],
]);

export const AUTHORIZE_PATHS: readonly string[] = [...ROUTES.keys()];
export const authorizeDoor = pageDoor(ROUTES);
