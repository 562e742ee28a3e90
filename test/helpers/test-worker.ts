/**
 * The Worker that HTTP tests run: the real one, with a clock that tests can move and a database whose calls are counted.
 * Tests reach both under `/__test/`, which no deployed Worker knows.
 */
import type { Env } from '../../src/config.ts';
import { systemRandom } from '../../src/platform/random.ts';
import { createWorker } from '../../src/worker.ts';
import { type CountedD1, countD1 } from './d1-counter.ts';

export * from '../../src/worker.ts';

let offsetMilliseconds = 0;
const worker = createWorker({
  clock: { nowMilliseconds: () => Date.now() + offsetMilliseconds },
  random: systemRandom,
});

interface TestEnv {
  readonly env: Env;
  readonly d1: CountedD1;
}

// One wrapped environment per real one: the Worker keeps what it built for an environment.
const testEnvs = new WeakMap<Env, TestEnv>();

export default {
  async fetch(request: Request, env: Env, ctx: ExecutionContext): Promise<Response> {
    const testEnv = wrap(env);
    const { pathname } = new URL(request.url);
    if (pathname.startsWith('/__test/')) return control(pathname, await request.json(), testEnv.d1);
    return worker.fetch(request, testEnv.env, ctx);
  },
  async scheduled(controller: ScheduledController, env: Env, ctx: ExecutionContext): Promise<void> {
    await worker.scheduled(controller, wrap(env).env, ctx);
  },
};

function wrap(env: Env): TestEnv {
  const known = testEnvs.get(env);
  if (known !== undefined) return known;
  const d1 = countD1(env.DB);
  const made = { env: { ...env, DB: d1.db }, d1 };
  testEnvs.set(env, made);
  return made;
}

function control(pathname: string, body: unknown, d1: CountedD1): Response {
  switch (pathname) {
    case '/__test/clock':
      offsetMilliseconds = Number(body);
      return Response.json(Date.now() + offsetMilliseconds);
    case '/__test/d1/reachable':
      d1.unreachable = body === false;
      return Response.json(body);
    case '/__test/d1/take-calls':
      return Response.json(d1.calls.splice(0));
    default:
      return new Response('no such control', { status: 404 });
  }
}
