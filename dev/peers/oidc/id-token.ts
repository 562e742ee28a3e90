import type { IncomingMessage, ServerResponse } from 'node:http';
import { importJWK, type JWTPayload, SignJWT } from 'jose';
import { findClaims } from './accounts.ts';
import { readForm } from './form.ts';
import type { SigningKey } from './keys.ts';

/**
 * `POST /id-token`: an ID token without a browser, signed with the provider's own keys. Only a stand-in may do this: it
 * believes whoever asks. Form: `sub` and `aud` (several make a list), and as wanted `nonce`, `expires_in` (seconds),
 * `alg` (RS256 or ES256), `claims` (a JSON object that is laid over the rest). Answers the bare token, or 400 and a sentence.
 */
export async function serveIdToken(
  issuer: string,
  keys: readonly SigningKey[],
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const [status, type, text] = await answer(issuer, keys, request).then(
    (token) => [200, 'application/jwt', token] as const,
    (error: unknown) => [400, 'text/plain', error instanceof Error ? error.message : String(error)] as const,
  );
  response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' });
  response.end(`${text}\n`);
}

async function answer(
  issuer: string,
  keys: readonly SigningKey[],
  request: IncomingMessage,
): Promise<string> {
  if (request.method !== 'POST') throw new Error('ask with POST');
  const form = await readForm(request);
  const alg = form.get('alg') ?? 'RS256';
  const key = keys.find((each) => each.alg === alg);
  if (key === undefined) throw new Error(`no key for \`${alg}\``);
  return signIdToken(key, readClaims(issuer, form, Math.floor(Date.now() / 1000)));
}

/** Signs claims as they are. @param header - laid over `alg` and `kid` */
export async function signIdToken(
  key: SigningKey,
  claims: JWTPayload,
  header: Readonly<Record<string, unknown>> = {},
): Promise<string> {
  return new SignJWT(claims)
    .setProtectedHeader({ alg: key.alg, kid: key.kid, ...header })
    .sign(await importJWK(key, key.alg));
}

function readClaims(issuer: string, form: URLSearchParams, nowSeconds: number): JWTPayload {
  const sub = form.get('sub');
  const [audience, ...otherAudiences] = form.getAll('aud');
  const nonce = form.get('nonce');
  const lifetimeSeconds = Number(form.get('expires_in') ?? 3600);
  if (sub === null || audience === undefined) throw new Error('`sub` and `aud` are needed');
  if (!Number.isSafeInteger(lifetimeSeconds)) throw new Error('`expires_in` is a number of seconds');
  return {
    ...(findClaims(sub) ?? { sub }),
    iss: issuer,
    aud: otherAudiences.length === 0 ? audience : [audience, ...otherAudiences],
    iat: nowSeconds,
    exp: nowSeconds + lifetimeSeconds,
    auth_time: nowSeconds,
    ...(nonce === null ? {} : { nonce }),
    ...readObject(form.get('claims') ?? '{}'),
  };
}

function readObject(text: string): object {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  } catch {} // not JSON is one way of being no object
  throw new Error('`claims` is a JSON object');
}
