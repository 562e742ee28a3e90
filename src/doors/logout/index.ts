/** `/oauth/logout`: an application signs its person out. @see OpenID Connect RP-Initiated Logout 1.0 */
import { type PageRoute, pageDoor } from '../http/page/page-door.ts';
import { askedByForm, askedByLink, decideLogout } from './logout.tsx';

const ROUTES: ReadonlyMap<string, PageRoute> = new Map<string, PageRoute>([
  ['/oauth/logout', { GET: askedByLink, POST: askedByForm }],
  ['/oauth/logout/decide', { POST: decideLogout }],
]);

export const LOGOUT_PATHS: readonly string[] = [...ROUTES.keys()];
export const logoutDoor = pageDoor(ROUTES);
