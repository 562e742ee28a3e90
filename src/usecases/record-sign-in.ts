import type { AuditIdentity } from '../core/audit/event.ts';
import type { RequestFacts } from '../core/context/request-context.ts';
import type { Fault } from '../core/faults.ts';
import { auditIdentityOf, type SignInIdentity } from '../core/sign-in/identity.ts';
import type { Deps } from './deps.ts';
import { eventOf } from './record.ts';
import { arnOf, SIGN_IN_SOURCE } from './sign-in-session.ts';

/** Who tried: a person, a person whom the trail already has a name for, or only the account that was named. */
export type Attempter = SignInIdentity | { readonly accountId: string; readonly known?: AuditIdentity };

/**
 * Records a sign-in that was refused, before the answer leaves. What was typed as a name is left out where no such user is: people
 * type passwords there.
 */
export async function recordRefusedSignIn(
  who: Attempter,
  factor: 'password' | 'passkey' | 'mfa-code' | 'recovery-code',
  fault: Fault,
  facts: RequestFacts,
  deps: Deps,
): Promise<void> {
  const identity: AuditIdentity =
    'type' in who
      ? auditIdentityOf(who, (await arnOf(who, deps)) ?? '', null)
      : (who.known ?? { type: 'Anonymous' });
  const operation = {
    accountId: who.accountId,
    source: SIGN_IN_SOURCE,
    name: 'ConsoleLogin',
    identity,
    readOnly: false,
    parameters: { factor },
  };
  await deps.audit.record(eventOf(operation, { fault }, facts, deps.random), facts.near);
}
