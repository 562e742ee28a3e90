import { refuseSyntax } from '../fault.ts';
import type { DraftList, Located } from './draft.ts';
import type { JsonMember, JsonNode } from './json-node.ts';

/** What a list may hold beside strings. */
export interface ListSetting {
  readonly negated: boolean;
  /** `nulls` are left out; `scalars` (numbers, booleans) are kept as they are written. */
  readonly accepts: 'strings' | 'nulls' | 'scalars';
}

/** Reads a member whose value is one text or a list of texts. @throws Refused with "Syntax errors in policy." */
export function readList(member: JsonMember, parent: string, { negated, accepts }: ListSetting): DraftList {
  const path = `${parent}.${member.name}`;
  const { value } = member;
  const isSingle = value.kind !== 'array';
  const values = isSingle
    ? [readValue(value, path, accepts === 'nulls' ? 'strings' : accepts)]
    : value.items.flatMap((item, index) =>
        item.kind === 'null' && accepts === 'nulls' ? [] : [readValue(item, `${path}[${index}]`, accepts)],
      );
  return { negated, at: member.at, path, values, isSingle };
}

function readValue(node: JsonNode, path: string, accepts: ListSetting['accepts']): Located {
  if (node.kind === 'string') return { text: node.text, at: node.at, path };
  const isScalar = node.kind === 'number' || node.kind === 'boolean';
  if (isScalar && accepts === 'scalars') return { text: node.text, at: node.at, path };
  return refuseSyntax(node.at, path, 'a string or a list of strings is expected');
}
