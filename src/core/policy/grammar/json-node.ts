/** JSON with the place of every value, so that a refusal can point at it. `at` is -1 where there was no text. */
export type JsonNode =
  | { readonly kind: 'object'; readonly at: number; readonly members: readonly JsonMember[] }
  | { readonly kind: 'array'; readonly at: number; readonly items: readonly JsonNode[] }
  | { readonly kind: 'string'; readonly at: number; readonly text: string }
  /** A number keeps its spelling: `10.0` stays `10.0`. */
  | { readonly kind: 'number'; readonly at: number; readonly text: string }
  | { readonly kind: 'boolean'; readonly at: number; readonly text: 'true' | 'false' }
  | { readonly kind: 'null'; readonly at: number };

/** One member of an object; `at` is the place of its name. */
export interface JsonMember {
  readonly name: string;
  readonly at: number;
  readonly value: JsonNode;
}

/** How many levels below the outermost value are read; a policy needs six. */
export const MAX_DEPTH = 16;

/**
 * Gives an already parsed value the form of a node without places.
 * @returns null for a value that JSON cannot hold, or one nested deeper than `MAX_DEPTH`
 */
export function nodeOf(value: unknown, depth = 0): JsonNode | null {
  if (depth > MAX_DEPTH) return null;
  if (value === null) return { kind: 'null', at: -1 };
  if (typeof value === 'string') return { kind: 'string', at: -1, text: value };
  if (typeof value === 'number' && Number.isFinite(value))
    return { kind: 'number', at: -1, text: `${value}` };
  if (typeof value === 'boolean') return { kind: 'boolean', at: -1, text: value ? 'true' : 'false' };
  if (Array.isArray(value)) return arrayNode(value, depth);
  return typeof value === 'object' ? objectNode(value, depth) : null;
}

function arrayNode(values: readonly unknown[], depth: number): JsonNode | null {
  const items: JsonNode[] = [];
  for (const value of values) {
    const item = nodeOf(value, depth + 1);
    if (item === null) return null;
    items.push(item);
  }
  return { kind: 'array', at: -1, items };
}

function objectNode(object: object, depth: number): JsonNode | null {
  const members: JsonMember[] = [];
  for (const [name, inner] of Object.entries(object)) {
    if (inner === undefined) continue;
    const value = nodeOf(inner, depth + 1);
    if (value === null) return null;
    members.push({ name, at: -1, value });
  }
  return { kind: 'object', at: -1, members };
}
