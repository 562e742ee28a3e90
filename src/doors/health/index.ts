/** Health: `/healthz` says that the worker runs, `/readyz` that D1 answers and every kind of key is active. */
import { Fault } from '../../core/faults.ts';
import { type DoorRequest, isRead } from '../http/door.ts';
import { jsonAnswer } from '../http/headers.ts';
import { jsonRefusal } from '../http/json-refusal.ts';

export async function healthDoor(door: DoorRequest): Promise<Response> {
  const { request, url, facts, deps } = door;
  if (!isRead(request)) return jsonRefusal(door, new Fault('method_not_allowed', 'health is read by GET'));
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
