/** Requests with a proof of this browser's key: tokens that are bound to it are worth nothing elsewhere. @see RFC 9449 */
import { keep, recall } from '/kept.js';

export const base64Url = (bytes) =>
  btoa(String.fromCharCode(...new Uint8Array(bytes)))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
export const sha256 = async (text) =>
  base64Url(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)));
const json = (value) => base64Url(new TextEncoder().encode(JSON.stringify(value)));

const pair = await ownKey();
/** Of the broker, for the next proof. */
let nonce;

/** `false`: the private key cannot be taken out, by whatever script. */
async function ownKey() {
  const kept = await recall('key');
  if (kept !== undefined) return kept;
  const made = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign']);
  await keep('key', made);
  return made;
}

const publicKey = async () => {
  const { kty, crv, x, y } = await crypto.subtle.exportKey('jwk', pair.publicKey);
  return { kty, crv, x, y };
};

/** What an authorization request says of the key, so that nobody else can redeem its code. @see RFC 7638, RFC 9449 section 10 */
export async function thumbprint() {
  const { kty, crv, x, y } = await publicKey();
  return sha256(JSON.stringify({ crv, kty, x, y }));
}

async function proof(method, url, accessToken) {
  const head = json({ typ: 'dpop+jwt', alg: 'ES256', jwk: await publicKey() });
  const body = json({
    jti: crypto.randomUUID(),
    htm: method,
    htu: url,
    iat: Math.floor(Date.now() / 1000),
    ...(nonce !== undefined && { nonce }),
    ...(accessToken !== undefined && { ath: await sha256(accessToken) }),
  });
  const signed = new TextEncoder().encode(`${head}.${body}`);
  const signature = await crypto.subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, pair.privateKey, signed);
  return `${head}.${body}.${base64Url(signature)}`;
}

/** As `fetch`, with a proof; where the broker wants its newest nonce in it, a second time. */
export async function fetchWithProof(method, url, { body, accessToken } = {}) {
  for (let tries = 1; ; tries += 1) {
    const headers = { DPoP: await proof(method, url, accessToken) };
    if (accessToken !== undefined) headers.Authorization = `DPoP ${accessToken}`;
    const answer = await fetch(url, { method, headers, body });
    const before = nonce;
    nonce = answer.headers.get('dpop-nonce') ?? nonce;
    if (answer.ok || nonce === before || tries === 2) return answer;
  }
}
