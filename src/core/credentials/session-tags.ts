/**
 * The rules for session tags.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html
 */
import { failure, type Result, success } from '../result.ts';
import { MAX_SESSION_TAGS } from './limits.ts';
import type { Tag } from './session.ts';

export interface TagWish {
  readonly tags: readonly Tag[];
  readonly transitiveKeys: readonly string[];
  /** Tags that the chain hands on; they cannot be passed again. */
  readonly inherited: readonly Tag[];
}

export interface SessionTags {
  readonly tags: readonly Tag[];
  readonly transitiveTagKeys: readonly string[];
}

/**
 * Joins passed and inherited tags.
 * @returns the session's tags, or a sentence saying which rule was broken
 */
export function joinSessionTags({ tags, transitiveKeys, inherited }: TagWish): Result<SessionTags, string> {
  const passed = new Set<string>();
  for (const { Key } of tags) {
    const key = Key.toLowerCase();
    if (key.startsWith('aws:')) return failure(`tag keys must not begin with aws: (\`${Key}\`)`);
    if (passed.has(key)) return failure(`tag key \`${Key}\` is given more than once`);
    passed.add(key);
  }
  const doubled = inherited.find((tag) => passed.has(tag.Key.toLowerCase()));
  if (doubled !== undefined)
    return failure(`tag \`${doubled.Key}\` is inherited from the session and cannot be passed again`);
  const unknown = transitiveKeys.find((key) => !passed.has(key.toLowerCase()));
  if (unknown !== undefined) return failure(`transitive tag key \`${unknown}\` is not among the tags`);
  const all = [...inherited, ...tags];
  if (all.length > MAX_SESSION_TAGS) return failure(`more than ${MAX_SESSION_TAGS} session tags`);
  return success({ tags: all, transitiveTagKeys: [...inherited.map((tag) => tag.Key), ...transitiveKeys] });
}

/** The tags that a session hands on to the sessions it begins. */
export function transitiveTags(tags: readonly Tag[], transitiveTagKeys: readonly string[]): readonly Tag[] {
  const keys = new Set(transitiveTagKeys.map((key) => key.toLowerCase()));
  return tags.filter((tag) => keys.has(tag.Key.toLowerCase()));
}
