/** Health: `/healthz` says that the worker runs, `/readyz` that D1 answers and every kind of key is active. */
import { Fault } from '../../core/faults.ts';
import type { Setup } from '../../core/repositories/setup.ts';
import type { Deps } from '../../usecases/deps.ts';
import { type DoorRequest, isRead } from '../http/door.ts';
import { jsonAnswer } from '../http/headers.ts';
import { jsonRefusal } from '../http/json-refusal.ts';

export async function healthDoor(door: DoorRequest): Promise<Response> {
  const { request, url, facts, deps } = door;
  if (!isRead(request)) return jsonRefusal(door, new Fault('method_not_allowed', 'health is read by GET'));
  if (url.pathname === '/healthz') return jsonAnswer(facts.requestId, 200, { status: 'alive' });
  const missing = await missingFor(deps, facts.nowMilliseconds);
  return missing === null
    ? jsonAnswer(facts.requestId, 200, { status: 'ready' })
    : jsonAnswer(facts.requestId, 503, { status: 'not ready', missing });
}

/** What stands between a broker and its work. */
type Missing = 'keys' | 'migrations' | 'database';

/** For so long a good answer stands: whoever asks faster costs no call to D1. */
const STANDS_MILLISECONDS = 1000;
/** When each isolate's broker was last found ready. */
const foundReady = new WeakMap<Setup, number>();

async function missingFor({ setup }: Deps, nowMilliseconds: number): Promise<Missing | null> {
  const foundAt = foundReady.get(setup);
  if (foundAt !== undefined && Math.abs(nowMilliseconds - foundAt) < STANDS_MILLISECONDS) return null;
  try {
    if (!(await setup.isReady())) return 'keys';
    foundReady.set(setup, nowMilliseconds);
    return null;
  } catch (error) {
    const reason = error instanceof Fault ? String(error.detail.reason) : '';
    return /no such (?:table|column)/.test(reason) ? 'migrations' : 'database';
  }
}
