import type { ContextEntry } from '../../../core/context/request-context.ts';
import type { TagRecord } from '../../../core/repositories/change.ts';

/** Condition keys about the tags that a request brings. */
export const requestTagContext = (tags: readonly TagRecord[] = []): readonly ContextEntry[] =>
  tags.length === 0
    ? []
    : [
        ...tags.map(({ Key, Value }): ContextEntry => [`aws:RequestTag/${Key}`, Value]),
        ...tagKeyContext(tags.map(({ Key }) => Key)),
      ];

/** Condition keys about the tags that a request takes away. */
export const tagKeyContext = (keys: readonly string[]): readonly ContextEntry[] => [['aws:TagKeys', keys]];
