/** Health: `/healthz` says that the worker runs, `/readyz` that D1 answers and every kind of key is active. */
import type { DoorRequest } from '../http/door.ts';
import { jsonAnswer } from '../http/headers.ts';

export async function healthDoor({ url, facts, deps }: DoorRequest): Promise<Response> {
  if (url.pathname === '/healthz') return jsonAnswer(facts.requestId, 200, { status: 'alive' });
  const ready = await isReady(deps.setup.isReady);
  return jsonAnswer(facts.requestId, ready ? 200 : 503, { status: ready ? 'ready' : 'not ready' });
}

async function isReady(ask: () => Promise<boolean>): Promise<boolean> {
  try {
    return await ask();
  } catch {
    return false;
  }
}
