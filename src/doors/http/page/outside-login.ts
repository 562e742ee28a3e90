import { pathOf } from '../../../core/sign-in/next-step.ts';
import type { FinishedLogin } from '../../../usecases/finish-outside-login.ts';
import { CANDIDATE_SECONDS } from '../../../usecases/link-candidate.ts';
import { LOGIN_SECONDS } from '../../../usecases/login-transaction.ts';
import type { DoorRequest } from '../door.ts';
import { LINK_COOKIE, LOGIN_COOKIE, setCookie } from './cookies.ts';
import { seeOther } from './page-answer.ts';
import { sessionCookie } from './visitor.ts';

/**
 * Where a browser goes that comes back from a provider, with what it keeps from there on.
 * @param dropped - `Set-Cookie` value that removes the login under way
 */
export function afterOutsideLogin(door: DoorRequest, finished: FinishedLogin, dropped: string): Response {
  switch (finished.kind) {
    case 'signed-in':
      return seeOther(door, pathOf(finished.next), [sessionCookie(finished.held), dropped]);
    case 'second-factor':
      return seeOther(door, '/mfa', [setCookie(LOGIN_COOKIE, finished.cookie, LOGIN_SECONDS), dropped]);
    case 'to-link': {
      const cookie = setCookie(LINK_COOKIE, finished.cookie, CANDIDATE_SECONDS);
      return seeOther(door, '/me/links/confirm', [cookie, dropped]);
    }
  }
}
