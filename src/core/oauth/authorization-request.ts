/**
 * The parameters of an authorization request, once client and redirect URI are trusted. Only the code flow with PKCE S256 is known.
 * @see RFC 6749 section 4.1.1, RFC 7636, RFC 9700 section 2.1, OpenID Connect Core section 3.1.2.1
 */
import { utf8 } from '../bytes.ts';
import { failure, type Result, success } from '../result.ts';
import { type AuthorizationDetails, parseAuthorizationDetails } from './authorization-details.ts';
import { parseScope, withoutUntold } from './scope.ts';

export const PROMPTS = ['none', 'login', 'consent', 'select_account'] as const;
export type Prompt = (typeof PROMPTS)[number];
export const RESPONSE_MODES = ['query', 'form_post'] as const;
export type ResponseMode = (typeof RESPONSE_MODES)[number];

export interface AuthorizationRequest {
  readonly redirectUri: string;
  readonly codeChallenge: string;
  readonly scope: readonly string[];
  readonly state: string | null;
  readonly nonce: string | null;
  readonly responseMode: ResponseMode;
  readonly prompt: readonly Prompt[];
  readonly maxAgeSeconds: number | null;
  readonly acrValues: readonly string[];
  /** Whom the client expects: filled in on the sign-in page, and never believed; null where it says nothing usable. */
  readonly loginHint: string | null;
  /** The one person who may answer, from an ID token that the client has shown; null where anybody may. */
  readonly expectedSubject: string | null;
  /** RFC 8707; null for the client's own. */
  readonly audience: string | null;
  /** Null where none are asked for. @see RFC 9396 section 3 */
  readonly authorizationDetails: AuthorizationDetails | null;
  /** Of the key without which the code is worth nothing; null where any sender may redeem it. @see RFC 9449 section 10 */
  readonly keyThumbprint: string | null;
}

export interface RequestFailure {
  readonly error:
    | 'invalid_request'
    | 'unsupported_response_type'
    | 'invalid_scope'
    | 'invalid_authorization_details'
    | 'request_not_supported'
    | 'request_uri_not_supported'
    | 'registration_not_supported';
  readonly message: string;
}

type Parameters = ReadonlyMap<string, string>;

const MAX_TEXT = 1024;
/** All of it has to fit a cookie. */
const MAX_TOGETHER = 2200;
/** The same, as it is written there: quotation marks, control characters and other alphabets take more room. */
const MAX_WRITTEN_BYTES = 2500;

/**
 * @param parameters - each stands once; those without a value are left out, and so is `id_token_hint`
 * @param expectedSubject - whom the hint named, or null
 */
export function parseAuthorizationRequest(
  redirectUri: string,
  parameters: Parameters,
  expectedSubject: string | null,
): Result<AuthorizationRequest, RequestFailure> {
  const refused = firstFailure(parameters);
  if (refused !== null) return failure(refused);
  const maxAge = parameters.get('max_age');
  const details = parseDetails(parameters.get('authorization_details'));
  if (!details.ok) return details;
  const request: AuthorizationRequest = {
    redirectUri,
    codeChallenge: parameters.get('code_challenge') ?? '',
    scope: withoutUntold(words(parameters.get('scope'))),
    state: parameters.get('state') ?? null,
    nonce: parameters.get('nonce') ?? null,
    responseMode: responseModeOf(parameters),
    prompt: PROMPTS.filter((prompt) => words(parameters.get('prompt')).includes(prompt)),
    maxAgeSeconds: maxAge === undefined ? null : Number(maxAge),
    acrValues: words(parameters.get('acr_values')),
    loginHint: loginHintOf(parameters.get('login_hint')),
    expectedSubject,
    audience: parameters.get('resource') ?? null,
    authorizationDetails: details.value,
    keyThumbprint: parameters.get('dpop_jkt') ?? null,
  };
  const fits = utf8(JSON.stringify(request)).length <= MAX_WRITTEN_BYTES;
  return fits ? success(request) : failure(invalid('the request is too long'));
}

