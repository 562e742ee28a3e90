/** A throw-away Worker for one comparison: an answer that waits until its event is durable, in a Queue or in a Durable Object. */
import { DurableObject } from 'cloudflare:workers';

interface Env {
  readonly QUEUE: Queue;
  readonly OBJECT: DurableObjectNamespace<EventObject>;
}

/** Numbers events and keeps them, as the audit buffer does; drains nothing. */
export class EventObject extends DurableObject<Env> {
  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    ctx.storage.sql.exec(
      'CREATE TABLE IF NOT EXISTS events (sequence INTEGER PRIMARY KEY AUTOINCREMENT, body TEXT NOT NULL)',
    );
  }

  async append(events: readonly string[]): Promise<void> {
    for (const event of events) this.ctx.storage.sql.exec('INSERT INTO events (body) VALUES (?)', event);
  }
}

const SHARDS = 2;
let turn = 0;

/** One event in a call of its own, or sixteen in one as the broker's group commits have them under load. */
const BATCH = 16;

export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    const { pathname } = new URL(request.url);
    const event = await request.text();
    turn = (turn + 1) % SHARDS;
    const object = () => env.OBJECT.getByName(`shard-${turn}`);
    const events = Array.from({ length: BATCH }, () => event);
    if (pathname === '/none') return new Response('ok');
    if (pathname === '/queue') await env.QUEUE.send(event, { contentType: 'text' });
    else if (pathname === '/queue-batch') {
      await env.QUEUE.sendBatch(events.map((body) => ({ body, contentType: 'text' as const })));
    } else if (pathname === '/object') await object().append([event]);
    else if (pathname === '/object-batch') await object().append(events);
    else return new Response('?', { status: 404 });
    return new Response('ok');
  },
  async queue(): Promise<void> {},
};
