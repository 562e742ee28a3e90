import { nowSecondsOf } from '../../core/context/request-context.ts';
import { Fault } from '../../core/faults.ts';
import { type AuthorizationUnderWay, openAuthorization } from '../../usecases/authorization-under-way.ts';
import type { DoorRequest } from '../http/door.ts';
import { AUTHORIZATION_COOKIE, readCookie } from '../http/page/cookies.ts';

/** @throws Fault `access_denied` where this browser brought no such request */
export async function requireUnderWay(door: DoorRequest, id: string): Promise<AuthorizationUnderWay> {
  const cookie = readCookie(door.request, AUTHORIZATION_COOKIE);
  const underWay = await openAuthorization(cookie, id, nowSecondsOf(door.facts), door.deps);
  if (underWay !== null) return underWay;
  throw new Fault(
    'access_denied',
    'this request took too long or was begun elsewhere; go back to the application',
  );
}
