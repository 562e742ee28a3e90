/** What a client may be registered as. @see RFC 7591 section 2; RFC 9700 section 2 */
import { parseBase64Url } from '../bytes.ts';
import { failure, type Result, success } from '../result.ts';
import { parseDistinguishedName } from '../x509/distinguished-name.ts';
import {
  CLIENT_KEY_ALGORITHMS,
  type ClientGrantType,
  type ClientKey,
  type ClientSettings,
} from './client.ts';
import { isRedirectUri } from './redirect-uri.ts';
import { isScopeToken } from './scope.ts';

const MAX_KEYS = 10;

const PERSONAL_GRANTS: ReadonlySet<string> = new Set<ClientGrantType>([
  'authorization_code',
  'urn:ietf:params:oauth:grant-type:device_code',
]);

/** @returns what is wrong with the settings as a whole, or null. Each field has been read by itself */
export function findSettingsProblem(settings: ClientSettings): string | null {
  const { authenticationMethod, grantTypes, redirectUris, roleArn, keys } = settings;
  const bad = redirectUris.find((uri) => !isRedirectUri(uri));
  if (bad !== undefined) return `\`${bad}\` is no redirect URI that can be matched exactly`;
  if (grantTypes.includes('authorization_code') !== redirectUris.length > 0)
    return 'RedirectUris belong to the grant authorization_code, which needs at least one';
  const isPublic = authenticationMethod === 'none';
  if (isPublic && grantTypes.includes('client_credentials'))
    return 'a public client cannot have the grant client_credentials: anybody could use it';
  const byPeople = grantTypes.some((grant) => PERSONAL_GRANTS.has(grant));
  if (grantTypes.includes('refresh_token') && !byPeople)
    return 'the grant refresh_token goes with authorization_code or device_code';
  if (settings.refresh !== undefined && settings.refresh.idleSeconds > settings.refresh.maxSeconds)
    return 'a refresh token cannot be idle for longer than it lives';
  if (grantTypes.includes('client_credentials') !== (roleArn !== null))
    return 'RoleArn belongs to the grant client_credentials, which needs it';
  if ((authenticationMethod === 'private_key_jwt') !== keys.length > 0)
    return 'JWKS belongs to the method private_key_jwt, which needs at least one key';
  if ((authenticationMethod === 'federated_jwt') !== (settings.federatedAssertion !== undefined))
    return 'AssertionIssuer, AssertionSubject and AssertionAudience belong to the method federated_jwt, which needs all three';
  const certificates = findCertificateProblem(settings);
  if (certificates !== null) return certificates;
  const scope = settings.scopes.find((each) => !isScopeToken(each));
  return scope === undefined ? null : `\`${scope}\` is no scope`;
}

function findCertificateProblem(settings: ClientSettings): string | null {
  const { authenticationMethod: method, certificate, certificateBound, dpopRequired } = settings;
  if ((method === 'tls_client_auth') !== (certificate?.kind === 'issued'))
    return 'TlsClientAuthTrustAnchorId and a name of TlsClientAuth belong to the method tls_client_auth, which needs both';
  if ((method === 'self_signed_tls_client_auth') !== (certificate?.kind === 'registered'))
    return 'TlsClientCertificates belong to the method self_signed_tls_client_auth, which needs at least one';
  const isUnreadable =
    certificate?.kind === 'issued' &&
    certificate.name === 'subject_dn' &&
    parseDistinguishedName(certificate.value) === null;
  if (isUnreadable) return 'TlsClientAuthSubjectDN is no distinguished name of RFC 4514';
  if (certificateBound !== true) return null;
  // RFC 8705 section 4: what a public client's certificate is bound to would have to follow it through its refreshes.
  if (method === 'none') return 'a public client binds its tokens by DPoP';
  return dpopRequired ? 'tokens are bound to one key: by DPoP or by a certificate' : null;
}

const MEMBERS: ReadonlyMap<string, readonly string[]> = new Map([
  ['EC', ['crv', 'x', 'y']],
  ['RSA', ['n', 'e']],
  ['OKP', ['crv', 'x']],
]);

/** What an algorithm's key must be. */
const SHAPES: Readonly<Record<ClientKey['alg'], string>> = {
  ES256: 'EC P-256',
  ES384: 'EC P-384',
  RS256: 'RSA',
  PS256: 'RSA',
  Ed25519: 'OKP Ed25519',
  EdDSA: 'OKP Ed25519',
};

/** 2048 bits. @see RFC 7518 section 3.3 */
const MIN_MODULUS_BYTES = 256;

/**
 * Reads the public keys of `private_key_jwt`.
 * @param text - a JSON Web Key Set; every key names its `kid` and its `alg`
 * @returns the keys with their public members alone, or what is wrong. A private key is refused, never kept
 */
export function parseClientKeys(text: string): Result<readonly ClientKey[], string> {
  const keys = readSet(text);
  if (keys === null || keys.length === 0 || keys.length > MAX_KEYS)
    return failure(`JWKS must be a key set of 1 to ${MAX_KEYS} keys`);
  const read: ClientKey[] = [];
  for (const each of keys) {
    const key = readKey(each);
    if (typeof key === 'string') return failure(key);
    if (read.some(({ kid }) => kid === key.kid)) return failure('two keys of the JWKS have one kid');
    read.push(key);
  }
  return success(read);
}

function readSet(text: string): readonly unknown[] | null {
  try {
    const { keys } = JSON.parse(text) as { keys?: unknown }; // whatever it is
    return Array.isArray(keys) ? keys : null;
  } catch {
    return null; // no JSON
  }
}

function readKey(value: unknown): ClientKey | string {
  const found = new Map(Object.entries(Object(value) as Record<string, unknown>)); // an empty object for anything else
  if (['d', 'k', 'p', 'q'].some((name) => found.has(name))) return 'the JWKS holds a key that is not public';
  const [kid, kty, use] = [found.get('kid'), found.get('kty'), found.get('use')];
  const alg = CLIENT_KEY_ALGORITHMS.find((known) => known === found.get('alg'));
  if (typeof kid !== 'string' || kid === '' || kid.length > 128) return 'every key of the JWKS needs a kid';
  if (alg === undefined) return `alg must be one of ${CLIENT_KEY_ALGORITHMS.join(', ')}`;
  if (use !== undefined && use !== 'sig') return 'every key of the JWKS must be for signatures';
  const jwk: Record<string, string> = { kty: String(kty) };
  for (const name of MEMBERS.get(String(kty)) ?? []) {
    const member = found.get(name);
    if (typeof member !== 'string' || (name !== 'crv' && parseBase64Url(member) === null))
      return `key \`${kid}\` has no usable ${name}`;
    jwk[name] = member;
  }
  if ([jwk.kty, jwk.crv].filter(Boolean).join(' ') !== SHAPES[alg])
    return `key \`${kid}\` does not fit its alg`;
  if (jwk.n !== undefined && (parseBase64Url(jwk.n)?.length ?? 0) < MIN_MODULUS_BYTES)
    return `key \`${kid}\` is too short`;
  return { kid, alg, jwk };
}
