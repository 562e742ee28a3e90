/** Scopes: names for sets of permissions, as requests and tokens write them. @see RFC 6749 section 3.3 */

/** A scope that is registered in an account: what a token with it may do, within its role. */
export interface ScopeRecord {
  readonly scope: string;
  readonly description: string;
  /** A policy document in the grammar of session policies. */
  readonly document: string;
  readonly createdAtSeconds: number;
}

/** Asks for refresh tokens. @see OpenID Connect Core section 11 */
export const OFFLINE_ACCESS = 'offline_access';

/** Scopes for claims that Daypass has none of. Many clients ask for them from the start. @see OpenID Connect Core section 5.4 */
const UNTOLD: ReadonlySet<string> = new Set(['email', 'address', 'phone']);

/** Scopes that the protocols define; they grant nothing at a resource and are not registered. */
export const PROTOCOL_SCOPES: ReadonlySet<string> = new Set(['openid', 'profile', ...UNTOLD, OFFLINE_ACCESS]);

/**
 * The scopes of a request that something is done about. The rest is passed over: no page asks for it, and the answer does not name it.
 * @see OpenID Connect Core section 3.1.2.1 (`scope`), RFC 6749 section 3.3
 */
export const withoutUntold = (scopes: readonly string[]): readonly string[] =>
  scopes.filter((scope) => !UNTOLD.has(scope));

const MAX_SCOPES = 50;
const SCOPE_TOKEN = /^[\x21\x23-\x5b\x5d-\x7e]{1,128}$/;

/** @returns whether a text can be one scope */
export const isScopeToken = (text: string): boolean => SCOPE_TOKEN.test(text);

/** @returns the scopes of a request, each once and in order; null for what is no list of scopes */
export function parseScope(text: string): readonly string[] | null {
  const scopes = [...new Set(text.split(' '))];
  return scopes.length <= MAX_SCOPES && scopes.every(isScopeToken) ? scopes : null;
}

/** A scope as policies name it. @param scope - `*` for every one */
export const scopeArn = (accountId: string, scope: string): string =>
  `arn:aws:daypass::${accountId}:scope/${scope}`;

const NOTHING = { Version: '2012-10-17', Statement: [{ Effect: 'Deny', Action: '*', Resource: '*' }] };

/**
 * One policy of several scopes: it allows what any of them allows, and denies what any of them denies.
 * @param documents - parsed when they were registered, each of version 2012-10-17
 * @returns a document for the session's scope layer; one that denies everything where there is none
 */
export function joinScopePolicies(documents: readonly string[]): string {
  if (documents.length === 0) return JSON.stringify(NOTHING);
  const statements = documents.flatMap((document) => {
    const { Statement } = JSON.parse(document) as { Statement: object | object[] }; // parsed when it was registered
    // Sids must be unique in a document, and two scopes may use the same.
    return [Statement].flat().map((statement) => ({ ...statement, Sid: undefined }));
  });
  return JSON.stringify({ Version: '2012-10-17', Statement: statements });
}
