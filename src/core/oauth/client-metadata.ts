/** Client metadata as RFC 7591 writes it, both ways. */

import { SIGNING_ALGORITHMS } from '../keyring/signing-algorithm.ts';
import { failure, type Result, success } from '../result.ts';
import {
  CLIENT_GRANT_TYPES,
  type ClientAuthenticationMethod,
  type ClientKey,
  type ClientSettings,
  DEFAULT_ID_TOKEN_ALGORITHM,
  idTokenAlgorithmOf,
  type OAuthClient,
} from './client.ts';
import { parseClientKeys } from './client-settings.ts';
import { isRedirectUri } from './redirect-uri.ts';
import { parseScope } from './scope.ts';

/** @see RFC 7591 section 3.2.2 */
export interface MetadataFailure {
  readonly error: 'invalid_redirect_uri' | 'invalid_client_metadata';
  readonly message: string;
}

type Metadata = Readonly<Record<string, unknown>>;

/** Those that a registration can name with what RFC 7591 knows. */
const METHODS: readonly ClientAuthenticationMethod[] = [
  'none',
  'client_secret_basic',
  'client_secret_post',
  'private_key_jwt',
];
const MAX_URIS = 20;
const MAX_WORDS = 50;
const MAX_CHARACTERS = 2000;
/** As RegisterClient has it: what people see, without control characters. */
const NAME = /^[\u0020-\u007E\u00A1-\uD7FF\uE000-\uFFFD]{1,128}$/;
const UNNAMED = 'Unnamed application';

/**
 * What a client would be promised by name and not be given: said, rather than passed over. The value beside it is what we do.
 * Anything else that is not known is passed over, as section 2 wants it.
 */
const PROMISES: Readonly<Record<string, unknown>> = {
  id_token_encrypted_response_alg: undefined,
  userinfo_signed_response_alg: undefined,
  userinfo_encrypted_response_alg: undefined,
  request_object_signing_alg: undefined,
  subject_type: 'public',
  jwks_uri: undefined,
  require_signed_request_object: false,
  require_pushed_authorization_requests: false,
};

class Refused extends Error {
  readonly failure: MetadataFailure;

  constructor(error: MetadataFailure['error'], message: string) {
    super(message);
    this.failure = { error, message };
  }
}

const wrong = (message: string): Refused => new Refused('invalid_client_metadata', message);

/**
 * Reads what a client says of itself; whether the settings go together is not looked at.
 * @returns its settings, with RFC 7591's defaults
 */
export function parseClientMetadata(metadata: Metadata): Result<ClientSettings, MetadataFailure> {
  try {
    return success(read(metadata));
  } catch (error) {
    if (error instanceof Refused) return failure(error.failure);
    throw error;
  }
}

function read(metadata: Metadata): ClientSettings {
  // A Map, so that no odd name finds an inherited member. What is null is not there.
  const given = new Map(Object.entries(metadata).filter(([, value]) => value !== null));
  for (const [name, kept] of Object.entries(PROMISES)) {
    if (given.has(name) && given.get(name) !== kept) throw wrong(`${name} cannot have this value here`);
  }
  const grantTypes = grantTypesOf(given.get('grant_types'));
  checkResponseTypes(given.get('response_types'), grantTypes.includes('authorization_code'));
  const postLogoutRedirectUris = uris(given, 'post_logout_redirect_uris');
  const backchannelLogoutUri = text(given, 'backchannel_logout_uri');
  return {
    name: nameOf(given.get('client_name')),
    authenticationMethod: methodOf(given.get('token_endpoint_auth_method')),
    grantTypes,
    redirectUris: redirectUrisOf(given),
    scopes: scopesOf(text(given, 'scope')),
    audiences: words(given, 'daypass_audiences'),
    roleArn: text(given, 'daypass_role_arn') ?? null,
    dpopRequired: flag(given, 'dpop_bound_access_tokens'),
    keys: keysOf(given.get('jwks')),
    ...(flag(given, 'tls_client_certificate_bound_access_tokens') && { certificateBound: true }),
    ...(postLogoutRedirectUris.length > 0 && { postLogoutRedirectUris }),
    ...(backchannelLogoutUri !== undefined && { backchannelLogoutUri }),
    ...idTokenAlgorithmIn(given.get('id_token_signed_response_alg')),
  };
}

type Given = ReadonlyMap<string, unknown>;

function text(given: Given, name: string): string | undefined {
  const value = given.get(name);
  if (value === undefined) return undefined;
  if (typeof value !== 'string' || value === '' || value.length > MAX_CHARACTERS)
    throw wrong(`${name} must be a text`);
  return value;
}

function flag(given: Given, name: string): boolean {
  const value = given.get(name) ?? false;
  if (typeof value !== 'boolean') throw wrong(`${name} must be true or false`);
  return value;
}

