import { nowSecondsOf } from '../../core/context/request-context.ts';
import { whatIsMissing } from '../../core/oauth/what-is-missing.ts';
import { formatNextStep, pathOf } from '../../core/sign-in/next-step.ts';
import {
  AUTHORIZATION_SECONDS,
  type AuthorizationUnderWay,
  sealAuthorization,
} from '../../usecases/authorization-under-way.ts';
import { decideAsking } from '../../usecases/consent.ts';
import { factorsOf, hasSecondFactor } from '../../usecases/factors.ts';
import { grantAuthorization } from '../../usecases/grant-authorization.ts';
import { chargeInVain } from '../../usecases/lookups.ts';
import { asFault } from '../../usecases/record.ts';
import type { DoorRequest } from '../http/door.ts';
import { AUTHORIZATION_COOKIE, setCookie } from '../http/page/cookies.ts';
import { readForeignForm } from '../http/page/form-post.ts';
import { seeOther } from '../http/page/page-answer.ts';
import { readVisitor, type Visitor } from '../http/page/visitor.ts';
import { beginAuthorization, readQuery } from './begin.ts';
import { clientAnswer } from './client-answer.tsx';
import { consentPage } from './consent.tsx';
import { requireClient } from './known-client.ts';
import { requireUnderWay } from './under-way.ts';

/** A new request, or the one that this browser brought before it was sent to sign in. */
export async function showAuthorize(door: DoorRequest): Promise<Response> {
  const { searchParams } = door.url;
  const id = searchParams.get('request');
  if (id !== null && !searchParams.has('client_id')) return proceed(door, await requireUnderWay(door, id));
  const begun = await begin(door, async () => readQuery(door.url));
  return begun instanceof Response ? begun : proceed(door, begun);
}

/**
 * The same by POST, as a form of the application's own page. Such a form comes without our cookies, so the request is kept and the browser
 * sent on by GET, which brings them.
 * @see OpenID Connect Core section 3.1.2.1
 */
export async function postAuthorize(door: DoorRequest): Promise<Response> {
  const begun = await begin(door, async () => {
    const form = await readForeignForm(door);
    return new Map([...form].filter(([, value]) => value !== ''));
  });
  if (begun instanceof Response) return begun;
  return seeOther(door, pathOf({ kind: 'oauth', id: begun.id }), [await cookieOf(door, begun)]);
}

async function begin(
  door: DoorRequest,
  read: () => Promise<ReadonlyMap<string, string>>,
): ReturnType<typeof beginAuthorization> {
  try {
    return await beginAuthorization(door, await read());
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
  if (request.prompt.includes('none')) return silently(door, visitor, underWay, missing);
  const cookie = await cookieOf(door, underWay);
  const next = formatNextStep({ kind: 'oauth', id: underWay.id });
  if (missing === 'expected_person') {
    const description = 'another person has signed in than the one that id_token_hint names';
    return clientAnswer(door, request, { error: 'login_required', error_description: description });
  }
  if (visitor === null || missing === 'sign_in') return seeOther(door, `/login?next=${next}`, [cookie]);
  if (missing === 'second_factor' && !(await canProveMore(door, visitor))) {
    const description = 'the person has no second factor';
    return clientAnswer(door, request, {
      error: 'unmet_authentication_requirements',
      error_description: description,
    });
  }
  if (missing !== null) return seeOther(door, `/me/confirm?next=${next}`, [cookie]);
  return (
    (await unasked(door, visitor, underWay)).answer ?? consentPage(door, visitor, underWay, [], [cookie])
  );
}

/** Keeps it in the browser that brought it. */
const cookieOf = async ({ deps }: DoorRequest, underWay: AuthorizationUnderWay): Promise<string> =>
  setCookie(AUTHORIZATION_COOKIE, await sealAuthorization(underWay, deps), AUTHORIZATION_SECONDS);

const canProveMore = async ({ deps }: DoorRequest, { session }: Visitor): Promise<boolean> =>
  hasSecondFactor(await factorsOf(session.identity, deps));

/** Nobody may be asked anything. @see OpenID Connect Core section 3.1.2.6 */
async function silently(
  door: DoorRequest,
  visitor: Visitor | null,
  underWay: AuthorizationUnderWay,
  missing: ReturnType<typeof whatIsMissing>,
): Promise<Response> {
  const refuse = (error: string) =>
    clientAnswer(door, underWay.request, { error, error_description: 'the person must be asked' });
  // Who is signed in to another account is nobody here.
  if (visitor === null || missing !== null || visitor.session.identity.accountId !== underWay.accountId)
    return refuse('login_required');
  const { answer, need } = await unasked(door, visitor, underWay);
  return answer ?? refuse(need === 'role' ? 'interaction_required' : 'consent_required');
}

interface Unasked {
  /** Null where the person must see the page. */
  readonly answer: Response | null;
  readonly need: 'none' | 'consent' | 'role';
}

/** Gives the application what its person let it have before, or what the account's own need not ask for. */
async function unasked(
  door: DoorRequest,
  visitor: Visitor,
  underWay: AuthorizationUnderWay,
): Promise<Unasked> {
  const { facts, deps } = door;
  const client = await requireClient(door, visitor, underWay);
  const asking = await decideAsking(visitor.session, client, underWay, facts, deps);
  if (asking.need !== 'none') return { answer: null, need: asking.need };
  const { roleArn, why } = asking;
  try {
    const agreement = { signIn: visitor.session, client, underWay, roleArn, unasked: why, remember: false };
    const code = await grantAuthorization(agreement, facts, deps);
    return { answer: await clientAnswer(door, underWay.request, { code }), need: 'none' };
  } catch (error) {
    // The role is not the person's any more: they may choose another.
    if (asFault(error).code !== 'access_denied') throw error;
    return { answer: null, need: 'consent' };
  }
}
