/** `/device`: where a person types the code of a device, looks at what it asks, and decides. @see RFC 8628 section 3.3 */
import { type PageRoute, pageDoor } from '../http/page/page-door.ts';
import { enterCode, showCodePage } from './code-page.tsx';
import { decideDevice } from './decide.tsx';

const ROUTES: ReadonlyMap<string, PageRoute> = new Map<string, PageRoute>([
  ['/device', { GET: showCodePage, POST: enterCode }],
  ['/device/decide', { POST: decideDevice }],
]);

export const DEVICE_PATHS: readonly string[] = [...ROUTES.keys()];
export const deviceDoor = pageDoor(ROUTES);
