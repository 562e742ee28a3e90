/** Decides whether somebody may do something: the AuthZEN question, asked by a resource server or by a token's own holder. */
import { parseArn, parseIamArn } from '../core/arn.ts';
import { askerContext } from '../core/context/asker-context.ts';
import { nowSecondsOf, timeContext } from '../core/context/request-context.ts';
import { wantsSecondFactor } from '../core/context/step-up.ts';
import { openSessionToken, parseTokenHeader } from '../core/credentials/session-token.ts';
import { Fault } from '../core/faults.ts';
import { findKept } from '../core/keyring/keyring.ts';
import { contextOf } from '../core/policy/context.ts';
import { decide } from '../core/policy/decide.ts';
import { describeDecision } from '../core/policy/describe.ts';
import { type Explanation, explain } from '../core/policy/explain.ts';
import type { AccessRequest, Decision } from '../core/policy/types.ts';
import { findBearer } from './authenticate-bearer.ts';
import { accessRequestOf, authorize, type SignedFacts } from './authorize.ts';
import { type Caller, principalCaller, userPrincipalCaller } from './caller.ts';
import type { Deps } from './deps.ts';
import { trustAskedAbout } from './role-trust.ts';
import { findSessionCaller } from './session-caller.ts';

export type EvaluationSubject =
  /** A Daypass JWT: possession is authority to ask about oneself, but for one that is bound to a key. */
  | { readonly type: 'access_token'; readonly token: string }
  /** An AWS session token, from a request whose signature the asker has verified. */
  | { readonly type: 'session_token'; readonly token: string }
  | { readonly type: 'principal'; readonly arn: string };

export interface EvaluationQuestion {
  readonly subject: EvaluationSubject;
  readonly action: string;
  readonly resource: string;
  readonly context: Readonly<Record<string, unknown>>;
}

export interface Evaluation {
  readonly decision: Decision | null;
  /** Who was decided about; null when the subject could not be believed. */
  readonly about: Caller | null;
  /** Whether a second factor, proved now, would turn the refusal into an Allow. */
  readonly wantsSecondFactor: boolean;
  /** Only for askers that have `daypass:Explain`. */
  readonly explanation: (Explanation & { readonly sentence: string }) | null;
}

/**
 * @param asker - the authenticated caller; null where nobody authenticated, which is enough for a plain `access_token` alone
 * @throws Fault `missing_authentication`, `access_denied` (no `daypass:Evaluate`), `validation_error`
 */
export async function evaluate(
  question: EvaluationQuestion,
  asker: Caller | null,
  facts: SignedFacts,
  deps: Deps,
): Promise<Evaluation> {
  const about = await findSubject(question.subject, asker, facts, deps);
  return evaluateAbout(about, question, asker, facts, deps);
}

/**
 * Decides about a subject that has been found.
 * @param about - null for one that could not be believed: the answer is no
 * @throws Fault `validation_error` for a context that cannot be read
 */
export async function evaluateAbout(
  about: Caller | null,
  question: EvaluationQuestion,
  asker: Caller | null,
  facts: SignedFacts,
  deps: Deps,
): Promise<Evaluation> {
  const entries = askerContext(question.context);
  if (typeof entries === 'string') throw new Fault('validation_error', entries);
  if (about === null) return { decision: null, about: null, wantsSecondFactor: false, explanation: null };
  const resourceAccount = parseArn(question.resource)?.accountId || about.accountId;
  const trust = await trustAskedAbout(question.action, question.resource, about.accountId, deps);
  const policies = trust === null ? about.policies : { ...about.policies, resource: trust };
  const request: AccessRequest = {
    principal: about.principal,
    action: question.action,
    resource: question.resource,
    resourceAccount,
    resourcePolicyIsMandatory: trust !== null,
    context: contextOf([
      ...entries,
      ['aws:ResourceAccount', resourceAccount],
      ...timeContext(facts.nowMilliseconds),
      ...about.context, // last: nothing overrides who is asked about
    ]),
  };
  if (!mayExplain(asker ?? about, about, facts)) {
    const decision = decide(request, policies);
    return {
      decision,
      about,
      wantsSecondFactor: wantsSecondFactor(request, policies, decision),
      explanation: null,
    };
  }
  const explanation = explain(request, policies);
  const sentence = describeDecision(explanation.decision);
  const { decision } = explanation;
  return {
    ...{ decision, about },
    wantsSecondFactor: wantsSecondFactor(request, policies, decision),
    explanation: { ...explanation, sentence },
  };
}

