/** How long, as JSON, what an event tells of a request or of a refusal may be. */
const MAX_CHARACTERS = 16_384;

type Members = Readonly<Record<string, unknown>>;

/**
 * Keeps an event small, whatever its request was like: events wait in memory and travel together, and one that is too long for a
 * row would hold up all the others.
 * @returns the members themselves where they are short enough as JSON; else those that fit, in their order, and
 * `[too long]` for each that does not
 */
export function boundMembers(members: Members): Members {
  if (JSON.stringify(members).length <= MAX_CHARACTERS) return members;
  const kept: Record<string, unknown> = {};
  let left = MAX_CHARACTERS;
  for (const [name, value] of Object.entries(members)) {
    const length = JSON.stringify(value)?.length ?? 0;
    kept[name] = length <= left ? value : '[too long]';
    if (length <= left) left -= length;
  }
  return kept;
}
