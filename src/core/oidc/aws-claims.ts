/**
 * Session tags and source identity that an ID token carries for AWS-style sessions.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html#id_session-tags_adding-assume-role-idp
 */
import type { Tag } from '../credentials/session.ts';
import { failure, type Result, success } from '../result.ts';
import type { Claims } from './id-token.ts';

const TAGS_CLAIM = 'https://aws.amazon.com/tags';
/** The same flattened, for issuers whose claims hold no objects: one claim for each tag. */
const FLAT_TAG = `${TAGS_CLAIM}/principal_tags/`;
const FLAT_TRANSITIVE = `${TAGS_CLAIM}/transitive_tag_keys`;
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
  const tags = readTags(claims);
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

const NOT_VALID = failure('the tags claim of the token is not valid');

/** A claim of another form is refused, never left out: a policy may deny by the tags that it was meant to set. */
function readTags(claims: Claims): Result<Pick<AwsClaims, 'tags' | 'transitiveTagKeys'>, string> {
  const nested = claims[TAGS_CLAIM] === undefined ? {} : claims[TAGS_CLAIM];
  if (!isObject(nested)) return NOT_VALID;
  const { principal_tags: principalTags = {}, transitive_tag_keys: transitive = [] } = nested;
  if (!isObject(principalTags) || !Array.isArray(transitive)) return NOT_VALID;
  const tags = [...Object.entries(principalTags), ...flatTags(claims)].map(readTag);
  const transitiveTagKeys: readonly unknown[] = [...transitive, ...flatTransitiveKeys(claims)];
  if (!tags.every((tag) => tag !== null)) return NOT_VALID;
  if (!transitiveTagKeys.every((key) => typeof key === 'string')) return NOT_VALID;
  return success({ tags, transitiveTagKeys });
}

const flatTags = (claims: Claims): readonly [key: string, value: unknown][] =>
  Object.entries(claims)
    .filter(([name]) => name.startsWith(FLAT_TAG))
    .map(([name, value]) => [name.slice(FLAT_TAG.length), value]);

/** Issuers that make a claim of one attribute send a single key as a bare text. */
function flatTransitiveKeys(claims: Claims): readonly unknown[] {
  const keys = claims[FLAT_TRANSITIVE];
  if (keys === undefined) return [];
  return Array.isArray(keys) ? keys : [keys];
}

/** @returns null for what is no tag */
function readTag([Key, value]: readonly [key: string, value: unknown]): Tag | null {
  const Value: unknown = Array.isArray(value) && value.length === 1 ? value[0] : value;
  if (typeof Value !== 'string' || !TAG_KEY.test(Key) || !TAG_VALUE.test(Value)) return null;
  return { Key, Value };
}
