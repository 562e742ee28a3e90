/** The documents of clients that nobody has registered: fetched when one is met, and kept a while. */
import type { Directory } from '../core/directory.ts';
import type { OAuthClient } from '../core/oauth/client.ts';
import { isDocumentClientId, readClientDocument } from '../core/oauth/document-client.ts';
import type { Clock, HttpGet, Log } from '../core/ports.ts';

const FRESH_MILLISECONDS = 300_000;
/** Where its site does not answer, a client is what it was for a day. */
const STALE_MILLISECONDS = 86_400_000;
const FAILURE_MILLISECONDS = 30_000;
const DEADLINE_MILLISECONDS = 2800;
const MAX_HELD = 500;

interface Held {
  readonly client: OAuthClient | null;
  readonly fetchedAt: number;
  /** When asking again is worth it. */
  readonly againAt: number;
}

export interface ClientDocumentOptions {
  readonly http: HttpGet;
  readonly clock: Clock;
  readonly log: Log;
  /** Admits `http://` on loopback. */
  readonly isLocal: boolean;
}

/** A directory that also finds clients by the address of their document. Each request that has to asks for itself: nothing is shared under way. */
export function withClientDocuments(directory: Directory, options: ClientDocumentOptions): Directory {
  const { clock, isLocal } = options;
  const held = new Map<string, Held>();
  const keep = (key: string, entry: Held): OAuthClient | null => {
    held.delete(key);
    for (const oldest of held.keys()) {
      if (held.size < MAX_HELD) break;
      held.delete(oldest);
    }
    held.set(key, entry);
    return entry.client;
  };
  const find = async (accountId: string, clientId: string): Promise<OAuthClient | null> => {
    const key = `${accountId} ${clientId}`;
    const now = clock.nowMilliseconds();
    const found = held.get(key);
    if (found !== undefined && now < found.againAt) return found.client;
    const fetched = await fetchDocument(accountId, clientId, options);
    if (fetched !== undefined) {
      const keptMilliseconds = fetched === null ? FAILURE_MILLISECONDS : FRESH_MILLISECONDS;
      return keep(key, { client: fetched, fetchedAt: now, againAt: now + keptMilliseconds });
    }
    const isUsable = found !== undefined && now - found.fetchedAt < STALE_MILLISECONDS;
    const client = isUsable ? found.client : null;
    return keep(key, { client, fetchedAt: found?.fetchedAt ?? 0, againAt: now + FAILURE_MILLISECONDS });
  };
  return {
    ...directory,
    oauthClient: async (accountId, clientId) =>
      isDocumentClientId(clientId, isLocal)
        ? find(accountId, clientId)
        : directory.oauthClient(accountId, clientId),
  };
}

/** @returns null for a document that is none of a client; undefined where nothing answered */
async function fetchDocument(
  accountId: string,
  clientId: string,
  { http, log }: ClientDocumentOptions,
): Promise<OAuthClient | null | undefined> {
  try {
    const document = await http.getJson(clientId, AbortSignal.timeout(DEADLINE_MILLISECONDS));
    return readClientDocument(clientId, accountId, document);
  } catch (error) {
    log('warn', 'client_document.not_fetched', { clientId, reason: String(error).slice(0, 200) });
    return undefined;
  }
}
