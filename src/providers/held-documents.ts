/**
 * What providers publish about themselves, for logins: asked anew once a minute at most. Whoever begins logins without end would
 * otherwise make us ask the provider as often, and anybody may begin one.
 */
import type { Clock, HttpGet } from '../core/ports.ts';

/** Reads a document. @throws HttpGetError as `HttpGet` */
export type ReadDocument = (url: string, deadline: AbortSignal) => Promise<unknown>;

const HELD_MILLISECONDS = 60_000;
const MAX_HELD = 200;

/** A failure is not held: it is the next one's turn to try. */
export function heldDocuments(http: HttpGet, clock: Clock): ReadDocument {
  const held = new Map<string, { readonly document: unknown; readonly atMilliseconds: number }>();
  return async (url, deadline) => {
    const now = clock.nowMilliseconds();
    const found = held.get(url);
    if (found !== undefined && Math.abs(now - found.atMilliseconds) < HELD_MILLISECONDS)
      return found.document;
    const document = await http.getJson(url, deadline);
    held.delete(url); // the order of the Map is the order of reading
    for (const oldest of held.keys()) {
      if (held.size < MAX_HELD) break;
      held.delete(oldest);
    }
    held.set(url, { document, atMilliseconds: now });
    return document;
  };
}
