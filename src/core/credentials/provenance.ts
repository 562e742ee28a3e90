/**
 * What a credential was made from: other credentials of its session, and the clients of the account that had them. It is carried, so
 * that whatever is made from a credential ends with it, and with the client that had it.
 * @see RFC 7009 section 2.1
 */
import type { Session } from './session.ts';

/**
 * So many may stand in a session and in those that it was chained from, taken together. Each costs a token some forty bytes. An access
 * token can so be exchanged eight times by other clients, one after the other.
 */
export const MAX_MADE_FROM = 16;

/**
 * The session as what is made from one of its credentials carries it.
 * @param id - a temporary key's, a token's `jti`, or a client's; null where nothing that has an id was shown
 */
export function madeFromAlso<S extends Session>(session: S, id: string | null): S {
  const before = session.madeFrom ?? [];
  return id === null || before.includes(id) ? session : { ...session, madeFrom: [...before, id] };
}

/** Whether a session carries more than `MAX_MADE_FROM`. */
export function isMadeTooOften({ madeFrom = [], lineage }: Session): boolean {
  const before = (lineage?.ancestors ?? []).map((ancestor) => ancestor.madeFrom?.length ?? 0);
  return before.reduce((sum, count) => sum + count, madeFrom.length) > MAX_MADE_FROM;
}
