/** Reads what is asked of sessions: a query string, a body, an id in the path. */
import { parseBase64Url, parseUtf8, toBase64Url, utf8 } from '../../core/bytes.ts';
import { Fault } from '../../core/faults.ts';
import type { PageRequest } from '../../core/repositories/page.ts';
import { parseInstant } from '../../core/time.ts';
import type { SessionQuery } from '../../usecases/look-at-sessions.ts';
import type { RevocationWish } from '../../usecases/revoke-sessions.ts';
import { isObject } from '../http/json-body.ts';

const DEFAULT_LIMIT = 50;
const MAX_LIMIT = 200;
const MAX_TEXT = 2048;
const PRESIGNED = /^X-Amz-/;
const QUERY = new Set(['user', 'role', 'source_identity', 'provider', 'subject', 'live', 'limit', 'next']);
const USER_ID = /^AIDA[A-Z0-9]{12,124}$/;
const ROLE_ID = /^AROA[A-Z0-9]{12,124}$/;
const SESSION_ID = /^[\w-]{4,64}$/;

/** @throws Fault `validation_error` for a path segment that can be no session's id */
export function requireSessionId(text: string): string {
  if (SESSION_ID.test(text)) return text;
  throw new Fault('validation_error', 'this is not the id of a session');
}

/** @throws Fault `validation_error` for what is unknown, said twice or out of bounds */
export function readListQuery(parameters: URLSearchParams): {
  readonly query: SessionQuery;
  readonly page: PageRequest;
} {
  for (const name of parameters.keys()) {
    if (PRESIGNED.test(name)) continue;
    if (!QUERY.has(name)) throw new Fault('validation_error', `unknown parameter \`${name.slice(0, 64)}\``);
    if (parameters.getAll(name).length > 1)
      throw new Fault('validation_error', `parameter \`${name}\` is given twice`);
  }
  const text = (name: string): string | undefined => boundedText(name, parameters.get(name) ?? undefined);
  const live = text('live') ?? 'false';
  if (live !== 'true' && live !== 'false')
    throw new Fault('validation_error', '`live` must be true or false');
  return {
    query: {
      userName: text('user'),
      roleName: text('role'),
      sourceIdentity: text('source_identity'),
      provider: text('provider'),
      subject: text('subject'),
      liveOnly: live === 'true',
    },
    page: { after: readCursor(parameters.get('next')), limit: readLimit(parameters.get('limit')) },
  };
}

function readLimit(text: string | null): number {
  if (text === null) return DEFAULT_LIMIT;
  const limit = /^[0-9]{1,3}$/.test(text) ? Number(text) : 0;
  if (limit >= 1 && limit <= MAX_LIMIT) return limit;
  throw new Fault('validation_error', `\`limit\` must be 1 to ${MAX_LIMIT}`);
}

/** Where the next page begins, as text for the asker to give back. */
export const writeCursor = (key: string): string => toBase64Url(utf8(`sessions\n${key}`));

function readCursor(text: string | null): string | null {
  if (text === null) return null;
  const bytes = text.length > 400 ? null : parseBase64Url(text);
  const key = /^sessions\n(.+)$/.exec((bytes === null ? null : parseUtf8(bytes)) ?? '')?.[1];
  if (key === undefined) throw new Fault('validation_error', '`next` is not a cursor');
  return key;
}

const BODY = new Set([
  'session_id',
  'access_key_id',
  'jwt_id',
  'user_name',
  'user_id',
  'root',
  'role_name',
  'role_id',
  'client_id',
  'source_identity',
  'provider',
  'subject',
  'tag',
  'issued_before',
  'reason',
]);

/**
 * Reads the body of a revocation. A member that is not known is refused: it was meant to narrow what is revoked, or to widen it.
 * @returns the wish, and what the trail keeps of it
 * @throws Fault `validation_error`
 */
export function readRevocation(body: Readonly<Record<string, unknown>>): {
  readonly wish: RevocationWish;
  readonly kept: Readonly<Record<string, unknown>>;
} {
  for (const name of Object.keys(body)) {
    if (!BODY.has(name)) throw new Fault('validation_error', `unknown member \`${name.slice(0, 64)}\``);
  }
  const text = (name: string): string | undefined => boundedText(name, body[name]);
  text('reason'); // for the trail alone, and bounded like the others
  const sessionId = text('session_id');
  const wish: RevocationWish = {
    sessionId: sessionId === undefined ? undefined : requireSessionId(sessionId),
    accessKeyId: text('access_key_id'),
    jwtId: text('jwt_id'),
    userName: text('user_name'),
    userId: readId('user_id', USER_ID, text),
    root: readRoot(body.root),
    roleName: text('role_name'),
    roleId: readId('role_id', ROLE_ID, text),
    clientId: text('client_id'),
    sourceIdentity: text('source_identity'),
    provider: text('provider'),
    subject: text('subject'),
    tag: readTag(body.tag),
    issuedBeforeSeconds: readMoment(text('issued_before')),
  };
  return { wish, kept: body };
}

function boundedText(name: string, value: unknown): string | undefined {
  if (value === undefined) return undefined;
  if (typeof value === 'string' && value !== '' && value.length <= MAX_TEXT) return value;
  throw new Fault('validation_error', `\`${name}\` must be a text of 1 to ${MAX_TEXT} characters`);
}

function readId(
  name: string,
  pattern: RegExp,
  text: (name: string) => string | undefined,
): string | undefined {
  const id = text(name);
  if (id === undefined || pattern.test(id)) return id;
  throw new Fault('validation_error', `\`${name}\` is not such a unique id`);
}

/** Only `true` can be meant by it: what it names narrows what is revoked. */
function readRoot(value: unknown): true | undefined {
  if (value === undefined || value === true) return value;
  throw new Fault('validation_error', '`root` must be true');
}

function readTag(value: unknown): RevocationWish['tag'] {
  if (value === undefined) return undefined;
  if (isObject(value) && Object.keys(value).every((name) => name === 'key' || name === 'value')) {
    const key = boundedText('tag.key', value.key);
    if (key !== undefined && typeof value.value === 'string' && value.value.length <= 256) {
      return { Key: key, Value: value.value };
    }
  }
  throw new Fault('validation_error', '`tag` must have a key and a value');
}

function readMoment(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const milliseconds = parseInstant(text);
  if (milliseconds !== null) return Math.floor(milliseconds / 1000);
  throw new Fault(
    'validation_error',
    '`issued_before` must be an ISO 8601 instant in UTC, such as 2026-01-01T00:00:00Z',
  );
}
