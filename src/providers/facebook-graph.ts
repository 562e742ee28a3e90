/**
 * Facebook's Graph API as the witness for classic user access tokens. A token is nobody's proof by itself: any app's tokens
 * open `me`, so the Graph has to say that it was issued to our own app, and to whom.
 * @see https://developers.facebook.com/docs/facebook-login/guides/access-tokens/debugging
 * @see https://developers.facebook.com/docs/graph-api/guides/secure-requests
 */
import { toHex, utf8 } from '../core/bytes.ts';
import type {
  AccessTokenFailure,
  AccessTokenInspector,
  AccessTokenUser,
  ProviderApp,
} from '../core/federation/access-token.ts';
import type { HttpGet } from '../core/ports.ts';
import { failure, type Result, success } from '../core/result.ts';
import { HttpGetError } from '../platform/http.ts';

const DEADLINE_MILLISECONDS = 2800;
/** Several apps are asked one after the other within the one deadline. */
const MAX_APPS = 5;

type Inspected = Result<AccessTokenUser, AccessTokenFailure>;

const notValid = (reason: string): Inspected => failure({ why: 'not_valid', reason });

/** @param base - where the Graph API is, no trailing slash */
export function createFacebookGraph(http: HttpGet, base: string): AccessTokenInspector {
  /** The Graph takes tokens as query parameters alone; nothing here logs an address. */
  const ask = (path: string, parameters: Readonly<Record<string, string>>, deadline: AbortSignal) =>
    http.getJson(`${base}/${path}?${new URLSearchParams(parameters)}`, deadline);

  const askAs = async (token: string, app: ProviderApp, deadline: AbortSignal) => {
    const { clientId, clientSecret } = app;
    // Both at once; the proof shows the Graph that whoever sends the person's token also knows the app's secret.
    return Promise.all([
      ask('debug_token', { input_token: token, access_token: `${clientId}|${clientSecret}` }, deadline),
      ask(
        'me',
        { fields: 'id', access_token: token, appsecret_proof: await proofOf(token, clientSecret) },
        deadline,
      ),
    ]);
  };

  return {
    async inspect(token, apps, nowSeconds) {
      const deadline = AbortSignal.timeout(DEADLINE_MILLISECONDS);
      let last = notValid('no app');
      for (const app of apps.slice(0, MAX_APPS)) {
        try {
          const [debugged, me] = await askAs(token, app, deadline);
          last = judge(debugged, me, app, nowSeconds);
        } catch (error) {
          last = failure(failureOf(error));
        }
        if (last.ok || last.failure.why === 'unreachable') return last;
      }
      return last;
    },
  };
}

async function proofOf(token: string, secret: string): Promise<string> {
  const algorithm = { name: 'HMAC', hash: 'SHA-256' };
  const key = await crypto.subtle.importKey('raw', utf8(secret), algorithm, false, ['sign']);
  return toHex(new Uint8Array(await crypto.subtle.sign('HMAC', key, utf8(token))));
}

/** Checks what the Graph says, in this order: valid, ours, a person's, unexpired, the same person. */
function judge(debugged: unknown, me: unknown, { clientId }: ProviderApp, nowSeconds: number): Inspected {
  const data = members(members(debugged).data);
  if (data.is_valid !== true) return notValid('the Graph says that it is not valid');
  if (idOf(data.app_id) !== clientId) return notValid('it was issued to another app');
  if (data.type !== undefined && data.type !== 'USER') return notValid('it is no user access token');
  if (!isUnexpired(data.expires_at, nowSeconds)) return notValid('it has expired');
  const subject = idOf(data.user_id);
  if (subject === null || subject !== idOf(members(me).id)) return notValid('it names no person, or two');
  return success({ clientId, subject });
}

const members = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {}; // just checked

/** Ids are texts of digits; some answers have written them as numbers. */
function idOf(value: unknown): string | null {
  const text = typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : value;
  return typeof text === 'string' && /^[0-9A-Za-z_-]{1,255}$/.test(text) ? text : null;
}

/** Zero stands for a token that does not expire. */
const isUnexpired = (expiresAt: unknown, nowSeconds: number): boolean =>
  typeof expiresAt === 'number' && (expiresAt === 0 || expiresAt > nowSeconds);

/** The Graph answers 4xx to what it does not take; everything else may pass. */
function failureOf(error: unknown): AccessTokenFailure {
  const status = error instanceof HttpGetError ? error.status : null;
  const isFinal = status !== null && status >= 400 && status < 500 && status !== 429 && status !== 408;
  const reason = error instanceof HttpGetError ? `${error.reason} ${status ?? ''}`.trim() : 'error';
  return { why: isFinal ? 'not_valid' : 'unreachable', reason };
}
