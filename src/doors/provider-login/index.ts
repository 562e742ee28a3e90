/** `/login/{provider}` and `/login/{provider}/callback`: out to a provider and back. */
import { Fault } from '../../core/faults.ts';
import { DEFAULT_NEXT, parseNextStep } from '../../core/sign-in/next-step.ts';
import { chargeInVain, refuseExhausted } from '../../usecases/lookups.ts';
import { noteFailedLogin } from '../../usecases/note-failed-login.ts';
import {
  beginProviderLogin,
  finishProviderLogin,
  PROVIDER_LOGIN_SECONDS,
  type ProviderCallback,
} from '../../usecases/provider-login.ts';
import { asFault } from '../../usecases/record.ts';
import type { DoorRequest } from '../http/door.ts';
import { dropCookie, PROVIDER_COOKIE, readCookie, setCookie } from '../http/page/cookies.ts';
import { afterOutsideLogin } from '../http/page/outside-login.ts';
import { refusalPage } from '../http/page/refusal-page.tsx';

export const PROVIDER_LOGIN_PREFIX = '/login/op';

const PATH = /^\/login\/(op[0-9a-z]{1,64})(\/callback)?$/;
const MAX_PARAMETER_CHARACTERS = 4096;

export async function providerLoginDoor(door: DoorRequest): Promise<Response> {
  const [, providerId, callback] = PATH.exec(door.url.pathname) ?? [];
  try {
    refuseExhausted(door.facts, door.deps);
    if (providerId === undefined) throw new Fault('not_found', 'there is nothing here');
    if (door.request.method !== 'GET')
      throw new Fault('method_not_allowed', 'a login is begun and finished by GET');
    return callback === undefined ? await begin(door, providerId) : await finish(door, providerId);
  } catch (error) {
    const fault = asFault(error);
    chargeInVain(fault, door.facts, door.deps);
    await noteFailedLogin(providerId ?? null, fault, door.facts, door.deps);
    return refusalPage(door, fault);
  }
}

async function begin({ url, facts, deps }: DoorRequest, providerId: string): Promise<Response> {
  const next = parseNextStep(url.searchParams.get('next') ?? '') ?? DEFAULT_NEXT;
  const { location, cookie } = await beginProviderLogin(providerId, next, facts, deps, {
    anew: url.searchParams.has('anew'),
  });
  return new Response(null, {
    status: 302,
    headers: {
      location,
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'x-request-id': facts.requestId,
      'set-cookie': setCookie(PROVIDER_COOKIE, cookie, PROVIDER_LOGIN_SECONDS),
    },
  });
}

async function finish(door: DoorRequest, providerId: string): Promise<Response> {
  const { request, facts, deps } = door;
  const callback = readCallback(door.url.searchParams);
  const cookie = readCookie(request, PROVIDER_COOKIE);
  const finished = await finishProviderLogin(providerId, callback, cookie, facts, deps);
  return afterOutsideLogin(door, finished, dropCookie(PROVIDER_COOKIE));
}

/** @throws Fault `malformed_query` for a parameter that stands twice: which of the two is meant nobody can tell */
function readCallback(query: URLSearchParams): ProviderCallback {
  const one = (name: string): string | null => {
    const [value = null, ...others] = query.getAll(name);
    if (others.length > 0 || (value?.length ?? 0) > MAX_PARAMETER_CHARACTERS)
      throw new Fault('malformed_query', 'the answer of the provider cannot be read');
    return value;
  };
  return { state: one('state'), code: one('code'), error: one('error'), issuer: one('iss') };
}
