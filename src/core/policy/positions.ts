/** Where the statements of a document stand in its text, as the simulator tells. */
import { readJson } from './grammar/json-reader.ts';

/** Line and column, both from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

export interface Span {
  readonly start: Position;
  /** The place just behind the closing brace. */
  readonly end: Position;
}

/** @returns the place of each statement in order; empty for a text that is no policy */
export function statementSpans(text: string): readonly Span[] {
  const read = readJson(text);
  if (!read.ok || read.value.kind !== 'object') return [];
  const statement = read.value.members.find((member) => member.name === 'Statement')?.value;
  const nodes = statement?.kind === 'array' ? statement.items : statement === undefined ? [] : [statement];
  return nodes.map((node) => ({
    start: positionAt(text, node.at),
    end: positionAt(text, endOf(text, node.at)),
  }));
}

function positionAt(text: string, at: number): Position {
  const before = text.slice(0, at);
  return { line: before.split('\n').length, column: at - before.lastIndexOf('\n') };
}

/** Walks to the brace that closes the one at `at`, past braces in strings. The text is well-formed: it was read. */
function endOf(text: string, at: number): number {
  let depth = 0;
  let inString = false;
  for (let index = at; index < text.length; index += 1) {
    const character = text[index];
    if (inString) {
      if (character === '\\') index += 1;
      else if (character === '"') inString = false;
    } else if (character === '"') inString = true;
    else if (character === '{') depth += 1;
    else if (character === '}') {
      depth -= 1;
      if (depth === 0) return index + 1;
    }
  }
  return text.length;
}
