/**
 * A token for services outside: it says who asks, and nothing here accepts it. Its type keeps it apart from access tokens, and
 * it carries no session.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_outbound_token_claims.html
 */
import { SignJWT } from 'jose';
import { utf8 } from '../bytes.ts';
import type { ContextEntry } from '../context/request-context.ts';
import type { SigningKey } from '../keyring/keyring.ts';
import { failure, type Result, success } from '../result.ts';
import { type Delegation, delegationClaims } from './delegation.ts';
import type { Tag } from './session.ts';

/** What AWS nests its own claims under: verifiers that know AWS's tokens read ours. */
const AWS_NAMESPACE = 'https://sts.amazonaws.com/';
/** With a longer payload the token would not fit where web identity tokens are taken: 20,000 characters. */
export const MAX_OUTBOUND_PAYLOAD_BYTES = 12_000;

export interface OutboundTokenFacts {
  readonly issuer: string;
  readonly audience: readonly string[];
  /** ARN of the user or role: what outside trust names. */
  readonly subject: string;
  /** ARN of the principal that asked; for a role, of its session. */
  readonly principalArn: string;
  readonly accountId: string;
  /** From the request's signature; null where it names none. */
  readonly region: string | null;
  readonly principalTags: readonly Tag[];
  readonly requestTags: readonly Tag[];
  /** Who acts in the session that asks, if anybody. */
  readonly delegation: Delegation | undefined;
  readonly tokenId: string;
  readonly issuedAtSeconds: number;
  readonly expiresAtSeconds: number;
}

export type OutboundTokenFailure = { readonly why: 'too_large'; readonly bytes: number };

/** @returns the signed token, or `too_large` when its payload is (JWTPayloadSizeExceededException) */
export async function signOutboundToken(
  key: SigningKey,
  facts: OutboundTokenFacts,
): Promise<Result<string, OutboundTokenFailure>> {
  const payload = outboundPayload(facts);
  const bytes = utf8(JSON.stringify(payload)).length;
  if (bytes > MAX_OUTBOUND_PAYLOAD_BYTES) return failure({ why: 'too_large', bytes });
  const token = await new SignJWT(payload)
    .setProtectedHeader({ alg: key.algorithm, typ: 'JWT', kid: key.kid })
    .sign(key.privateKey);
  return success(token);
}

function outboundPayload(facts: OutboundTokenFacts) {
  const [only] = facts.audience;
  const { principalTags, requestTags } = facts;
  return {
    iss: facts.issuer,
    aud: facts.audience.length === 1 && only !== undefined ? only : [...facts.audience],
    sub: facts.subject,
    iat: facts.issuedAtSeconds,
    exp: facts.expiresAtSeconds,
    jti: facts.tokenId,
    ...delegationClaims(facts.delegation),
    [AWS_NAMESPACE]: {
      aws_account: facts.accountId,
      principal_id: facts.principalArn,
      ...(facts.region !== null && { source_region: facts.region }),
      ...(principalTags.length > 0 && { principal_tags: tagClaims(principalTags) }),
      ...(requestTags.length > 0 && { request_tags: tagClaims(requestTags) }),
    },
  };
}

/** Own members whatever their names: `__proto__` is a key like others. */
const tagClaims = (tags: readonly Tag[]): Readonly<Record<string, string>> =>
  Object.fromEntries(tags.map(({ Key, Value }) => [Key, Value]));

const PRINCIPAL_TAG = 'aws:PrincipalTag/';

/** The tags of a caller, as policies see them: a session's own before its role's. */
export const principalTagsOf = (context: readonly ContextEntry[]): readonly Tag[] =>
  context.flatMap(([key, value]) =>
    key.startsWith(PRINCIPAL_TAG) ? [{ Key: key.slice(PRINCIPAL_TAG.length), Value: String(value) }] : [],
  );
