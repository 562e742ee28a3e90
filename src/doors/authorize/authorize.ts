import { nowSecondsOf } from '../../core/context/request-context.ts';
import { whatIsMissing } from '../../core/oauth/what-is-missing.ts';
import { formatNextStep } from '../../core/sign-in/next-step.ts';
import {
  AUTHORIZATION_SECONDS,
  type AuthorizationUnderWay,
  sealAuthorization,
} from '../../usecases/authorization-under-way.ts';
import { factorsOf, hasSecondFactor } from '../../usecases/factors.ts';
import { chargeInVain } from '../../usecases/lookups.ts';
import { asFault } from '../../usecases/record.ts';
import type { DoorRequest } from '../http/door.ts';
import { AUTHORIZATION_COOKIE, setCookie } from '../http/page/cookies.ts';
import { seeOther } from '../http/page/page-answer.ts';
import { readVisitor, type Visitor } from '../http/page/visitor.ts';
import { beginAuthorization } from './begin.ts';
import { clientAnswer } from './client-answer.tsx';
import { consentPage } from './consent.tsx';
import { requireUnderWay } from './under-way.ts';

/** A new request, or the one that this browser brought before it was sent to sign in. */
export async function showAuthorize(door: DoorRequest): Promise<Response> {
  const { searchParams } = door.url;
  const id = searchParams.get('request');
  if (id !== null && !searchParams.has('client_id')) return proceed(door, await requireUnderWay(door, id));
  try {
    const begun = await beginAuthorization(door);
    return begun instanceof Response ? begun : await proceed(door, begun);
  } catch (error) {
    chargeInVain(asFault(error), door.facts, door.deps);
    throw error;
  }
}

/** Sends the person through what is missing, then asks them. */
async function proceed(door: DoorRequest, underWay: AuthorizationUnderWay): Promise<Response> {
  const { request, startedAtSeconds } = underWay;
  const visitor = await readVisitor(door);
  const missing = whatIsMissing(
    visitor?.session ?? null,
    request,
    startedAtSeconds,
    nowSecondsOf(door.facts),
  );
  if (request.prompt.includes('none')) return silently(door, underWay, missing);
  const cookie = setCookie(
    AUTHORIZATION_COOKIE,
    await sealAuthorization(underWay, door.deps),
    AUTHORIZATION_SECONDS,
  );
  const next = formatNextStep({ kind: 'oauth', id: underWay.id });
  if (visitor === null || missing === 'sign_in') return seeOther(door, `/login?next=${next}`, [cookie]);
  if (missing === 'second_factor' && !(await canProveMore(door, visitor))) {
    const description = 'the person has no second factor';
    return clientAnswer(door, request, {
      error: 'unmet_authentication_requirements',
      error_description: description,
    });
  }
  if (missing !== null) return seeOther(door, `/me/confirm?next=${next}`, [cookie]);
  return consentPage(door, visitor, underWay, [], [cookie]);
}

const canProveMore = async ({ deps }: DoorRequest, { session }: Visitor): Promise<boolean> =>
  hasSecondFactor(await factorsOf(session.identity, deps));

/** Nobody may be asked anything; and a role is given to an application only by a person who sees it. */
function silently(
  door: DoorRequest,
  { request }: AuthorizationUnderWay,
  missing: ReturnType<typeof whatIsMissing>,
): Response | Promise<Response> {
  const error = missing === null ? 'consent_required' : 'login_required';
  return clientAnswer(door, request, { error, error_description: 'the person must be asked' });
}
