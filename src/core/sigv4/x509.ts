/**
 * SigV4 with the key of a certificate instead of a shared secret.
 * @see https://docs.aws.amazon.com/rolesanywhere/latest/userguide/authentication-sign-process.html
 */
import { type Bytes, parseHex, toHex, utf8 } from '../bytes.ts';
import { failure, type Result, success } from '../result.ts';
import { parseAmzDate } from '../time.ts';
import type { CertificateKey } from '../x509/certificate.ts';
import { canonicalRequest } from './canonical.ts';
import type { CredentialScope, RequestHead } from './signed-request.ts';

const ALGORITHMS: ReadonlyMap<string, 'RSA' | 'EC'> = new Map([
  ['AWS4-X509-RSA-SHA256', 'RSA'],
  ['AWS4-X509-ECDSA-SHA256', 'EC'],
]);
const SERVICE = 'rolesanywhere';
/** As for SigV4. */
const SKEW_SECONDS = 900;
const FORM =
  /^(AWS4-X509-(?:RSA|ECDSA)-SHA256) Credential=([0-9]{1,60})\/([0-9]{8})\/([a-z0-9-]{1,32})\/([a-z0-9-]{1,32})\/aws4_request, ?SignedHeaders=([a-z0-9;_-]{1,1000}), ?Signature=([0-9a-f]{16,2048})$/;
/** The certificate and all that says what is asked, by whom and when. */
const MUST_BE_SIGNED = ['host', 'x-amz-date', 'x-amz-x509'];

/** A request that claims such a signature, taken apart. */
export interface X509SignedRequest {
  readonly head: RequestHead;
  readonly algorithm: string;
  readonly kind: 'RSA' | 'EC';
  /** Serial number of the certificate, decimal. */
  readonly serial: string;
  readonly scope: CredentialScope;
  readonly amzDate: string;
  readonly signedHeaders: readonly string[];
  readonly signature: Bytes;
  /** Base64 of DER. */
  readonly certificate: string;
  readonly chain: readonly string[];
  readonly headers: ReadonlyMap<string, string>;
}

/** @returns the request taken apart, or why it is refused; nothing is proved yet */
export function parseX509Request(head: RequestHead, nowSeconds: number): Result<X509SignedRequest, string> {
  const headers = new Map([...head.headers].map(([name, value]) => [name.toLowerCase(), value]));
  const found = FORM.exec(headers.get('authorization') ?? '');
  const [, algorithm = '', serial = '', date = '', region = '', service = '', names = '', hex = ''] =
    found ?? [];
  const kind = ALGORITHMS.get(algorithm);
  const signature = parseHex(hex);
  if (kind === undefined || signature === null) return failure('the Authorization header');
  const amzDate = headers.get('x-amz-date') ?? '';
  const signedAtSeconds = parseAmzDate(amzDate);
  if (signedAtSeconds === null || Math.abs(nowSeconds - signedAtSeconds) > SKEW_SECONDS)
    return failure('the date');
  if (service !== SERVICE || amzDate.slice(0, 8) !== date) return failure('the scope');
  const signedHeaders = names.split(';');
  if (signedHeaders.some((name, at) => !headers.has(name) || name <= (signedHeaders[at - 1] ?? '')))
    return failure('the signed headers');
  const mustBeSigned = [...headers.keys()].filter((name) => name.startsWith('x-amz-')).concat(MUST_BE_SIGNED);
  if (mustBeSigned.some((name) => !signedHeaders.includes(name)))
    return failure('a header that is not signed');
  return success({
    ...{ head, algorithm, kind, serial, amzDate, signedHeaders, signature, headers },
    scope: { date, region, service },
    certificate: headers.get('x-amz-x509') ?? '',
    chain: (headers.get('x-amz-x509-chain') ?? '').split(',').filter((each) => each !== ''),
  });
}

/** Checks the signature over the request exactly as it arrived. */
export async function verifyX509Signature(
  signed: X509SignedRequest,
  payload: Bytes,
  key: CertificateKey,
): Promise<boolean> {
  const canonical = canonicalRequest(
    {
      ...{ form: 'header', method: signed.head.method, path: signed.head.path, query: signed.head.query },
      ...{ headers: signed.headers, signedHeaders: signed.signedHeaders },
    },
    await sha256Hex(payload),
  );
  if (canonical === null) return false;
  const { date, region, service } = signed.scope;
  const scope = `${date}/${region}/${service}/aws4_request`;
  const hash = await sha256Hex(utf8(canonical));
  const text = utf8([signed.algorithm, signed.amzDate, scope, hash].join('\n'));
  try {
    return signed.kind === 'RSA'
      ? await verifyRsa(key, signed.signature, text)
      : await verifyEc(key, signed.signature, text);
  } catch {
    return false; // a key of another kind than the algorithm's
  }
}

async function verifyRsa({ spki }: CertificateKey, signature: Bytes, text: Bytes): Promise<boolean> {
  const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' };
  const key = await crypto.subtle.importKey('spki', spki, algorithm, false, ['verify']);
  return crypto.subtle.verify(algorithm, key, signature, text);
}

const CURVES: ReadonlyMap<string, { readonly namedCurve: string; readonly bytes: number }> = new Map([
  ['ES256', { namedCurve: 'P-256', bytes: 32 }],
  ['ES384', { namedCurve: 'P-384', bytes: 48 }],
  ['ES512', { namedCurve: 'P-521', bytes: 66 }],
]);

async function verifyEc(
  { algorithm, spki }: CertificateKey,
  signature: Bytes,
  text: Bytes,
): Promise<boolean> {
  const curve = CURVES.get(algorithm);
  const raw = curve === undefined ? null : rawSignature(signature, curve.bytes);
  if (curve === undefined || raw === null) return false;
  const { namedCurve } = curve;
  const key = await crypto.subtle.importKey('spki', spki, { name: 'ECDSA', namedCurve }, false, ['verify']);
  return crypto.subtle.verify({ name: 'ECDSA', hash: 'SHA-256' }, key, raw, text);
}

/** DER to the form of WebCrypto: two integers of fixed length. @returns null for what is no such DER */
function rawSignature(der: Bytes, bytes: number): Bytes | null {
  const long = der[1] === 0x81;
  const start = long ? 3 : 2;
  if (der[0] !== 0x30 || der[start - 1] !== der.length - start) return null;
  const raw = new Uint8Array(2 * bytes);
  let at = start;
  for (const half of [0, 1]) {
    const length = der[at + 1] ?? 0;
    const value = der.subarray(at + 2, at + 2 + length);
    const digits = value[0] === 0 ? value.subarray(1) : value;
    if (der[at] !== 0x02 || value.length !== length || length === 0 || digits.length > bytes) return null;
    raw.set(digits, (half + 1) * bytes - digits.length);
    at += 2 + length;
  }
  return at === der.length ? raw : null;
}

const sha256Hex = async (bytes: Bytes): Promise<string> =>
  toHex(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)));
