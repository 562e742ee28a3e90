/**
 * The algorithms that sign tokens, and what WebCrypto has to know of each.
 * @see RFC 7518 section 3.1
 */
export type SigningAlgorithm = 'ES256' | 'ES384' | 'RS256';

interface Parameters {
  /** For `generateKey`, which alone wants to know how long an RSA key shall be. */
  readonly generate: SubtleCryptoGenerateKeyAlgorithm;
  /** For `importKey`. */
  readonly import: SubtleCryptoImportKeyAlgorithm;
  /** For `sign`. */
  readonly sign: SubtleCryptoSignAlgorithm;
  /** The members of the public JWK; any other would be a private one. */
  readonly publicMembers: readonly (keyof JsonWebKey)[];
}

/** WebCrypto writes the two numbers of an ECDSA signature one after the other, as RFC 7518 section 3.4 has them. */
const ec = (namedCurve: 'P-256' | 'P-384', hash: 'SHA-256' | 'SHA-384'): Parameters => ({
  generate: { name: 'ECDSA', namedCurve },
  import: { name: 'ECDSA', namedCurve },
  sign: { name: 'ECDSA', hash },
  publicMembers: ['kty', 'crv', 'x', 'y'],
});

const RSA = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' };

const PARAMETERS: Readonly<Record<SigningAlgorithm, Parameters>> = {
  ES256: ec('P-256', 'SHA-256'),
  ES384: ec('P-384', 'SHA-384'),
  RS256: {
    generate: { ...RSA, modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]) },
    import: RSA,
    sign: { name: RSA.name },
    publicMembers: ['kty', 'n', 'e'],
  },
};

/** All of them, in the order in which discovery names them: the first is the default. */
export const SIGNING_ALGORITHMS: readonly SigningAlgorithm[] = ['ES256', 'ES384', 'RS256'];

/** @returns whether a key's algorithm is one that signs */
export const isSigningAlgorithm = (name: string): name is SigningAlgorithm =>
  SIGNING_ALGORITHMS.some((algorithm) => algorithm === name);

/** @returns what WebCrypto has to know of the algorithm */
export const signingParameters = (algorithm: SigningAlgorithm): Parameters => PARAMETERS[algorithm];

/** A public key that verifies, from its JWK. */
export const importPublicKey = (
  algorithm: SigningAlgorithm,
  jwk: Readonly<Record<string, unknown>>,
): Promise<CryptoKey> =>
  // The JWK states its own kty; a stored one that does not fit the algorithm is refused by the runtime.
  crypto.subtle.importKey('jwk', { kty: '', ...jwk }, PARAMETERS[algorithm].import, true, ['verify']);

/** A private key that signs and cannot be exported again. @param pkcs8 - as `generateKey` exported it */
export const importPrivateKey = (
  algorithm: SigningAlgorithm,
  pkcs8: Uint8Array<ArrayBuffer>,
): Promise<CryptoKey> =>
  crypto.subtle.importKey('pkcs8', pkcs8, PARAMETERS[algorithm].import, false, ['sign']);
