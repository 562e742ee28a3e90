/** What a client asks for in more words than scopes have. @see RFC 9396 section 2 */
import { parsePolicy } from '../policy/parse.ts';
import { failure, type Result, success } from '../result.ts';

/** A session policy: whatever else the client gets, it may do no more than this document allows. */
export const SESSION_POLICY_DETAIL = 'urn:daypass:session-policy';

/** THE LIST of types. */
export const AUTHORIZATION_DETAIL_TYPES = [SESSION_POLICY_DETAIL] as const;
export type AuthorizationDetailType = (typeof AUTHORIZATION_DETAIL_TYPES)[number];

export interface AuthorizationDetail {
  readonly type: AuthorizationDetailType;
  /** In the grammar of session policies; checked. */
  readonly policy: Readonly<Record<string, unknown>>;
}

export type AuthorizationDetails = readonly AuthorizationDetail[];

/** It travels in a cookie and in tokens. */
const MAX_CHARACTERS = 1024;

/**
 * Reads the parameter `authorization_details`.
 * @returns what is asked for, or a sentence saying what is wrong: a type or a member that is not known is refused, never passed over
 * @see RFC 9396 section 5
 */
export function parseAuthorizationDetails(text: string): Result<AuthorizationDetails, string> {
  const list = text.length > MAX_CHARACTERS ? null : readList(text);
  if (list === null)
    return failure(`authorization_details must be a JSON list of ${MAX_CHARACTERS} characters`);
  // Two policies could be meant to add up or to cut each other: nobody has to guess.
  if (list.length !== 1) return failure('authorization_details must have one object');
  return readDetail(list[0]);
}

function readList(text: string): readonly unknown[] | null {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value : null;
  } catch {
    return null; // no JSON
  }
}

function readDetail(value: unknown): Result<AuthorizationDetails, string> {
  const members = new Map(Object.entries(Object(value) as Record<string, unknown>)); // empty for anything else
  const type = AUTHORIZATION_DETAIL_TYPES.find((known) => known === members.get('type'));
  if (type === undefined) return failure('authorization_details has a type that is not known');
  const policy = members.get('policy');
  if (members.size !== 2 || policy === undefined)
    return failure(`an object of type ${type} has type and policy`);
  const parsed = parsePolicy(JSON.stringify(policy), 'session');
  if (!parsed.ok) return failure('the policy of authorization_details is not a session policy');
  return success([{ type, policy: policy as Record<string, unknown> }]); // a document, so an object
}

/** The session policies of what was granted, each a layer that must allow. */
export const policiesOfDetails = (details: AuthorizationDetails): readonly string[] =>
  details.map(({ policy }) => JSON.stringify(policy));

/** Whether two lists are the same, member for member in the order in which they were written. */
export const areSameDetails = (left: AuthorizationDetails, right: AuthorizationDetails): boolean =>
  JSON.stringify(left) === JSON.stringify(right);

/** @param claim - of a token of ours, which has been verified. @returns null where it has none */
export const grantedDetails = (claim: unknown): AuthorizationDetails | null =>
  Array.isArray(claim) ? (claim as AuthorizationDetails) : null; // written by us, from what was checked
