import { describe, expect, test } from 'vitest';
import { joinSessionTags, transitiveTags } from '../../../src/core/credentials/session-tags.ts';

const tag = (Key: string, Value = 'v') => ({ Key, Value });
const many = (count: number) => Array.from({ length: count }, (_, at) => tag(`k${at}`));

describe('session tags', () => {
  test('are the inherited ones and the passed ones; inherited ones stay transitive', () => {
    const joined = joinSessionTags({
      tags: [tag('team'), tag('cost')],
      transitiveKeys: ['team'],
      inherited: [tag('org')],
    });
    expect(joined).toEqual({
      ok: true,
      value: { tags: [tag('org'), tag('team'), tag('cost')], transitiveTagKeys: ['org', 'team'] },
    });
  });

  test('a transitive key names its tag without regard to case', () => {
    expect(joinSessionTags({ tags: [tag('Team')], transitiveKeys: ['team'], inherited: [] }).ok).toBe(true);
  });

  test('50 are admitted, inherited ones included', () => {
    expect(joinSessionTags({ tags: many(49), transitiveKeys: [], inherited: [tag('org')] }).ok).toBe(true);
    expect(joinSessionTags({ tags: many(50), transitiveKeys: [], inherited: [tag('org')] })).toEqual({
      ok: false,
      failure: 'more than 50 session tags',
    });
  });

  test.for([
    ['a key twice', [tag('team'), tag('team')], [], [], 'tag key `team` is given more than once'],
    [
      'a key twice in other case',
      [tag('team'), tag('TEAM')],
      [],
      [],
      'tag key `TEAM` is given more than once',
    ],
    ['a key of AWS', [tag('aws:team')], [], [], 'tag keys must not begin with aws: (`aws:team`)'],
    [
      'a key of AWS in other case',
      [tag('AWS:team')],
      [],
      [],
      'tag keys must not begin with aws: (`AWS:team`)',
    ],
    [
      'an inherited key',
      [tag('org')],
      [],
      [tag('Org')],
      'tag `Org` is inherited from the session and cannot be passed again',
    ],
    [
      'a transitive key without its tag',
      [tag('team')],
      ['cost'],
      [],
      'transitive tag key `cost` is not among the tags',
    ],
    [
      'a transitive key that is inherited',
      [],
      ['org'],
      [tag('org')],
      'transitive tag key `org` is not among the tags',
    ],
  ] as const)('refused: %s', ([, tags, transitiveKeys, inherited, sentence]) => {
    expect(joinSessionTags({ tags, transitiveKeys, inherited })).toEqual({ ok: false, failure: sentence });
  });
});

describe('what a session hands on', () => {
  test('are its transitive tags alone', () => {
    expect(transitiveTags([tag('Team'), tag('cost')], ['TEAM'])).toEqual([tag('Team')]);
    expect(transitiveTags([tag('team')], [])).toEqual([]);
    expect(transitiveTags([], ['team'])).toEqual([]);
  });
});
