/** Pages on the wire: Marker, MaxItems, IsTruncated. */
import { parseBase64Url, parseUtf8, toBase64Url, utf8 } from '../../../core/bytes.ts';
import { Fault } from '../../../core/faults.ts';
import type { Page, PageRequest } from '../../../core/repositories/page.ts';
import { marker, maxItems } from '../query/fields.ts';
import { flag, maybe, text } from '../query/shape.ts';

/** Input fields of every list. */
export const pageFields = { Marker: marker(), MaxItems: maxItems() };

/** Output members of every list. */
export const pageMembers = { IsTruncated: flag, Marker: maybe(text) };

/**
 * Reads a Marker.
 * @param list - the list's name: a marker of one list means nothing to another
 * @throws Fault `validation_error` for a text that no answer gave
 */
export function pageRequest(
  list: string,
  { Marker, MaxItems }: { readonly Marker?: string; readonly MaxItems: number },
): PageRequest {
  return { after: Marker === undefined ? null : keyOf(list, Marker), limit: MaxItems };
}

function keyOf(list: string, given: string): string {
  const bytes = parseBase64Url(given);
  const plain = bytes === null ? null : parseUtf8(bytes);
  if (plain === null || !plain.startsWith(`${list}\n`))
    throw new Fault('validation_error', 'Invalid Marker.');
  return plain.slice(list.length + 1);
}

/** Writes whether more follows, and where. */
export const pageEnd = (list: string, { next }: Page<unknown>) =>
  next === null
    ? { IsTruncated: false }
    : { IsTruncated: true, Marker: toBase64Url(utf8(`${list}\n${next}`)) };

/**
 * Pages a list so short that it is read whole, by position: tags of an entity, keys of a user.
 * @param all - in an order that does not change from call to call
 */
export function shortPage<T>(
  list: string,
  all: readonly T[],
  input: { readonly Marker?: string; readonly MaxItems: number },
): { readonly items: readonly T[]; readonly end: ReturnType<typeof pageEnd> } {
  const { after, limit } = pageRequest(list, input);
  const from = after === null ? 0 : Number(after);
  if (!Number.isSafeInteger(from) || from < 0) throw new Fault('validation_error', 'Invalid Marker.');
  const items = all.slice(from, from + limit);
  const seen = from + items.length;
  return { items, end: pageEnd(list, { items, next: seen < all.length ? String(seen) : null }) };
}
