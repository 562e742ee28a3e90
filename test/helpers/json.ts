export type JsonObject = Readonly<Record<string, unknown>>;

/** Reads an answer as a JSON object. @throws Error when it is another kind of JSON, or none */
export async function jsonOf(answer: Pick<Response, 'json'>): Promise<JsonObject> {
  const value: unknown = await answer.json();
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as JsonObject;
  throw new Error('the answer is not a JSON object');
}
