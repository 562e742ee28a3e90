/**
 * A login proved elsewhere becomes a role session: AssumeRoleWithWebIdentity and RFC 8693 token exchange, which differ only
 * in bytes.
 */
import type { OidcProvider, Role } from '../core/account.ts';
import { parseIamArn } from '../core/arn.ts';
import { toBase64Url, utf8 } from '../core/bytes.ts';
import { claimContext } from '../core/context/claim-context.ts';
import { tagContext } from '../core/context/identity-context.ts';
import {
  type ContextEntry,
  nowSecondsOf,
  type RequestFacts,
  requestContext,
} from '../core/context/request-context.ts';
import type { Federation, Session } from '../core/credentials/session.ts';
import { joinSessionTags } from '../core/credentials/session-tags.ts';
import { Fault } from '../core/faults.ts';
import { readAwsClaims } from '../core/oidc/aws-claims.ts';
import { parseIdToken, type UnverifiedIdToken, type VerifiedIdToken } from '../core/oidc/id-token.ts';
import { contextOf } from '../core/policy/context.ts';
import { decide } from '../core/policy/decide.ts';
import { actionsOfWish, beginRoleSession, type SessionWish, wishContext } from './begin-session.ts';
import type { Deps } from './deps.ts';
import { requireKeyring } from './issue.ts';
import { inVain } from './lookups.ts';
import { checkSessionPolicies } from './session-policies.ts';
import { tokenFault, verifyIdToken } from './verify-id-token.ts';

export interface FederateInput {
  readonly roleArn: string;
  /** Null lets the verified subject name the session. */
  readonly sessionName: string | null;
  readonly idToken: string;
  readonly durationSeconds: number | null;
  readonly inlinePolicy: string | null;
  readonly policyArns: readonly string[];
}

export interface FederatedSession {
  readonly role: Role;
  readonly session: Session;
  readonly provider: OidcProvider;
  readonly identity: VerifiedIdToken;
}

const CALL = 'sts:AssumeRoleWithWebIdentity';
const NOT_AUTHORIZED = `Not authorized to perform ${CALL}`;

/**
 * @returns the session that has begun, with the proof it began from
 * @throws Fault `invalid_identity_token`, `expired_identity_token`, `idp_communication_error`, `access_denied` (the trust policy
 * does not allow, or there is no such role: which of them is not told), `validation_error`, and those of session policies
 */
export async function federate(
  input: FederateInput,
  facts: RequestFacts,
  deps: Deps,
): Promise<FederatedSession> {
  const roleName = requireRoleArn(input.roleArn);
  const token = parseIdToken(input.idToken);
  if (!token.ok) throw tokenFault(token.failure);
  const nowSeconds = nowSecondsOf(facts);
  // Together, so that a cold isolate reads them in one batch.
  const [provider, role] = await Promise.all([
    findProvider(roleName.accountId, token.value, deps),
    deps.directory.role(roleName.accountId, roleName.name),
    requireKeyring(deps),
  ]);
  const identity = await verifyIdToken(token.value, provider, nowSeconds, deps);
  const asked = await wishOf(input, identity);
  const trusted = role?.arn === input.roleArn ? role : null;
  decideTrust(trusted, provider, identity, asked, facts);
  // After trust: whoever is not let in does not learn which policies there are.
  const policies = await checkSessionPolicies(
    deps.directory,
    trusted.accountId,
    input.inlinePolicy,
    input.policyArns,
  );
  const wish = { ...asked, policies };
  const origin = { federation: federationOf(provider, identity), chained: false, notAfterSeconds: null };
  return {
    role: trusted,
    session: beginRoleSession(trusted, wish, origin, nowSeconds, deps),
    provider,
    identity,
  };
}

function requireRoleArn(arn: string): { readonly accountId: string; readonly name: string } {
  const parsed = parseIamArn(arn);
  if (parsed?.kind !== 'role') throw new Fault('validation_error', `\`${arn}\` is not the ARN of a role`);
  return parsed;
}

