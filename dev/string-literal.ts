/** A string literal as the formatter leaves it: in single quotes unless double ones need fewer escapes. */
export function quoted(text: string): string {
  const count = (quote: string): number => text.split(quote).length;
  const json = JSON.stringify(text);
  if (count("'") > count('"')) return json;
  return `'${json.slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;
}
