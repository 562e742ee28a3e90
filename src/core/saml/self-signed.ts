/** A certificate around a key's public half: identity providers take our keys in no other form, and look at nothing else in it. */
import { type Bytes, concatBytes, toBase64, utf8 } from '../bytes.ts';

const ALGORITHM = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' } as const;
const DAY_SECONDS = 86_400;
const LIFE_SECONDS = 20 * 365 * DAY_SECONDS;

// The few kinds of DER values that a certificate needs. @see RFC 5280 section 4.1; ITU-T X.690 section 8
const SEQUENCE = 0x30;
const SET = 0x31;
const INTEGER = 0x02;
const BIT_STRING = 0x03;
const UTF8_STRING = 0x0c;
const UTC_TIME = 0x17;
const GENERALIZED_TIME = 0x18;
/** sha256WithRSAEncryption, with its NULL parameters. */
const SIGNATURE_ALGORITHM = Uint8Array.from([
  0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0b, 0x05, 0x00,
]);
/** id-at-commonName. */
const COMMON_NAME = Uint8Array.from([0x06, 0x03, 0x55, 0x04, 0x03]);

/**
 * @param pkcs8 - an RSA private key
 * @returns base64 DER, valid for twenty years, and from a day ago on, since clocks differ
 */
export async function selfSigned(pkcs8: Bytes, name: string, nowSeconds: number): Promise<string> {
  const privateKey = await crypto.subtle.importKey('pkcs8', pkcs8, ALGORITHM, true, ['sign']);
  const subject = der(SEQUENCE, der(SET, der(SEQUENCE, COMMON_NAME, der(UTF8_STRING, utf8(name)))));
  const from = nowSeconds - DAY_SECONDS;
  const unsigned = der(
    SEQUENCE,
    der(INTEGER, Uint8Array.of(1)),
    SIGNATURE_ALGORITHM,
    subject,
    der(SEQUENCE, time(from), time(from + LIFE_SECONDS)),
    subject,
    await publicHalf(privateKey),
  );
  const signature = new Uint8Array(await crypto.subtle.sign(ALGORITHM.name, privateKey, unsigned));
  return toBase64(der(SEQUENCE, unsigned, SIGNATURE_ALGORITHM, der(BIT_STRING, Uint8Array.of(0), signature)));
}

async function publicHalf(privateKey: CryptoKey): Promise<Bytes> {
  const { n, e } = (await crypto.subtle.exportKey('jwk', privateKey)) as JsonWebKey; // 'jwk' gives one
  const jwk = { kty: 'RSA', ...(n !== undefined && { n }), ...(e !== undefined && { e }) };
  const key = await crypto.subtle.importKey('jwk', jwk, ALGORITHM, true, ['verify']);
  return new Uint8Array((await crypto.subtle.exportKey('spki', key)) as ArrayBuffer); // raw formats are buffers
}

/** Two digits of the year until 2049. @see RFC 5280 section 4.1.2.5 */
function time(seconds: number): Bytes {
  const text = new Date(seconds * 1000).toISOString().replace(/[-:T]|\.[0-9]+/g, '');
  return text < '2050' ? der(UTC_TIME, utf8(text.slice(2))) : der(GENERALIZED_TIME, utf8(text));
}

function der(tag: number, ...parts: readonly Uint8Array[]): Bytes {
  const content = concatBytes(...parts);
  return concatBytes(Uint8Array.from([tag, ...lengthOf(content.length)]), content);
}

function lengthOf(length: number): readonly number[] {
  if (length < 0x80) return [length];
  return length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
}
