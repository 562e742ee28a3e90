/** GetWebIdentityToken: a caller of ours proves to an outside service who it is. */
import { toBase64Url } from '../core/bytes.ts';
import { tagContext } from '../core/context/identity-context.ts';
import { type ContextEntry, nowSecondsOf } from '../core/context/request-context.ts';
import { principalTagsOf, signOutboundToken } from '../core/credentials/outbound-token.ts';
import type { Tag } from '../core/credentials/session.ts';
import { joinSessionTags } from '../core/credentials/session-tags.ts';
import { CREDENTIAL_ID_BYTES } from '../core/credentials/session-token.ts';
import { Fault } from '../core/faults.ts';
import type { SigningKey } from '../core/keyring/keyring.ts';
import { accountOfClientId } from '../core/oauth/client.ts';
import { authorize, type SignedFacts } from './authorize.ts';
import type { Caller } from './caller.ts';
import type { Deps } from './deps.ts';
import { requireKeyring } from './issue.ts';

/** The algorithms that AWS lets one choose from. */
export const OUTBOUND_ALGORITHMS = ['RS256', 'ES384'] as const;

export interface OutboundTokenWish {
  readonly audience: readonly string[];
  readonly algorithm: (typeof OUTBOUND_ALGORITHMS)[number];
  readonly durationSeconds: number;
  readonly tags: readonly Tag[];
}

export interface OutboundToken {
  readonly token: string;
  readonly tokenId: string;
  readonly expiresAtSeconds: number;
}

/** What policies see of the wish. */
export const outboundContext = (wish: OutboundTokenWish): readonly ContextEntry[] => [
  ['sts:IdentityTokenAudience', wish.audience],
  ['sts:DurationSeconds', String(wish.durationSeconds)],
  ['sts:SigningAlgorithm', wish.algorithm],
  ...tagContext('aws:RequestTag/', wish.tags),
  ...(wish.tags.length > 0 ? [['aws:TagKeys', wish.tags.map(({ Key }) => Key)] as const] : []),
];

/**
 * @param caller - allowed `sts:GetWebIdentityToken` already
 * @throws Fault `outbound_federation_disabled`, `access_denied` (tags without `sts:TagGetWebIdentityToken`),
 * `validation_error`, `invalid_parameter_value` (our own issuer or a client of it as audience), `session_duration_escalation`,
 * `jwt_payload_too_large`
 */
export async function getOutboundToken(
  wish: OutboundTokenWish,
  caller: Caller,
  facts: SignedFacts,
  deps: Deps,
): Promise<OutboundToken> {
  if (!(await deps.directory.outboundFederationIsEnabled(caller.accountId))) {
    throw new Fault(
      'outbound_federation_disabled',
      'Outbound web identity federation is not enabled for this account.',
    );
  }
  checkWish(wish, caller, facts, deps);
  const nowSeconds = nowSecondsOf(facts);
  const expiresAtSeconds = nowSeconds + wish.durationSeconds;
  if (caller.session !== null && expiresAtSeconds > caller.session.expiresAtSeconds) {
    throw new Fault(
      'session_duration_escalation',
      'The requested token duration would extend the session beyond its original expiration time.',
    );
  }
  const tokenId = toBase64Url(deps.random.bytes(CREDENTIAL_ID_BYTES));
  const signed = await signOutboundToken(await requireSigningKey(wish, deps), {
    issuer: deps.settings.issuer,
    audience: wish.audience,
    subject: principalArnOf(caller),
    principalArn: caller.arn,
    accountId: caller.accountId,
    region: facts.region,
    principalTags: principalTagsOf(caller.context),
    requestTags: wish.tags,
    delegation: caller.session?.delegation,
    tokenId,
    issuedAtSeconds: nowSeconds,
    expiresAtSeconds,
  });
  if (signed.ok) return { token: signed.value, tokenId, expiresAtSeconds };
  throw new Fault(
    'jwt_payload_too_large',
    'The requested token payload size exceeds the maximum allowed size.',
    { bytes: signed.failure.bytes },
  );
}

function checkWish(wish: OutboundTokenWish, caller: Caller, facts: SignedFacts, deps: Deps): void {
  // What is meant for ourselves is an access token, and only an exchange issues those.
  if (wish.audience.includes(deps.settings.issuer)) {
    throw new Fault('invalid_parameter_value', 'the issuer of the token cannot be its audience');
  }
  // A client of ours takes a token of this issuer that is meant for it as the proof that a person signed in.
  if (wish.audience.some((audience) => accountOfClientId(audience) !== null)) {
    throw new Fault('invalid_parameter_value', 'a client of the issuer cannot be the audience of the token');
  }
  if (wish.tags.length === 0) return;
  const rules = joinSessionTags({ tags: wish.tags, transitiveKeys: [], inherited: [] });
  if (!rules.ok) throw new Fault('validation_error', rules.failure);
  const permission = { action: 'sts:TagGetWebIdentityToken', resource: '*', context: outboundContext(wish) };
  authorize(caller, permission, facts);
}

/** The user's or the role's ARN, as `aws:PrincipalArn` gives it: it stays while sessions come and go. */
function principalArnOf(caller: Caller): string {
  const entry = caller.context.find(([key]) => key === 'aws:PrincipalArn');
  return entry === undefined ? caller.arn : String(entry[1]);
}

async function requireSigningKey({ algorithm }: OutboundTokenWish, deps: Deps): Promise<SigningKey> {
  const key = (await requireKeyring(deps)).signing.get(algorithm);
  if (key === undefined)
    throw new Fault('service_unavailable', 'no key is active', { purpose: 'jwt', algorithm });
  return key;
}
