/** A signed-in person takes a role: trust policy and the person's own policies decide, as for AssumeRole. */
import type { Role } from '../core/account.ts';
import { assumedRoleArn } from '../core/arn.ts';
import type { RequestFacts } from '../core/context/request-context.ts';
import { nameOf } from '../core/sign-in/identity.ts';
import type { SignInSession } from '../core/sign-in/session.ts';
import { type AssumeRoleInput, assumeRole } from './assume-role.ts';
import type { Deps } from './deps.ts';
import { type IssuedToPerson, issueToPerson } from './own-credentials.ts';
import { asFault } from './record.ts';
import { callerOfSignIn, pageFacts } from './sign-in-caller.ts';

/** How many of an account's roles the page looks at; others are named by their ARN. */
const MAX_OFFERED = 50;

const wish = (signIn: SignInSession, roleArn: string, durationSeconds: number | null): AssumeRoleInput => ({
  roleArn,
  sessionName: sessionNameOf(signIn),
  durationSeconds,
  inlinePolicy: null,
  policyArns: [],
  tags: [],
  transitiveTagKeys: [],
  externalId: null,
  sourceIdentity: null,
  serialNumber: null,
  tokenCode: null,
});

/** A session's name in the trail: the person's own. */
const sessionNameOf = ({ identity }: SignInSession): string => {
  const name = identity.type === 'root' ? 'root' : nameOf(identity);
  return name
    .replaceAll(/[^\w+=,.@-]/g, '-')
    .slice(0, 64)
    .padEnd(2, '-');
};

/**
 * @returns credentials of the role; the second factor is the sign-in's
 * @throws Fault `access_denied` where trust or policies do not allow, or there is no such role; `validation_error` for what is no
 * role's ARN or lasts too long
 */
export async function takeRole(
  signIn: SignInSession,
  roleArn: string,
  durationSeconds: number | null,
  facts: RequestFacts,
  deps: Deps,
): Promise<IssuedToPerson> {
  const caller = await callerOfSignIn(signIn, facts, deps);
  const { role, session } = await assumeRole(
    wish(signIn, roleArn, durationSeconds),
    caller,
    pageFacts(facts),
    deps,
  );
  const arn = assumedRoleArn(role.accountId, role.name, session.identity.sessionName);
  // What the browser has proved holds for the role too, as where AWS's console switches roles.
  const proved = { ...session, mfaAtSeconds: signIn.mfaAtSeconds };
  return issueToPerson('AssumeRole', proved, arn, { caller, facts }, deps);
}

/** @returns the roles among the account's first fifty that the person may take now */
export async function rolesToTake(
  signIn: SignInSession,
  facts: RequestFacts,
  deps: Deps,
): Promise<readonly Role[]> {
  const { accountId } = signIn.identity;
  const caller = await callerOfSignIn(signIn, facts, deps);
  const page = await deps.roles.list(accountId, '/', { limit: MAX_OFFERED, after: null });
  const offered = await Promise.all(
    page.items.map(async ({ arn }) => {
      try {
        return (await assumeRole(wish(signIn, arn, null), caller, pageFacts(facts), deps)).role;
      } catch (error) {
        const fault = asFault(error);
        if (fault.code === 'access_denied') return null;
        throw fault;
      }
    }),
  );
  return offered.filter((role) => role !== null);
}