/** Condition keys and provider ARNs name an issuer without its scheme. */
export const withoutScheme = (issuer: string): string => issuer.replace(/^https?:\/\//, '');

async function findProvider(accountId: string, token: UnverifiedIdToken, deps: Deps): Promise<OidcProvider> {
  const provider = await deps.directory.oidcProvider(accountId, withoutScheme(token.issuer));
  // Whole-issuer compare: the same host over another scheme is another issuer.
  if (provider !== null && provider.issuer === token.issuer) return provider;
  throw new Fault(
    'invalid_identity_token',
    'no OpenID Connect provider found in your account for the issuer of the token',
    {
      accountId,
      ...inVain,
    },
  );
}

/** What is asked, apart from session policies: trust never looks at those. */
async function wishOf(input: FederateInput, identity: VerifiedIdToken): Promise<SessionWish> {
  const asked = readAwsClaims(identity.claims);
  if (!asked.ok) throw new Fault('invalid_identity_token', asked.failure);
  const { transitiveTagKeys, sourceIdentity } = asked.value;
  const tags = joinSessionTags({ tags: asked.value.tags, transitiveKeys: transitiveTagKeys, inherited: [] });
  if (!tags.ok) throw new Fault('invalid_identity_token', tags.failure);
  return {
    sessionName: input.sessionName ?? (await sessionNameOf(identity.subject)),
    durationSeconds: input.durationSeconds,
    ...tags.value,
    sourceIdentity,
    policies: null,
  };
}

/** Subjects that can name a session as they are: no equals sign, which marks a name that was made. */
const NAMES_ITSELF = /^[\w+,.@-]{2,64}$/;
const READABLE_CHARACTERS = 41;
const DIGEST_CHARACTERS = 22;

/**
 * A session name made of a subject. Another subject never gets the same name, for policies tell sessions apart by it: what does
 * not fit a name is followed by a digest of the whole.
 */
async function sessionNameOf(subject: string): Promise<string> {
  if (NAMES_ITSELF.test(subject)) return subject;
  const digest = toBase64Url(new Uint8Array(await crypto.subtle.digest('SHA-256', utf8(subject))));
  const readable = subject.replace(/[^\w+,.@-]/g, '-').slice(0, READABLE_CHARACTERS);
  return `${readable}=${digest.slice(0, DIGEST_CHARACTERS)}`;
}

/** The caller is not authenticated otherwise: the trust policy alone decides, on the provider and the token's claims. */
function decideTrust(
  role: Role | null,
  provider: OidcProvider,
  identity: VerifiedIdToken,
  wish: SessionWish,
  facts: RequestFacts,
): asserts role is Role {
  if (role === null) throw new Fault('access_denied', NOT_AUTHORIZED, { reason: 'no such role', ...inVain });
  const entries: ContextEntry[] = [
    ...requestContext(facts),
    ...wishContext(wish),
    ...tagContext('aws:ResourceTag/', role.tags),
    ['aws:FederatedProvider', provider.arn],
    ['aws:ResourceAccount', role.accountId],
    ...claimContext(provider.url, identity.claims, identity.audience),
  ];
  const context = contextOf(entries);
  for (const action of actionsOfWish(CALL, wish)) {
    const decision = decide(
      {
        principal: { type: 'federated', provider: provider.arn },
        action,
        resource: role.arn,
        resourceAccount: role.accountId,
        context,
        resourcePolicyIsMandatory: true,
      },
      { resource: role.trust },
    );
    if (decision.effect !== 'Allow') {
      throw new Fault('access_denied', NOT_AUTHORIZED, { action, role: role.arn, effect: decision.effect });
    }
  }
}

function federationOf(provider: OidcProvider, { subject, audience, claims }: VerifiedIdToken): Federation {
  const authTimeSeconds = wholeSeconds(claims.auth_time);
  const amr = Array.isArray(claims.amr) ? claims.amr.filter((entry) => typeof entry === 'string') : [];
  return {
    provider: provider.arn,
    keyPrefix: provider.url,
    audience,
    subject,
    ...(amr.length > 0 && { amr }),
    ...(authTimeSeconds !== null && { authTimeSeconds }),
  };
}

/** @returns null for what no session can carry: no number, none that JSON writes exactly, or no moment since 1970 */
function wholeSeconds(claim: unknown): number | null {
  const seconds = typeof claim === 'number' ? Math.floor(claim) : Number.NaN;
  return Number.isSafeInteger(seconds) && seconds > 0 ? seconds : null;
}

/**
 * The stable subject of a federated identity: an id of account, provider and upstream subject, which nobody chooses.
 * @returns `fed_` and 32 base64url characters
 */
export async function federatedSubject(
  accountId: string,
  providerArn: string,
  subject: string,
): Promise<string> {
  const text = [accountId, providerArn, subject].map((part) => `${part.length}:${part}`).join('|');
  const digest = await crypto.subtle.digest('SHA-256', utf8(text));
  return `fed_${toBase64Url(new Uint8Array(digest).subarray(0, 24))}`;
}
