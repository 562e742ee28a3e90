/**
 * The key that a token is bound to, as one text: the thumbprint of a key that DPoP proves (RFC 7638), or that of a certificate of
 * mutual TLS, with a mark before it. So whatever stores, compares or hands on one need not know which kind it is.
 */

/** No thumbprint holds a colon. */
const CERTIFICATE_MARK = 'x5t#S256:';

/** @param thumbprint - SHA-256 of the certificate's DER, base64url. @see RFC 8705 section 3.1 */
export const certificateKey = (thumbprint: string): string => `${CERTIFICATE_MARK}${thumbprint}`;

export const isCertificateKey = (key: string): boolean => key.startsWith(CERTIFICATE_MARK);

/** The claim `cnf` of a token that is bound to a key. */
export type Confirmation = { readonly jkt: string } | { readonly 'x5t#S256': string };

export const confirmationOf = (key: string): Confirmation =>
  isCertificateKey(key) ? { 'x5t#S256': key.slice(CERTIFICATE_MARK.length) } : { jkt: key };

/** @returns the key; null for a token that is bound to nothing, undefined for a binding that is not known here, or more than one */
export function keyOfConfirmation(cnf: unknown): string | null | undefined {
  if (cnf === undefined) return null;
  const members = Object.entries(Object(cnf) as Record<string, unknown>); // none for anything but an object
  const [[name, value] = ['', null], ...more] = members;
  if (more.length > 0 || typeof value !== 'string' || value === '') return undefined;
  if (name === 'jkt') return isCertificateKey(value) ? undefined : value;
  return name === 'x5t#S256' ? certificateKey(value) : undefined;
}

/** How an access token is used: with a proof of its key, or by itself, if need be through a connection that has its certificate. @see RFC 9449 section 5 */
export const tokenTypeOf = (key: string | null): 'DPoP' | 'Bearer' =>
  key === null || isCertificateKey(key) ? 'Bearer' : 'DPoP';
