/** Pages as AWS's younger APIs write them: NextToken and MaxResults. Daypass's own actions use this form. */
import { parseBase64Url, parseUtf8, toBase64Url, utf8 } from '../../../core/bytes.ts';
import { Fault } from '../../../core/faults.ts';
import type { Page, PageRequest } from '../../../core/repositories/page.ts';
import { optional, withDefault } from './field.ts';
import { integer, string } from './kinds.ts';
import { maybe, text } from './shape.ts';

/** Input fields of a list: up to 1,000 entries a page, 100 where it is not said. */
export const nextTokenFields = {
  NextToken: optional(string({ min: 1, max: 1024 })),
  MaxResults: withDefault(integer({ min: 1, max: 1000 }), 100),
};

/** Output member of a list: absent on the last page. */
export const nextTokenMember = { NextToken: maybe(text) };

/**
 * @param list - the list's name: a token of one list means nothing to another
 * @throws Fault `validation_error` for a text that no answer gave
 */
export function pageAskedFor(
  list: string,
  { NextToken, MaxResults }: { readonly NextToken?: string; readonly MaxResults: number },
): PageRequest {
  if (NextToken === undefined) return { after: null, limit: MaxResults };
  const bytes = parseBase64Url(NextToken);
  const plain = bytes === null ? null : parseUtf8(bytes);
  if (plain?.startsWith(`${list}\n`) !== true) throw new Fault('validation_error', 'Invalid NextToken.');
  return { after: plain.slice(list.length + 1), limit: MaxResults };
}

/** Where the list goes on, if it does. */
export const nextTokenOf = (list: string, { next }: Page<unknown>) =>
  next === null ? {} : { NextToken: toBase64Url(utf8(`${list}\n${next}`)) };
