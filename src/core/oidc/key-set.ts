/**
 * An issuer's signing keys, read from its discovery document and key set. Only asymmetric signature keys count; what is meant for
 * something else, too weak or malformed is passed over, as RFC 7517 section 5 asks.
 */
import { importJWK, type JWK } from 'jose';

/** Signature algorithms an ID token may have: asymmetric ones alone. */
export const ID_TOKEN_ALGORITHMS = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
] as const;
export type IdTokenAlgorithm = (typeof ID_TOKEN_ALGORITHMS)[number];

const MAX_KEYS = 100;
const MIN_RSA_BITS = 2048;

export interface IssuerKey {
  readonly kid: string | null;
  readonly jwk: JWK;
  /** Algorithms that this key may verify: those of its type, or its own `alg` alone. */
  readonly algorithms: ReadonlySet<IdTokenAlgorithm>;
}

export interface IssuerKeys {
  /** What the issuer announces that it signs ID tokens with, as far as it is admitted at all. */
  readonly algorithms: ReadonlySet<IdTokenAlgorithm>;
  readonly keys: readonly IssuerKey[];
  /** The imported key, made once per key and algorithm; fails for one that is none, or too weak. */
  readonly import: (key: IssuerKey, algorithm: IdTokenAlgorithm) => Promise<CryptoKey>;
}

/** What an issuer publishes cannot be used. */
export class KeySetError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'KeySetError';
  }
}

/**
 * Reads a discovery document.
 * @param issuers - the exact registered issuer, or several that publish one document; it must name one of them
 * @returns where the keys are, and which admitted algorithms the issuer signs ID tokens with
 * @throws KeySetError when it is another issuer's or names no key set
 * @see OpenID Connect Discovery 1.0 section 4
 */
export function readDiscovery(
  issuers: string | readonly string[],
  value: unknown,
): Pick<IssuerKeys, 'algorithms'> & { jwksUri: string } {
  const discovery = asObject(value);
  const named = discovery === null ? undefined : [issuers].flat().find((each) => each === discovery.issuer);
  if (discovery === null || named === undefined) {
    throw new KeySetError('the discovery document names another issuer');
  }
  if (typeof discovery.jwks_uri !== 'string')
    throw new KeySetError('the discovery document names no key set');
  return {
    jwksUri: discovery.jwks_uri,
    algorithms: announced(discovery.id_token_signing_alg_values_supported),
  };
}

/**
 * Reads a key set.
 * @param algorithms - what the issuer announces
 * @throws KeySetError when there is no list of keys or a list too long
 * @see RFC 7517 section 5
 */
export function readKeySet(value: unknown, algorithms: IssuerKeys['algorithms']): IssuerKeys {
  const set = asObject(value);
  if (!Array.isArray(set?.keys)) throw new KeySetError('the key set has no keys');
  if (set.keys.length > MAX_KEYS) throw new KeySetError(`the key set has more than ${MAX_KEYS} keys`);
  return { algorithms, keys: set.keys.flatMap((jwk: unknown) => readKey(jwk) ?? []), import: importOnce() };
}

const asObject = (value: unknown): Record<string, unknown> | null =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : null;

function announced(value: unknown): ReadonlySet<IdTokenAlgorithm> {
  if (!Array.isArray(value)) return new Set(ID_TOKEN_ALGORITHMS);
  return new Set(ID_TOKEN_ALGORITHMS.filter((algorithm) => value.includes(algorithm)));
}

/** By type and curve. */
const BY_CURVE: ReadonlyMap<string, readonly IdTokenAlgorithm[]> = new Map<
  string,
  readonly IdTokenAlgorithm[]
>([
  ['EC P-256', ['ES256']],
  ['EC P-384', ['ES384']],
  ['EC P-521', ['ES512']],
  ['OKP Ed25519', ['EdDSA', 'Ed25519']],
]);
const RSA_ALGORITHMS: readonly IdTokenAlgorithm[] = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'];

function readKey(value: unknown): IssuerKey | null {
  const jwk = asObject(value);
  if (jwk === null) return null;
  if (jwk.use !== undefined && jwk.use !== 'sig') return null;
  if (jwk.key_ops !== undefined && !(Array.isArray(jwk.key_ops) && jwk.key_ops.includes('verify')))
    return null;
  const possible = algorithmsOf(jwk);
  const own = possible.filter((algorithm) => jwk.alg === undefined || jwk.alg === algorithm);
  if (own.length === 0) return null;
  const { kty, crv, x, y, n, e } = jwk as JWK; // public members only; importJWK checks each
  const members = Object.entries({ kty, crv, x, y, n, e }).filter(([, member]) => member !== undefined);
  return {
    kid: typeof jwk.kid === 'string' ? jwk.kid : null,
    jwk: Object.fromEntries(members) as JWK, // as above
    algorithms: new Set(own),
  };
}

function algorithmsOf(jwk: Record<string, unknown>): readonly IdTokenAlgorithm[] {
  if (jwk.kty === 'RSA') return rsaBits(jwk.n) >= MIN_RSA_BITS ? RSA_ALGORITHMS : [];
  if (typeof jwk.kty !== 'string' || typeof jwk.crv !== 'string') return [];
  return BY_CURVE.get(`${jwk.kty} ${jwk.crv}`) ?? [];
}

/** The modulus length in bits, from its base64url text, rounded up to whole bytes. */
const rsaBits = (n: unknown): number => (typeof n === 'string' ? Math.floor((n.length * 6) / 8) * 8 : 0);

/** The length of a modulus is known for certain only now: its text may begin with noughts. */
async function importStrong(jwk: JWK, algorithm: IdTokenAlgorithm): Promise<CryptoKey> {
  const key = await importJWK(jwk, algorithm);
  if (!(key instanceof CryptoKey)) throw new KeySetError('the key is no public key');
  const { modulusLength } = key.algorithm as { readonly modulusLength?: number }; // of RSA keys alone
  if (modulusLength !== undefined && modulusLength < MIN_RSA_BITS)
    throw new KeySetError('the key is too weak');
  return key;
}

function importOnce(): IssuerKeys['import'] {
  const imported = new Map<string, Promise<CryptoKey>>();
  const identity = new Map<IssuerKey, number>();
  return (key, algorithm) => {
    const number = identity.get(key) ?? identity.size;
    identity.set(key, number);
    const name = `${number}/${algorithm}`;
    const held = imported.get(name);
    if (held !== undefined) return held;
    const fresh = importStrong(key.jwk, algorithm);
    imported.set(name, fresh);
    return fresh;
  };
}
