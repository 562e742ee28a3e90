/** SAML, our side: metadata, logins that begin here, and where their answers come. @see SAML 2.0 Profiles, section 4.1 */
import { parseUtf8 } from '../../core/bytes.ts';
import { Fault } from '../../core/faults.ts';
import { writeSpMetadata } from '../../core/saml/metadata-document.ts';
import {
  accountOfSamlProviderId,
  type SamlProvider,
  samlAddresses,
  signsMessages,
} from '../../core/saml/provider.ts';
import { DEFAULT_NEXT, parseNextStep } from '../../core/sign-in/next-step.ts';
import { chargeInVain, refuseExhausted } from '../../usecases/lookups.ts';
import { asFault, eventOf } from '../../usecases/record.ts';
import {
  beginSamlLogin,
  completeSamlLogin,
  requireSamlProvider,
  SAML_LOGIN_SECONDS,
} from '../../usecases/saml-login.ts';
import { answerSamlLogout, noLogoutAddress } from '../../usecases/saml-logout.ts';
import { SIGN_IN_SOURCE } from '../../usecases/sign-in-session.ts';
import { readBody } from '../http/body.ts';
import { type DoorRequest, isRead } from '../http/door.ts';
import { answerHeaders } from '../http/headers.ts';
import { readCookie, SAML_COOKIE, setCrossSiteCookie } from '../http/page/cookies.ts';
import { afterOutsideLogin } from '../http/page/outside-login.ts';
import { refusalPage } from '../http/page/refusal-page.tsx';

type Answer = (provider: SamlProvider, door: DoorRequest) => Promise<Response>;

const PATH = /^\/saml\/(SAMLSP[A-Z2-7]{24})\/(metadata|login|acs|logout)$/;
/** A response of 256 kB in base64 would not fit AWS's own limit either. */
const MAX_FORM_BYTES = 256 * 1024;

export async function samlDoor(door: DoorRequest): Promise<Response> {
  const [, id = '', what = ''] = PATH.exec(door.url.pathname) ?? [];
  try {
    refuseExhausted(door.facts, door.deps);
    const provider = await requireSamlProvider(id, door.deps);
    return await answerOf(what)(provider, door);
  } catch (error) {
    const fault = asFault(error);
    chargeInVain(fault, door.facts, door.deps);
    noteRefusal(id, what, fault, door);
    return refusalPage(door, fault);
  }
}

const ANSWERS: ReadonlyMap<string, Answer> = new Map<string, Answer>([
  ['metadata', metadata],
  ['login', login],
  ['acs', acs],
  ['logout', logout],
]);

function answerOf(what: string): Answer {
  const answer = ANSWERS.get(what);
  if (answer === undefined) throw new Fault('not_found', 'there is nothing here');
  return answer;
}

async function metadata(provider: SamlProvider, { request, facts, deps }: DoorRequest): Promise<Response> {
  if (!isRead(request)) throw new Fault('method_not_allowed', 'metadata is read by GET');
  const { entityId, assertionConsumerUrl, logoutUrl } = samlAddresses(
    deps.settings.issuer,
    provider.providerId,
  );
  const document = writeSpMetadata({
    entityId,
    assertionConsumerUrl,
    logoutUrl,
    certificates: provider.privateKeys.map(({ certificate }) => certificate),
    signsRequests: signsMessages(provider),
  });
  return new Response(document, { headers: answerHeaders(facts.requestId, 'application/samlmetadata+xml') });
}

async function login(provider: SamlProvider, { request, url, facts, deps }: DoorRequest): Promise<Response> {
  if (!isRead(request)) throw new Fault('method_not_allowed', 'a login begins by GET');
  const wanted = url.searchParams.get('next');
  const next = wanted === null ? DEFAULT_NEXT : parseNextStep(wanted);
  if (next === null) throw new Fault('validation_error', 'next is not a page of ours');
  const { location, cookie } = await beginSamlLogin(provider, next, facts, deps, {
    anew: url.searchParams.has('anew'),
  });
  const headers = {
    location,
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer',
    'x-request-id': facts.requestId,
    'set-cookie': setCrossSiteCookie(SAML_COOKIE, cookie, SAML_LOGIN_SECONDS),
  };
  return new Response(null, { status: 302, headers });
}

/** A form of the identity provider's site: what makes it ours is the cookie and the signature, not where it comes from. */
async function acs(provider: SamlProvider, door: DoorRequest): Promise<Response> {
  const { request, facts, deps } = door;
  const form = await readForm(request);
  const answer = {
    response: requireField(form, 'SAMLResponse'),
    relayState: form.get('RelayState'),
    cookie: readCookie(request, SAML_COOKIE),
  };
  const finished = await completeSamlLogin(provider, answer, facts, deps);
  return afterOutsideLogin(door, finished, setCrossSiteCookie(SAML_COOKIE, '', 0));
}

/** The identity provider's page sends the browser here with a signed request, and takes our answer the same way. */
async function logout(provider: SamlProvider, { request, url, facts, deps }: DoorRequest): Promise<Response> {
  if (!isRead(request)) throw new Fault('method_not_allowed', 'a logout request comes by GET');
  const relayState = url.searchParams.get('RelayState');
  const location = await answerSamlLogout(provider, url.search.slice(1), relayState, facts, deps);
  if (location === null) throw noLogoutAddress();
  const headers = {
    location,
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer',
    'x-request-id': facts.requestId,
  };
  return new Response(null, { status: 302, headers });
}

async function readForm(request: Request): Promise<URLSearchParams> {
  if (request.method !== 'POST') throw new Fault('method_not_allowed', 'a SAML response comes by POST');
  const [type = ''] = (request.headers.get('content-type') ?? '').split(';');
  if (type.trim().toLowerCase() !== 'application/x-www-form-urlencoded') {
    throw new Fault('unsupported_media_type', 'a SAML response comes in a form');
  }
  const text = parseUtf8(await readBody(request, MAX_FORM_BYTES));
  if (text === null) throw new Fault('malformed_query', 'the form is not UTF-8');
  return new URLSearchParams(text);
}

function requireField(form: URLSearchParams, name: string): string {
  const [value, ...more] = form.getAll(name);
  if (value === undefined || more.length > 0 || form.getAll('RelayState').length > 1) {
    throw new Fault('malformed_query', `the form has not exactly one ${name}`);
  }
  return value;
}

/** A login that failed is in the trail, for whoever looks after the account. */
function noteRefusal(id: string, what: string, fault: Fault, { facts, deps }: DoorRequest): void {
  const accountId = accountOfSamlProviderId(id);
  if (accountId === null || what !== 'acs' || fault.code === 'not_found') return;
  const operation = {
    accountId,
    source: SIGN_IN_SOURCE,
    name: 'ConsoleLogin',
    identity: { type: 'Anonymous' } as const,
    readOnly: false,
    parameters: { provider: id },
  };
  deps.audit.note(eventOf(operation, { fault }, facts, deps.random), facts.near);
}
