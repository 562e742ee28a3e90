/**
 * A strict JSON reader (RFC 8259) that refuses what `JSON.parse` lets pass silently: two members with one name in
 * an object. Of such a document two readers would see two policies. It knows the place of every value.
 */
import { failure, type Result, success } from '../../result.ts';
import { type JsonMember, type JsonNode, MAX_DEPTH } from './json-node.ts';

/** What stopped the reader, and where (offset in UTF-16 units). */
export interface JsonFlaw {
  readonly at: number;
  readonly problem: string;
}

interface Cursor {
  readonly text: string;
  at: number;
}

/** Thrown inside this file only: the reader is recursive, and its failure has one place to go. */
class Unreadable extends Error {
  readonly flaw: JsonFlaw;
  constructor(at: number, problem: string) {
    super(problem);
    this.flaw = { at, problem };
  }
}

/**
 * Reads one JSON value that fills the whole text.
 * @returns the value with places, or the first flaw; never throws, whatever the text
 */
export function readJson(text: string): Result<JsonNode, JsonFlaw> {
  const cursor: Cursor = { text, at: 0 };
  try {
    const value = readValue(cursor, 0);
    skipSpace(cursor);
    if (cursor.at < text.length) throw new Unreadable(cursor.at, 'text after the end of the document');
    return success(value);
  } catch (error) {
    if (error instanceof Unreadable) return failure(error.flaw);
    throw error;
  }
}

function readValue(cursor: Cursor, depth: number): JsonNode {
  skipSpace(cursor);
  const { at } = cursor;
  if (depth > MAX_DEPTH) throw new Unreadable(at, 'nested too deeply');
  switch (cursor.text[at]) {
    case '{':
      return { kind: 'object', at, members: readMembers(cursor, depth) };
    case '[':
      return { kind: 'array', at, items: readItems(cursor, depth) };
    case '"':
      return { kind: 'string', at, text: readString(cursor) };
    case 't':
      return readWord(cursor, 'true', { kind: 'boolean', at, text: 'true' });
    case 'f':
      return readWord(cursor, 'false', { kind: 'boolean', at, text: 'false' });
    case 'n':
      return readWord(cursor, 'null', { kind: 'null', at });
    default:
      return { kind: 'number', at, text: readNumber(cursor) };
  }
}

function readMembers(cursor: Cursor, depth: number): JsonMember[] {
  const members: JsonMember[] = [];
  const names = new Set<string>();
  readList(cursor, '}', () => {
    skipSpace(cursor);
    const { at } = cursor;
    if (cursor.text[at] !== '"') throw new Unreadable(at, 'a member name in double quotes is expected');
    const name = readString(cursor);
    if (names.has(name)) throw new Unreadable(at, `the member \`${name}\` occurs twice`);
    names.add(name);
    skipSpace(cursor);
    if (cursor.text[cursor.at] !== ':')
      throw new Unreadable(cursor.at, 'a colon is expected after a member name');
    cursor.at += 1;
    members.push({ name, at, value: readValue(cursor, depth + 1) });
  });
  return members;
}

function readItems(cursor: Cursor, depth: number): JsonNode[] {
  const items: JsonNode[] = [];
  readList(cursor, ']', () => items.push(readValue(cursor, depth + 1)));
  return items;
}

/** Reads what stands between an opening bracket and `end`, entry by entry. */
function readList(cursor: Cursor, end: string, readEntry: () => void): void {
  cursor.at += 1;
  skipSpace(cursor);
  if (cursor.text[cursor.at] === end) {
    cursor.at += 1;
    return;
  }
  for (;;) {
    readEntry();
    skipSpace(cursor);
    const sign = cursor.text[cursor.at];
    if (sign !== ',' && sign !== end) throw new Unreadable(cursor.at, `\`,\` or \`${end}\` is expected`);
    cursor.at += 1;
    if (sign === end) return;
  }
}

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['"', '"'],
  ['\\', '\\'],
  ['/', '/'],
  ['b', '\b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
]);

function readString(cursor: Cursor): string {
  const { text } = cursor;
  const start = cursor.at;
  let out = '';
  let plainFrom = start + 1;
  for (let at = plainFrom; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 0x22) {
      cursor.at = at + 1;
      return out + text.slice(plainFrom, at);
    }
    if (code < 0x20) throw new Unreadable(at, 'a control character inside a string');
    if (code !== 0x5c) continue;
    const { piece, length } = readEscape(text, at);
    out += text.slice(plainFrom, at) + piece;
    at += length - 1;
    plainFrom = at + 1;
  }
  throw new Unreadable(start, 'the string does not end');
}

function readEscape(text: string, at: number): { piece: string; length: number } {
  const sign = text[at + 1] ?? '';
  const plain = ESCAPES.get(sign);
  if (plain !== undefined) return { piece: plain, length: 2 };
  const digits = text.slice(at + 2, at + 6);
  if (sign !== 'u' || !/^[0-9a-fA-F]{4}$/.test(digits))
    throw new Unreadable(at, 'an unknown escape in a string');
  return { piece: String.fromCharCode(Number.parseInt(digits, 16)), length: 6 };
}

function readWord(cursor: Cursor, word: string, node: JsonNode): JsonNode {
  if (!cursor.text.startsWith(word, cursor.at)) throw new Unreadable(cursor.at, 'a JSON value is expected');
  cursor.at += word.length;
  return node;
}

const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;

function readNumber(cursor: Cursor): string {
  NUMBER.lastIndex = cursor.at;
  const found = NUMBER.exec(cursor.text);
  if (found === null) throw new Unreadable(cursor.at, 'a JSON value is expected');
  cursor.at += found[0].length;
  return found[0];
}

function skipSpace(cursor: Cursor): void {
  for (;;) {
    const code = cursor.text.charCodeAt(cursor.at);
    if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return;
    cursor.at += 1;
  }
}
