/** Reading the audit trail: `GET /v1/events`, newest first. */
import type { EventCursor, EventFilter } from '../../core/audit/query.ts';
import { parseBase64Url, parseUtf8, toBase64Url, utf8 } from '../../core/bytes.ts';
import { Fault } from '../../core/faults.ts';
import { parseInstant } from '../../core/time.ts';
import { authorize } from '../../usecases/authorize.ts';
import { asFault, eventOf, type Operation } from '../../usecases/record.ts';
import { requireCaller } from '../http/caller.ts';
import type { DoorRequest } from '../http/door.ts';
import { nextNonce } from '../http/dpop.ts';
import { jsonAnswer } from '../http/headers.ts';
import { jsonRefusal } from '../http/json-refusal.ts';

const DEFAULT_LIMIT = 50;
const MAX_LIMIT = 200;
const PARAMETERS = new Set(['from', 'to', 'actor', 'action', 'outcome', 'request_id', 'limit', 'next']);
const PRESIGNED = /^X-Amz-/;

export async function eventsDoor(door: DoorRequest): Promise<Response> {
  try {
    return await answer(door);
  } catch (error) {
    return jsonRefusal(door, asFault(error));
  }
}

async function answer(door: DoorRequest): Promise<Response> {
  const { request, url, deps } = door;
  if (request.method !== 'GET') throw new Fault('method_not_allowed', 'events are read by GET');
  const { caller, facts } = await requireCaller(door, new Uint8Array(0));
  const resource = `arn:aws:daypass::${caller.accountId}:trail`;
  const operation: Operation = {
    accountId: caller.accountId,
    source: 'daypass.amazonaws.com',
    name: 'LookupEvents',
    identity: caller.auditIdentity,
    readOnly: true,
    parameters: Object.fromEntries([...url.searchParams].filter(([name]) => PARAMETERS.has(name))),
  };
  try {
    authorize(caller, { action: 'daypass:LookupEvents', resource }, facts);
    const { filter, limit, after } = readQuery(url.searchParams);
    const page = await deps.trail.find(caller.accountId, filter, after, limit);
    deps.audit.note(eventOf(operation, {}, facts, deps.random), facts.near);
    const body = { events: page.events, ...(page.next !== null && { next: writeCursor(page.next) }) };
    return jsonAnswer(facts.requestId, 200, body, await nextNonce(door));
  } catch (error) {
    await deps.audit.record(eventOf(operation, { fault: asFault(error) }, facts, deps.random), facts.near);
    throw error;
  }
}

function readQuery(query: URLSearchParams): {
  filter: EventFilter;
  limit: number;
  after: EventCursor | null;
} {
  for (const name of query.keys()) {
    if (PRESIGNED.test(name)) continue;
    if (!PARAMETERS.has(name))
      throw new Fault('validation_error', `unknown parameter \`${name.slice(0, 64)}\``);
    if (query.getAll(name).length > 1)
      throw new Fault('validation_error', `parameter \`${name}\` is given twice`);
  }
  const filter: EventFilter = {
    ...optional('fromMilliseconds', readInstant(query, 'from')),
    ...optional('toMilliseconds', readInstant(query, 'to')),
    ...optional('principalArn', query.get('actor')),
    ...optional('eventName', query.get('action')?.replace(/^[a-z0-9-]+:/i, '') ?? null),
    ...optional('outcome', outcomeOf(query.get('outcome'))),
    ...optional('requestId', query.get('request_id')),
  };
  return { filter, limit: readLimit(query.get('limit')), after: readCursor(query.get('next')) };
}

/** `access_denied`, or `AccessDenied` as events show it. */
const outcomeOf = (text: string | null): string | null =>
  text === null ? null : text.replaceAll(/(?<=[a-z])[A-Z]/g, '_$&').toLowerCase();

const optional = <K extends keyof EventFilter>(name: K, value: EventFilter[K] | null): EventFilter =>
  value === null ? {} : { [name]: value };

function readInstant(query: URLSearchParams, name: string): number | null {
  const text = query.get(name);
  if (text === null) return null;
  const milliseconds = parseInstant(text);
  if (milliseconds === null) {
    throw new Fault(
      'validation_error',
      `\`${name}\` must be an ISO 8601 instant in UTC, such as 2026-01-01T00:00:00Z`,
    );
  }
  return milliseconds;
}

function readLimit(text: string | null): number {
  if (text === null) return DEFAULT_LIMIT;
  const limit = /^[0-9]{1,3}$/.test(text) ? Number(text) : 0;
  if (limit < 1 || limit > MAX_LIMIT)
    throw new Fault('validation_error', `\`limit\` must be 1 to ${MAX_LIMIT}`);
  return limit;
}

const writeCursor = ({ atMilliseconds, eventId }: EventCursor): string =>
  toBase64Url(utf8(`${atMilliseconds}:${eventId}`));

function readCursor(text: string | null): EventCursor | null {
  if (text === null) return null;
  const bytes = text.length > 200 ? null : parseBase64Url(text);
  const parts = /^([0-9]{1,15}):([\w-]{1,64})$/.exec((bytes === null ? null : parseUtf8(bytes)) ?? '');
  if (parts?.[1] === undefined || parts[2] === undefined)
    throw new Fault('validation_error', '`next` is not a cursor');
  return { atMilliseconds: Number(parts[1]), eventId: parts[2] };
}