/** Reasons may name policies that their subject cannot read, so seeing them is a permission of its own. */
function mayExplain(asker: Caller, about: Caller, facts: SignedFacts): boolean {
  const permission = { action: 'daypass:Explain', resource: about.arn };
  return decide(accessRequestOf(asker, permission, facts), asker.policies).effect === 'Allow';
}

/**
 * Finds whom a question is about.
 * @returns null for a token that cannot be believed, a principal that does not exist or is another account's
 * @throws Fault `missing_authentication`, `access_denied`
 */
export async function findSubject(
  subject: EvaluationSubject,
  asker: Caller | null,
  facts: SignedFacts,
  deps: Deps,
): Promise<Caller | null> {
  if (subject.type === 'access_token') return findBearerSubject(subject.token, asker, facts, deps);
  if (asker === null) throw mustAuthenticate(subject.type);
  const about =
    subject.type === 'session_token'
      ? await findTokenSession(subject.token, nowSecondsOf(facts), deps)
      : await findPrincipal(subject.arn, deps);
  const resource = subject.type === 'principal' ? subject.arn : (about?.arn ?? '*');
  authorize(asker, { action: 'daypass:Evaluate', resource }, facts);
  // Another account's principals are not this asker's to know about.
  return about?.accountId === asker.accountId ? about : null;
}

const mustAuthenticate = (what: string): Fault =>
  new Fault('missing_authentication', `to ask about a ${what} the caller must authenticate`);

/**
 * Who shows a bearer token may ask about it. One that is bound to a key may have been stolen without the key: then the asker must
 * be of the same session, or be trusted to have checked the proof, as with a signature.
 */
async function findBearerSubject(
  token: string,
  asker: Caller | null,
  facts: SignedFacts,
  deps: Deps,
): Promise<Caller | null> {
  const bearer = await findBearer(token, nowSecondsOf(facts), deps);
  if (bearer === null) return null;
  const about = bearer.caller;
  if (bearer.token.keyThumbprint === null || isOfSession(asker, about)) return about;
  if (asker === null) throw mustAuthenticate('token that is bound to a key');
  authorize(asker, { action: 'daypass:Evaluate', resource: about.arn }, facts);
  return about.accountId === asker.accountId ? about : null;
}

const isOfSession = (asker: Caller | null, about: Caller): boolean =>
  asker?.session != null &&
  asker.accountId === about.accountId &&
  asker.session.sessionId === about.session?.sessionId;

async function findTokenSession(token: string, nowSeconds: number, deps: Deps): Promise<Caller | null> {
  const header = parseTokenHeader(token);
  const keyring = header === null ? null : await deps.directory.keyring(header.keyId);
  const key = keyring === null ? null : findKept(keyring.tokenOpening, header?.keyId ?? null, nowSeconds);
  if (header === null || key === null) return null;
  const opened = await openSessionToken(header, header.accessKeyId, key.base);
  if (!opened.ok || opened.value.expiresAtSeconds <= nowSeconds) return null;
  const { accessKeyId } = header;
  return findSessionCaller(deps.directory, opened.value, { accessKeyId, tokenId: null, nowSeconds });
}

/** A user, a role, or a role session by name. What only a live session knows (tags, session policies, MFA) is absent. */
async function findPrincipal(arn: string, deps: Deps): Promise<Caller | null> {
  const session = /^arn:aws:sts::(\d{12}):assumed-role\/([^/]+)\/([^/]+)$/.exec(arn);
  if (session !== null) {
    const [, accountId = '', roleName = '', sessionName = ''] = session;
    const role = await deps.directory.role(accountId, roleName);
    return role?.name === roleName ? principalCaller(role, sessionName) : null;
  }
  const named = parseIamArn(arn);
  if (named?.kind === 'role') {
    const role = await deps.directory.role(named.accountId, named.name);
    return role?.arn === arn ? principalCaller(role, null) : null;
  }
  if (named?.kind !== 'user') return null;
  const user = await deps.directory.user(named.accountId, named.name);
  return user?.arn === arn ? userPrincipalCaller(user) : null;
}
