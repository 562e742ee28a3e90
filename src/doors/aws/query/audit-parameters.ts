/** Parameters whose values never reach the trail. */
const SECRET = /token|assertion|password|secret|tokencode|authenticationcode|serialized|addprivatekey/i;
const MAX_TEXT = 2048;

/**
 * What the trail keeps of an input: everything but secrets, long texts cut.
 * Names are written as CloudTrail does, with a small first letter.
 */
export function auditParameters(input: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const kept: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(input)) {
    kept[name.charAt(0).toLowerCase() + name.slice(1)] = SECRET.test(name) ? '[not kept]' : cut(value);
  }
  return kept;
}

function cut(value: unknown): unknown {
  if (typeof value === 'string') return value.length > MAX_TEXT ? `${value.slice(0, MAX_TEXT)}…` : value;
  if (Array.isArray(value)) return value.map(cut);
  if (typeof value === 'object' && value !== null) return auditParameters(value as Record<string, unknown>);
  return value;
}
