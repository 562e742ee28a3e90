import { equalStrings } from '../../../core/bytes.ts';
import { Fault } from '../../../core/faults.ts';
import type { DoorRequest } from '../door.ts';

/**
 * Refuses a change that another site's page asks for, whatever its method, type or spelling. The token of the form is checked
 * beside it (`requireCsrf`).
 *
 * Our pages send no referrer, and then browsers write `Origin: null` on forms as well; so `Sec-Fetch-Site`, which no page can set,
 * decides where it is there. A browser without it must name our origin.
 * @throws Fault `access_denied`
 */
export function requireOwnPage({ request, deps }: DoorRequest): void {
  const origin = request.headers.get('origin');
  const site = request.headers.get('sec-fetch-site');
  const ownOrigin = origin === deps.settings.issuer;
  const noOrigin = origin === null || origin === 'null';
  const ok = site === null ? ownOrigin : site === 'same-origin' && (ownOrigin || noOrigin);
  if (!ok) throw forged({ site, origin });
}

/**
 * @param expected - the token that belongs to this visitor
 * @throws Fault `access_denied` unless the form carries it
 */
export function requireCsrf(given: string | undefined, expected: string): void {
  if (!equalStrings(given ?? '', expected)) throw forged({ reason: 'csrf token' });
}

const forged = (detail: Readonly<Record<string, unknown>>): Fault =>
  new Fault(
    'access_denied',
    'this form is out of date or was not sent from its own page; load the page again',
    detail,
  );