function parseDetails(text: string | undefined): Result<AuthorizationDetails | null, RequestFailure> {
  if (text === undefined) return success(null);
  const details = parseAuthorizationDetails(text);
  if (details.ok) return details;
  return failure({ error: 'invalid_authorization_details', message: details.failure });
}

/** What can be a user's name or address; anything else is passed over, for a hint decides nothing. */
const loginHintOf = (hint = ''): string | null => (/^[\w+=,.@-]{1,64}$/.test(hint) ? hint : null);

/** How the answer is sent, also where the rest of the request is wrong. */
export const responseModeOf = (parameters: Parameters): ResponseMode =>
  parameters.get('response_mode') === 'form_post' ? 'form_post' : 'query';

const words = (text: string | undefined): readonly string[] => [
  ...new Set((text ?? '').split(' ').filter((word) => word !== '')),
];

const invalid = (message: string): RequestFailure => ({ error: 'invalid_request', message });

/** @see OpenID Connect Core sections 6.1, 6.2.2 and 7.2.1: each has an error of its own */
const NOT_SUPPORTED: readonly (readonly [name: string, error: RequestFailure['error']])[] = [
  ['request', 'request_not_supported'],
  ['request_uri', 'request_uri_not_supported'],
  ['registration', 'registration_not_supported'],
];

/** In the order in which a developer meets them. */
function firstFailure(parameters: Parameters): RequestFailure | null {
  const get = (name: string): string => parameters.get(name) ?? '';
  for (const [name, error] of NOT_SUPPORTED) {
    if (parameters.has(name)) return { error, message: `${name} is not supported` };
  }
  for (const [name, value] of parameters) {
    if (value.length > MAX_TEXT) return invalid(`${name} is too long`);
  }
  if ([...parameters.values()].join('').length > MAX_TOGETHER) return invalid('the request is too long');
  if (!parameters.has('response_type')) return invalid('response_type is missing');
  if (get('response_type') !== 'code') {
    return { error: 'unsupported_response_type', message: 'response_type must be code' };
  }
  return (
    wrongChallenge(get('code_challenge'), get('code_challenge_method')) ??
    wrongScope(get('scope')) ??
    wrongPrompt(words(get('prompt'))) ??
    wrongRest(parameters)
  );
}

/** Without a method RFC 7636 means `plain`, which is refused. */
function wrongChallenge(challenge: string, method: string): RequestFailure | null {
  if (challenge === '') return invalid('code_challenge is missing: PKCE is required');
  if (method !== 'S256') return invalid('code_challenge_method must be S256');
  return /^[\w-]{43}$/.test(challenge) ? null : invalid('code_challenge is not a SHA-256 in base64url');
}

function wrongScope(scope: string): RequestFailure | null {
  return scope === '' || parseScope(scope) !== null
    ? null
    : { error: 'invalid_scope', message: 'scope is malformed' };
}

function wrongPrompt(prompt: readonly string[]): RequestFailure | null {
  if (!prompt.every((word) => PROMPTS.some((known) => known === word))) {
    return invalid('prompt has a value that is not known');
  }
  return prompt.includes('none') && prompt.length > 1 ? invalid('prompt none stands alone') : null;
}

function wrongRest(parameters: Parameters): RequestFailure | null {
  const mode = parameters.get('response_mode');
  if (mode !== undefined && !RESPONSE_MODES.some((known) => known === mode)) {
    return invalid('response_mode must be query or form_post');
  }
  if (!/^\d{1,9}$/.test(parameters.get('max_age') ?? '0'))
    return invalid('max_age must be a number of seconds');
  const jkt = parameters.get('dpop_jkt');
  if (jkt !== undefined && !/^[\w-]{43}$/.test(jkt)) return invalid('dpop_jkt is not a SHA-256 in base64url');
  return null;
}
