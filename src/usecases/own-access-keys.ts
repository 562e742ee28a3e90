/** A user's own access keys, at the security page: decided by policy as through IAM. */
import type { RequestFacts } from '../core/context/request-context.ts';
import { Fault } from '../core/faults.ts';
import type { AccessKeyRecord, NewAccessKey } from '../core/repositories/access-keys.ts';
import type { UserSignIn } from '../core/sign-in/identity.ts';
import type { SignInSession } from '../core/sign-in/session.ts';
import { authorize } from './authorize.ts';
import type { Caller } from './caller.ts';
import type { Deps } from './deps.ts';
import { asFault, eventOf } from './record.ts';
import { callerOfSignIn, pageFacts } from './sign-in-caller.ts';

/** @returns the keys; null where there are none to have, or no policy lets the user see them */
export async function ownAccessKeys(
  session: SignInSession,
  facts: RequestFacts,
  deps: Deps,
): Promise<readonly AccessKeyRecord[] | null> {
  const { identity } = session;
  if (identity.type !== 'user') return null;
  try {
    await allowed(session, 'iam:ListAccessKeys', facts, deps);
  } catch (error) {
    if (asFault(error).code === 'access_denied') return null;
    throw error;
  }
  return deps.accessKeys.list(identity.accountId, identity.userName);
}

/** @throws Fault `access_denied`, `limit_exceeded` past two */
export async function makeOwnAccessKey(
  session: SignInSession,
  facts: RequestFacts,
  deps: Deps,
): Promise<NewAccessKey> {
  const { accountId, userName } = userOf(session);
  const caller = await allowed(session, 'iam:CreateAccessKey', facts, deps);
  const event = eventsOf('CreateAccessKey', { userName }, { caller, facts }, deps);
  return deps.accessKeys.create(accountId, userName, event);
}

/** @throws Fault `access_denied`; `no_such_entity` where it is not the user's */
export async function setOwnAccessKey(
  session: SignInSession,
  accessKeyId: string,
  status: AccessKeyRecord['status'],
  facts: RequestFacts,
  deps: Deps,
): Promise<void> {
  const { accountId, userName } = userOf(session);
  const caller = await allowed(session, 'iam:UpdateAccessKey', facts, deps);
  const event = eventsOf('UpdateAccessKey', { userName, accessKeyId, status }, { caller, facts }, deps);
  await deps.accessKeys.setStatus(accountId, userName, accessKeyId, status, event());
}

/** @throws Fault `access_denied`; `no_such_entity` where it is not the user's */
export async function removeOwnAccessKey(
  session: SignInSession,
  accessKeyId: string,
  facts: RequestFacts,
  deps: Deps,
): Promise<void> {
  const { accountId, userName } = userOf(session);
  const caller = await allowed(session, 'iam:DeleteAccessKey', facts, deps);
  const event = eventsOf('DeleteAccessKey', { userName, accessKeyId }, { caller, facts }, deps);
  await deps.accessKeys.remove(accountId, userName, accessKeyId, event());
}

function userOf({ identity }: SignInSession): UserSignIn {
  if (identity.type === 'user') return identity;
  throw new Fault('access_denied', 'only users have access keys');
}

async function allowed(
  session: SignInSession,
  action: string,
  facts: RequestFacts,
  deps: Deps,
): Promise<Caller> {
  const caller = await callerOfSignIn(session, facts, deps);
  authorize(caller, { action, resource: caller.arn }, pageFacts(facts));
  return caller;
}

function eventsOf(
  name: string,
  parameters: Readonly<Record<string, unknown>>,
  { caller, facts }: { readonly caller: Caller; readonly facts: RequestFacts },
  deps: Deps,
) {
  const { accountId, auditIdentity: identity } = caller;
  const operation = { accountId, source: 'iam.amazonaws.com', name, identity, readOnly: false, parameters };
  return (elements: Readonly<Record<string, unknown>> | null = null) =>
    eventOf(operation, { elements }, facts, deps.random);
}
