/** IAM's rules for the tags of an entity: keys compare without case, fifty at most, `aws:` is reserved. */
import { Fault } from '../core/faults.ts';
import type { TagRecord } from '../core/repositories/change.ts';

const MAX_TAGS = 50;

/** @throws Fault `invalid_input` for a key given twice or a reserved one, `limit_exceeded` for too many */
export function addTags(held: readonly TagRecord[], added: readonly TagRecord[]): readonly TagRecord[] {
  const tags = new Map(held.map((tag) => [tag.Key.toLowerCase(), tag]));
  const seen = new Set<string>();
  for (const tag of added) {
    const key = tag.Key.toLowerCase();
    if (key.startsWith('aws:')) {
      throw new Fault('invalid_input', `Tag keys must not begin with aws: (${tag.Key}).`);
    }
    if (seen.has(key)) {
      throw new Fault('invalid_input', 'Duplicate tag keys found. Tag keys are case insensitive.');
    }
    seen.add(key);
    tags.set(key, { Key: tag.Key, Value: tag.Value });
  }
  if (tags.size > MAX_TAGS) {
    throw new Fault('limit_exceeded', `Cannot exceed quota for TagsPerResource: ${MAX_TAGS}`);
  }
  return [...tags.values()];
}

/** Keys that there are not are no error. */
export function removeTags(held: readonly TagRecord[], keys: readonly string[]): readonly TagRecord[] {
  const gone = new Set(keys.map((key) => key.toLowerCase()));
  return held.filter(({ Key }) => !gone.has(Key.toLowerCase()));
}