/** @returns each once */
function listOf(value: unknown, name: string, max: number): readonly string[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : [undefined];
  const texts = list.filter(
    (each) => typeof each === 'string' && each !== '' && each.length <= MAX_CHARACTERS,
  );
  if (texts.length !== list.length || list.length > max)
    throw wrong(`${name} must be a list of at most ${max} texts`);
  return [...new Set(texts as string[])]; // filtered just before
}

const words = (given: Given, name: string): readonly string[] =>
  listOf(given.get(name) ?? [], name, MAX_WORDS);
const uris = (given: Given, name: string): readonly string[] => listOf(given.get(name) ?? [], name, MAX_URIS);

function redirectUrisOf(given: Given): readonly string[] {
  const found = uris(given, 'redirect_uris');
  if (found.every(isRedirectUri)) return found;
  throw new Refused(
    'invalid_redirect_uri',
    'a redirect URI is not https, loopback or a private scheme, spelled as it is matched',
  );
}

function nameOf(value: unknown = UNNAMED): string {
  if (typeof value === 'string' && NAME.test(value)) return value;
  throw wrong('client_name must be 1 to 128 characters that people can read');
}

function methodOf(value: unknown = 'client_secret_basic'): ClientAuthenticationMethod {
  const found = METHODS.find((method) => method === value);
  if (found === undefined) throw wrong(`token_endpoint_auth_method must be one of ${METHODS.join(', ')}`);
  return found;
}

function grantTypesOf(value: unknown = ['authorization_code']): ClientSettings['grantTypes'] {
  const asked = listOf(value, 'grant_types', MAX_WORDS);
  const found = CLIENT_GRANT_TYPES.filter((grant) => asked.includes(grant));
  if (asked.length === 0 || found.length !== asked.length)
    throw wrong('grant_types has one that is not served');
  return found;
}

/** @see RFC 7591 section 2.1: response types and grants belong together */
function checkResponseTypes(value: unknown, byCode: boolean): void {
  if (value === undefined) return;
  const asked = listOf(value, 'response_types', MAX_WORDS);
  if (asked.join() !== (byCode ? 'code' : ''))
    throw wrong('response_types must be ["code"] with authorization_code, and empty without');
}

function scopesOf(scope: string | undefined): readonly string[] {
  if (scope === undefined) return [];
  const found = parseScope(scope);
  if (found === null) throw wrong('scope is malformed');
  return found;
}

/** Who says nothing gets our default, and is told so: others than RS256 are as good for it. */
function idTokenAlgorithmIn(
  value: unknown = DEFAULT_ID_TOKEN_ALGORITHM,
): Pick<ClientSettings, 'idTokenAlgorithm'> {
  const found = SIGNING_ALGORITHMS.find((algorithm) => algorithm === value);
  if (found === undefined)
    throw wrong(`id_token_signed_response_alg must be one of ${SIGNING_ALGORITHMS.join(', ')}`);
  return found === DEFAULT_ID_TOKEN_ALGORITHM ? {} : { idTokenAlgorithm: found };
}

function keysOf(jwks: unknown): readonly ClientKey[] {
  if (jwks === undefined) return [];
  const keys = parseClientKeys(JSON.stringify(jwks));
  if (!keys.ok) throw wrong(keys.failure);
  return keys.value;
}

/** What a client is registered as. @see RFC 7591 section 3.2.1 */
export function clientMetadataOf({ clientId, settings, createdAtSeconds }: OAuthClient): Metadata {
  const { keys, roleArn, audiences, scopes, postLogoutRedirectUris, backchannelLogoutUri } = settings;
  return {
    client_id: clientId,
    client_id_issued_at: createdAtSeconds,
    client_name: settings.name,
    token_endpoint_auth_method: settings.authenticationMethod,
    grant_types: settings.grantTypes,
    response_types: settings.grantTypes.includes('authorization_code') ? ['code'] : [],
    redirect_uris: settings.redirectUris,
    dpop_bound_access_tokens: settings.dpopRequired,
    ...(settings.certificateBound === true && { tls_client_certificate_bound_access_tokens: true }),
    id_token_signed_response_alg: idTokenAlgorithmOf({ settings }),
    ...(scopes.length > 0 && { scope: scopes.join(' ') }),
    ...(keys.length > 0 && {
      jwks: { keys: keys.map(({ kid, alg, jwk }) => ({ ...jwk, kid, alg, use: 'sig' })) },
    }),
    ...(postLogoutRedirectUris !== undefined && { post_logout_redirect_uris: postLogoutRedirectUris }),
    ...(backchannelLogoutUri !== undefined && {
      backchannel_logout_uri: backchannelLogoutUri,
      backchannel_logout_session_required: true,
    }),
    ...(audiences.length > 0 && { daypass_audiences: audiences }),
    ...(roleArn !== null && { daypass_role_arn: roleArn }),
  };
}
