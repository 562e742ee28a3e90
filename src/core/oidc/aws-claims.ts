/**
 * Session tags and source identity that an ID token carries for AWS-style sessions.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html#id_session-tags_adding-assume-role-idp
 */
import type { Tag } from '../credentials/session.ts';
import { failure, type Result, success } from '../result.ts';
import type { Claims } from './id-token.ts';

const TAGS_CLAIM = 'https://aws.amazon.com/tags';
const SOURCE_IDENTITY_CLAIM = 'https://aws.amazon.com/source_identity';
const SOURCE_IDENTITY = /^[\w+=,.@-]{2,64}$/;
const TAG_KEY = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]{1,128}$/u;
const TAG_VALUE = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]{0,256}$/u;

export interface AwsClaims {
  readonly tags: readonly Tag[];
  readonly transitiveTagKeys: readonly string[];
  readonly sourceIdentity: string | null;
}

/** @returns what the token asks the session to carry, or a sentence saying what is wrong with it */
export function readAwsClaims(claims: Claims): Result<AwsClaims, string> {
  const tags = readTags(claims[TAGS_CLAIM]);
  if (!tags.ok) return tags;
  const sourceIdentity = claims[SOURCE_IDENTITY_CLAIM];
  if (sourceIdentity === undefined) return success({ ...tags.value, sourceIdentity: null });
  if (
    typeof sourceIdentity !== 'string' ||
    !SOURCE_IDENTITY.test(sourceIdentity) ||
    /^aws:/i.test(sourceIdentity)
  ) {
    return failure('the source identity claim of the token is not valid');
  }
  return success({ ...tags.value, sourceIdentity });
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A claim of another form is refused, never left out: a policy may deny by the tags that it was meant to set. */
function readTags(claim: unknown): Result<Pick<AwsClaims, 'tags' | 'transitiveTagKeys'>, string> {
  if (claim === undefined) return success({ tags: [], transitiveTagKeys: [] });
  if (!isObject(claim)) return failure('the tags claim of the token is not valid');
  const { principal_tags: principalTags = {}, transitive_tag_keys: transitiveTagKeys = [] } = claim;
  if (!isObject(principalTags)) return failure('the tags claim of the token is not valid');
  const tags: Tag[] = [];
  for (const [Key, value] of Object.entries(principalTags)) {
    const Value: unknown = Array.isArray(value) && value.length === 1 ? value[0] : value;
    if (typeof Value !== 'string' || !TAG_KEY.test(Key) || !TAG_VALUE.test(Value)) {
      return failure('the tags claim of the token is not valid');
    }
    tags.push({ Key, Value });
  }
  if (!Array.isArray(transitiveTagKeys) || !transitiveTagKeys.every((key) => typeof key === 'string')) {
    return failure('the tags claim of the token is not valid');
  }
  return success({ tags, transitiveTagKeys });
}
