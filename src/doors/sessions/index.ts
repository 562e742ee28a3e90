/**
 * Sessions as JSON: `GET /v1/sessions`, `GET` and `DELETE /v1/sessions/{id}`, `POST /v1/sessions/revoke`. The same use-cases as the
 * Query actions ListSessions, DescribeSession and RevokeSessions.
 */
import { type Context, Hono } from 'hono';
import type { Bytes } from '../../core/bytes.ts';
import { Fault } from '../../core/faults.ts';
import type { SignedFacts } from '../../usecases/authorize.ts';
import type { Caller } from '../../usecases/caller.ts';
import { describeSession, listSessions } from '../../usecases/look-at-sessions.ts';
import { asFault, eventOf, type Operation } from '../../usecases/record.ts';
import { revokeSessions } from '../../usecases/revoke-sessions.ts';
import { readBody } from '../http/body.ts';
import { requireCaller } from '../http/caller.ts';
import { type DoorRequest, isRead } from '../http/door.ts';
import { nextNonce } from '../http/dpop.ts';
import { jsonAnswer } from '../http/headers.ts';
import { parseJsonObject } from '../http/json-body.ts';
import { jsonRefusal } from '../http/json-refusal.ts';
import { revocationBody, sessionBody, sessionDetailBody } from './bodies.ts';
import { readListQuery, readRevocation, requireSessionId, writeCursor } from './read.ts';

const MAX_BODY_BYTES = 64 * 1024;

type Environment = { Bindings: { readonly door: DoorRequest } };

const app = new Hono<Environment>({ strict: true })
  .get('/v1/sessions', (context) =>
    perform(context, 'ListSessions', async ({ door, caller, facts }) => {
      const { query, page } = readListQuery(door.url.searchParams);
      const found = await listSessions(query, page, caller, facts, door.deps);
      return {
        sessions: found.items.map(sessionBody),
        ...(found.next !== null && { next: writeCursor(found.next) }),
      };
    }),
  )
  .post('/v1/sessions/revoke', (context) =>
    perform(context, 'RevokeSessions', async ({ door, caller, facts, payload, operation }) => {
      const { wish, kept } = readRevocation(parseJsonObject(payload));
      operation.parameters = kept;
      return revoke(wish, door, caller, facts, operation);
    }),
  )
  .get('/v1/sessions/:id', (context) =>
    perform(context, 'DescribeSession', async ({ door, caller, facts, operation }) => {
      const sessionId = requireSessionId(context.req.param('id'));
      operation.parameters = { sessionId };
      return sessionDetailBody(await describeSession(sessionId, caller, facts, door.deps));
    }),
  )
  .delete('/v1/sessions/:id', (context) =>
    perform(context, 'RevokeSessions', async ({ door, caller, facts, operation }) => {
      const sessionId = requireSessionId(context.req.param('id'));
      operation.parameters = { sessionId };
      return revoke({ sessionId }, door, caller, facts, operation);
    }),
  )
  .all('/v1/sessions', ({ env }) => refuseMethod(env.door))
  .all('/v1/sessions/:id', ({ env }) => refuseMethod(env.door))
  .notFound(({ env }) => jsonRefusal(env.door, new Fault('not_found', 'there is nothing here')));

export const sessionsDoor = async (door: DoorRequest): Promise<Response> => app.fetch(door.request, { door });

/** What an operation of this door works with. */
interface Work {
  readonly door: DoorRequest;
  readonly caller: Caller;
  readonly facts: SignedFacts;
  readonly payload: Bytes;
  /** What the trail will tell; its parameters become known while the request is read. */
  readonly operation: { -readonly [Name in keyof Operation]: Operation[Name] };
}

/** Authenticates, runs, records: a change in its own batch, a read noted, a refusal before the answer leaves. */
async function perform(
  { env: { door } }: Context<Environment>,
  name: string,
  run: (work: Work) => Promise<unknown>,
): Promise<Response> {
  try {
    const { request, deps } = door;
    const payload = isRead(request) ? new Uint8Array(0) : await readBody(request, MAX_BODY_BYTES);
    const { caller, facts } = await requireCaller(door, payload);
    const operation: Work['operation'] = {
      accountId: caller.accountId,
      source: 'daypass.amazonaws.com',
      name,
      identity: caller.auditIdentity,
      readOnly: isRead(request),
      parameters: null,
    };
    try {
      const body = await run({ door, caller, facts, payload, operation });
      if (operation.readOnly) deps.audit.note(eventOf(operation, {}, facts, deps.random), facts.near);
      return jsonAnswer(facts.requestId, 200, body, await nextNonce(door));
    } catch (error) {
      const event = eventOf(operation, { fault: asFault(error) }, facts, deps.random);
      await deps.audit.record(event, facts.near);
      throw error;
    }
  } catch (error) {
    return jsonRefusal(door, asFault(error));
  }
}

async function revoke(
  wish: Parameters<typeof revokeSessions>[0],
  { deps }: DoorRequest,
  caller: Caller,
  facts: SignedFacts,
  operation: Operation,
) {
  const event = () => eventOf(operation, {}, facts, deps.random);
  return revocationBody(await revokeSessions(wish, caller, facts, event, deps));
}

const refuseMethod = (door: DoorRequest): Response =>
  jsonRefusal(door, new Fault('method_not_allowed', 'this method is not understood here'));
