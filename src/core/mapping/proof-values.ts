import type { ContextEntry } from '../context/request-context.ts';
import type { IdentityValues } from './mapping-rules.ts';

/**
 * What a login proved, under the bare names of its claims: the condition keys without the provider's prefix. So rules see
 * exactly what trust policies see, and an unverified e-mail address no more than they do.
 * @param provider - its ARN
 * @param prefix - of its condition keys, without the colon
 */
export function proofValues(
  provider: string,
  prefix: string,
  context: readonly ContextEntry[],
): IdentityValues {
  const values = new Map<string, readonly string[]>();
  for (const [key, value] of context) {
    if (!key.startsWith(`${prefix}:`)) continue;
    values.set(key.slice(prefix.length + 1), typeof value === 'string' ? [value] : value);
  }
  return { provider, values };
}
