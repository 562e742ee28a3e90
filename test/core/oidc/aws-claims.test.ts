import { describe, expect, test } from 'vitest';
import { readAwsClaims } from '../../../src/core/oidc/aws-claims.ts';

const TAGS = 'https://aws.amazon.com/tags';
const SOURCE = 'https://aws.amazon.com/source_identity';

describe('what a token asks a session to carry', () => {
  test('is nothing where it says nothing', () => {
    expect(readAwsClaims({ sub: 'anna' })).toEqual({
      ok: true,
      value: { tags: [], transitiveTagKeys: [], sourceIdentity: null },
    });
  });

  test('are tags, in lists of one as AWS writes them or bare, transitive keys and a source identity', () => {
    const claims = {
      [TAGS]: { principal_tags: { Team: ['red'], cost: 'c-1', empty: [''] }, transitive_tag_keys: ['Team'] },
      [SOURCE]: 'anna@example.com',
    };
    expect(readAwsClaims(claims)).toEqual({
      ok: true,
      value: {
        tags: [
          { Key: 'Team', Value: 'red' },
          { Key: 'cost', Value: 'c-1' },
          { Key: 'empty', Value: '' },
        ],
        transitiveTagKeys: ['Team'],
        sourceIdentity: 'anna@example.com',
      },
    });
  });

  test.for<[string, unknown]>([
    ['null', null],
    ['text', 'Team=red'],
    ['a number', 5],
    ['a list', [{ principal_tags: {} }]],
    ['tags that are text', { principal_tags: 'red' }],
    ['tags that are a list', { principal_tags: ['red'] }],
    ['tags that are null', { principal_tags: null }],
    ['a value of two', { principal_tags: { Team: ['red', 'blue'] } }],
    ['a value of none', { principal_tags: { Team: [] } }],
    ['a value that is a number', { principal_tags: { Team: 5 } }],
    ['a value that is an object', { principal_tags: { Team: {} } }],
    ['a value too long', { principal_tags: { Team: 'x'.repeat(257) } }],
    ['a value with a forbidden character', { principal_tags: { Team: 'red*' } }],
    ['a value with a newline', { principal_tags: { Team: 'red\n' } }],
    ['an empty key', { principal_tags: { '': 'red' } }],
    ['a key too long', { principal_tags: { ['x'.repeat(129)]: 'red' } }],
    ['a key with a forbidden character', { principal_tags: { 'Te${am}': 'red' } }],
    ['transitive keys that are text', { principal_tags: { Team: 'red' }, transitive_tag_keys: 'Team' }],
    ['transitive keys that are numbers', { principal_tags: { Team: 'red' }, transitive_tag_keys: [5] }],
    ['transitive keys that are null', { principal_tags: { Team: 'red' }, transitive_tag_keys: null }],
  ])('a tags claim of this form is refused, never left out: %s', ([, claim]) => {
    expect(readAwsClaims({ [TAGS]: claim })).toEqual({
      ok: false,
      failure: 'the tags claim of the token is not valid',
    });
  });

  test('may be flattened, a claim for each tag, beside the nested form too', () => {
    const claims = {
      [`${TAGS}/principal_tags/Team`]: ['red'],
      [`${TAGS}/principal_tags/cost/center`]: 'c-1',
      [`${TAGS}/transitive_tag_keys`]: ['Team'],
    };
    const tags = [
      { Key: 'Team', Value: 'red' },
      { Key: 'cost/center', Value: 'c-1' },
    ];
    expect(readAwsClaims(claims)).toMatchObject({ ok: true, value: { tags, transitiveTagKeys: ['Team'] } });
    const nested = { [TAGS]: { principal_tags: { Site: 'x' }, transitive_tag_keys: ['Site'] } };
    expect(readAwsClaims({ ...claims, ...nested })).toMatchObject({
      value: { tags: [{ Key: 'Site', Value: 'x' }, ...tags], transitiveTagKeys: ['Site', 'Team'] },
    });
    expect(readAwsClaims({ ...claims, [`${TAGS}/transitive_tag_keys`]: 'Team' })).toMatchObject({
      value: { transitiveTagKeys: ['Team'] },
    });
  });

  test.for<[string, unknown]>([
    ['principal_tags/Team', ['red', 'blue']],
    ['principal_tags/Team', 5],
    ['principal_tags/Team', null],
    ['principal_tags/Team', { red: true }],
    ['principal_tags/', 'red'],
    ['principal_tags/Te*m', 'red'],
    [`principal_tags/${'x'.repeat(129)}`, 'red'],
    ['transitive_tag_keys', 5],
    ['transitive_tag_keys', null],
    ['transitive_tag_keys', [null]],
  ])('a flattened claim of this form is refused: %s %j', ([name, claim]) => {
    expect(readAwsClaims({ [`${TAGS}/${name}`]: claim })).toMatchObject({ ok: false });
  });

  test.for([
    null,
    5,
    '',
    'a',
    'x'.repeat(65),
    'anna\n',
    'an na',
    'aws:anna',
    'AWS:anna',
    ['anna'],
    { a: 1 },
    'änna',
  ])('the source identity %o is refused', (identity) => {
    expect(readAwsClaims({ [SOURCE]: identity })).toEqual({
      ok: false,
      failure: 'the source identity claim of the token is not valid',
    });
  });

  test.for(['ab', 'x'.repeat(64), 'anna+1=2,3.4@5-6_7'])('the source identity %s is accepted', (identity) => {
    expect(readAwsClaims({ [SOURCE]: identity })).toMatchObject({ value: { sourceIdentity: identity } });
  });
});
