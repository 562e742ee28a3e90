/**
 * A login proved elsewhere becomes a role session: AssumeRoleWithWebIdentity and RFC 8693 token exchange, which differ only
 * in bytes.
 */
import type { Role } from '../core/account.ts';
import { parseIamArn } from '../core/arn.ts';
import { toBase64Url, utf8 } from '../core/bytes.ts';
import { nowSecondsOf, type RequestFacts } from '../core/context/request-context.ts';
import type { Federation, RoleIdentity, Session } from '../core/credentials/session.ts';
import { joinSessionTags } from '../core/credentials/session-tags.ts';
import { Fault } from '../core/faults.ts';
import type { ProvedIdentity } from '../core/federation/provider-kind.ts';
import { readAwsClaims } from '../core/oidc/aws-claims.ts';
import { readAccessTokenAssertion } from './access-token-assertion.ts';
import { beginRoleSession, type SessionWish } from './begin-session.ts';
import type { Deps } from './deps.ts';
import { decideTrust, type TrustQuestion } from './federated-trust.ts';
import { requireKeyring } from './issue.ts';
import { inVain } from './lookups.ts';
import {
  type Assertion,
  type ProvedLogin,
  readIdTokenAssertion,
  type TrustedProvider,
} from './prove-identity.ts';
import { checkSessionPolicies } from './session-policies.ts';

export interface FederateInput {
  readonly roleArn: string;
  /** Null lets the verified subject name the session. */
  readonly sessionName: string | null;
  /** An ID token; or the access token of the provider that `providerId` names. */
  readonly token: string;
  readonly providerId: string | null;
  readonly durationSeconds: number | null;
  readonly inlinePolicy: string | null;
  readonly policyArns: readonly string[];
}

export interface FederatedSession extends TrustedProvider {
  readonly role: Role;
  readonly session: Session<RoleIdentity>;
  readonly identity: ProvedIdentity;
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
  const assertion = readAssertion(input, deps);
  const nowSeconds = nowSecondsOf(facts);
  // Together, so that a cold isolate reads them in one batch.
  const [trusted, role] = await Promise.all([
    assertion.find(roleName.accountId, deps),
    deps.directory.role(roleName.accountId, roleName.name),
    requireKeyring(deps),
  ]);
  const login = { ...trusted, ...(await assertion.verify(trusted, nowSeconds, deps)) };
  const asked = await wishOf(input, login.identity);
  const admitting = role?.arn === input.roleArn ? role : null;
  requireTrust(admitting, login, asked, facts);
  // After trust: whoever is not let in does not learn which policies there are.
  const policies = await checkSessionPolicies(
    deps.directory,
    admitting.accountId,
    input.inlinePolicy,
    input.policyArns,
  );
  const wish = { ...asked, policies };
  const origin = {
    federation: federationOf(login),
    chained: false,
    mfaAtSeconds: null,
    notAfterSeconds: null,
  };
  return { ...login, role: admitting, session: beginRoleSession(admitting, wish, origin, nowSeconds, deps) };
}

const readAssertion = ({ token, providerId }: FederateInput, deps: Deps): Assertion =>
  providerId === null ? readIdTokenAssertion(token) : readAccessTokenAssertion(token, providerId, deps);

function requireRoleArn(arn: string): { readonly accountId: string; readonly name: string } {
  const parsed = parseIamArn(arn);
  if (parsed?.kind !== 'role') throw new Fault('validation_error', `\`${arn}\` is not the ARN of a role`);
  return parsed;
}

/** What is asked, apart from session policies: trust never looks at those. */
async function wishOf(input: FederateInput, identity: ProvedIdentity): Promise<SessionWish> {
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

/** The caller is not authenticated otherwise: the trust policy alone decides. */
function requireTrust(
  role: Role | null,
  { provider, name, context }: ProvedLogin,
  wish: SessionWish,
  facts: RequestFacts,
): asserts role is Role {
  if (role === null) throw new Fault('access_denied', NOT_AUTHORIZED, { reason: 'no such role', ...inVain });
  const question: TrustQuestion = {
    call: CALL,
    role,
    provider: { arn: provider.arn, name },
    proved: context,
    wish,
    facts,
  };
  const refusal = decideTrust(question).find(({ decision }) => decision.effect !== 'Allow');
  if (refusal === undefined) return;
  const { action, decision } = refusal;
  throw new Fault('access_denied', NOT_AUTHORIZED, { action, role: role.arn, effect: decision.effect });
}

function federationOf({ name, kind, identity: { subject, audience, claims } }: ProvedLogin): Federation {
  const authTimeSeconds = wholeSeconds(claims.auth_time);
  const amr = Array.isArray(claims.amr) ? claims.amr.filter((entry) => typeof entry === 'string') : [];
  return {
    provider: name,
    keyPrefix: kind.url,
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
