/** Credentials for the command line, made in the browser: where a second factor is a passkey, the CLI has no other way to show it. */
import type { AuditIdentity } from '../core/audit/event.ts';
import type { RequestFacts } from '../core/context/request-context.ts';
import { nowSecondsOf } from '../core/context/request-context.ts';
import type { AwsCredentials } from '../core/credentials/mint.ts';
import type { Session } from '../core/credentials/session.ts';
import type { SignInSession } from '../core/sign-in/session.ts';
import type { Caller } from './caller.ts';
import type { Deps } from './deps.ts';
import { issueAwsCredentials } from './issue.ts';
import { eventOf } from './record.ts';
import { sessionElements } from './session-elements.ts';
import { callerOfSignIn, pageFacts } from './sign-in-caller.ts';
import { beginOwnSession } from './user-session.ts';

export interface IssuedToPerson {
  readonly credentials: AwsCredentials;
  readonly session: Session;
  readonly arn: string;
}

/**
 * What GetSessionToken gives, with the second factor that the sign-in has proved, and the moment when it did.
 * @param durationSeconds - root's are cut to an hour
 * @throws Fault `access_denied` for people from outside: they take a role
 */
export async function issueOwnCredentials(
  signIn: SignInSession,
  durationSeconds: number,
  facts: RequestFacts,
  deps: Deps,
): Promise<IssuedToPerson> {
  const caller = await callerOfSignIn(signIn, facts, deps);
  const session = beginOwnSession(durationSeconds, signIn.mfaAtSeconds, caller, pageFacts(facts), deps);
  const { arn, auditIdentity } = caller;
  return issueToPerson('GetSessionToken', session, arn, { caller, auditIdentity, facts }, deps);
}

/** Mints, and records the issuance before anything is shown. */
export async function issueToPerson(
  eventName: string,
  session: Session,
  arn: string,
  by: {
    /** Null for somebody from outside. */
    readonly caller: Caller | null;
    readonly auditIdentity: AuditIdentity;
    readonly facts: RequestFacts;
    /** What else the trail shall tell. */
    readonly elements?: Readonly<Record<string, unknown>>;
  },
  deps: Deps,
): Promise<IssuedToPerson> {
  const credentials = await issueAwsCredentials(session, deps);
  const credential = { accessKeyId: credentials.accessKeyId, tokenId: null };
  const operation = {
    accountId: session.accountId,
    source: 'sts.amazonaws.com',
    name: eventName,
    identity: by.auditIdentity,
    readOnly: false,
    parameters: { durationSeconds: session.expiresAtSeconds - nowSecondsOf(by.facts), arn },
  };
  const elements = { ...by.elements, ...sessionElements(session, { arn, credential, caller: by.caller }) };
  await deps.audit.record(eventOf(operation, { elements }, by.facts, deps.random), by.facts.near);
  return { credentials, session, arn };
}
