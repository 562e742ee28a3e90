/**
 * Clients that nobody has registered: their id is the address of a document that says who they are. Public clients alone, who sign people in.
 * @see draft-ietf-oauth-client-id-metadata-document
 */
import { clientArn, type OAuthClient } from './client.ts';
import { parseClientMetadata } from './client-metadata.ts';
import { findSettingsProblem } from './client-settings.ts';

/** It has to fit a cookie with the rest of its request. */
const MAX_ID_CHARACTERS = 200;
const MAX_DOCUMENT_CHARACTERS = 16_384;
const GRANTS = ['authorization_code', 'refresh_token'];
const LOOPBACK = /^http:\/\/(?:localhost|127\.0\.0\.1|\[::1\])[:/]/;

/**
 * Whether a text can be such an id: a URL with a path, spelled as it is normalised, without query, fragment or user info.
 * @param isLocal - admits `http://` on loopback
 */
export function isDocumentClientId(text: string, isLocal: boolean): boolean {
  if (text.length > MAX_ID_CHARACTERS || !/^[\x21-\x7e]+$/.test(text) || /[?#@%\\]/.test(text)) return false;
  const url = URL.parse(text);
  if (url === null || url.href !== text || url.pathname === '/') return false;
  return url.protocol === 'https:' || (isLocal && LOOPBACK.test(text));
}

/**
 * Reads what stands at the address. The name in it is its author's own choice, so its web addresses must be of the id's own origin.
 * @returns null for what does not say that it is this client, or is no public client that people let in
 */
export function readClientDocument(
  clientId: string,
  accountId: string,
  document: unknown,
): OAuthClient | null {
  if (typeof document !== 'object' || document === null || Array.isArray(document)) return null;
  if (JSON.stringify(document).length > MAX_DOCUMENT_CHARACTERS) return null;
  const given = new Map<string, unknown>(Object.entries(document));
  const method = given.get('token_endpoint_auth_method') ?? 'none';
  if (given.get('client_id') !== clientId || method !== 'none' || given.has('client_secret')) return null;
  const grants = given.get('grant_types') ?? GRANTS.slice(0, 1);
  // What else it could do, it does elsewhere.
  const grantTypes = Array.isArray(grants) ? grants.filter((grant) => GRANTS.includes(grant)) : [];
  const parsed = parseClientMetadata({
    client_name: given.get('client_name'),
    redirect_uris: given.get('redirect_uris'),
    // Without a scope a client has its person's whole role, which nobody here has said of this one.
    scope: given.get('scope') ?? 'openid',
    grant_types: grantTypes,
    token_endpoint_auth_method: 'none',
    id_token_signed_response_alg: given.get('id_token_signed_response_alg') ?? null,
  });
  if (!parsed.ok || findSettingsProblem(parsed.value) !== null) return null;
  const settings = parsed.value;
  const { origin } = new URL(clientId);
  const isOwn = (uri: string): boolean => !uri.startsWith('https:') || new URL(uri).origin === origin;
  if (settings.scopes.length === 0 || !settings.redirectUris.every(isOwn)) return null;
  return {
    ...{ accountId, clientId, arn: clientArn(accountId, clientId), settings },
    ...{ secrets: [], createdAtSeconds: 0 },
  };
}
